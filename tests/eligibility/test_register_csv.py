"""A register file is taken whole, or refused with each fault and its line."""

import pytest

from services.eligibility.provider import Judgement, Offer, Suspension
from services.eligibility.register.pack_csv import read_register, read_rows
from shared.errors import FileRefused
from shared.framework.csv_file import CsvFile
from tests.eligibility.builders import PACK, framework

HEADER = (
    "urn,name,joined,left,registered,tier,lots,age_bands,need_categories,purchasers,areas,"
    "largest_group,emergency,solo,disabled_children,long_term,ofsted_overall,inspected,published,"
    "suspended_from,suspended_to,suspension_reason"
)
ROW = {
    "urn": "SC990001",
    "name": "Owlbarrow (invented)",
    "joined": "2022-04-01",
    "left": "",
    "registered": "2006-12-16",
    "tier": "1",
    "lots": "core sibling_group",
    "age_bands": "5-10 11-15",
    "need_categories": "standard",
    "purchasers": "kent medway",
    "areas": "DA DA11",
    "largest_group": "4",
    "emergency": "yes",
    "solo": "no",
    "disabled_children": "yes",
    "long_term": "yes",
    "ofsted_overall": "good",
    "inspected": "2023-06-17",
    "published": "2023-07-28",
    "suspended_from": "",
    "suspended_to": "",
    "suspension_reason": "",
}


OPTIONAL = ("helped_and_protected", "leaders_and_managers", "offered_from")


def read(tmp_path, *rows):
    path = tmp_path / "register.csv"
    more = [name for name in OPTIONAL if any(name in row for row in rows)]
    usual = ROW | dict.fromkeys(more, "")
    lines = [",".join([HEADER, *more]), *(",".join((usual | row).values()) for row in rows)]
    path.write_text("# INVENTED\n" + "\n".join(lines) + "\n")
    return read_register(path, framework())


PARTS = {"helped_and_protected": "good", "leaders_and_managers": "good"}


def of_kind(facts, kind):
    return [fact for fact in facts if isinstance(fact, kind)]


def test_the_sample_has_33_agencies_of_2022_and_12_joiners_of_2024():
    told = read_register(PACK / "register.csv", framework())

    joined = [facts[1].valid_from.year for _, facts in told]
    assert (joined.count(2022), joined.count(2024)) == (33, 12)


def test_a_row_becomes_dated_facts(tmp_path):
    [(urn, facts)] = read(
        tmp_path,
        {"suspended_from": "2026-06-01", "suspension_reason": "staffing"},
    )

    assert urn == "SC990001"
    assert len(facts) == 6
    assert of_kind(facts, Suspension)[0].reason == "staffing"
    assert of_kind(facts, Offer)[0].lots == ("core", "sibling_group")
    assert of_kind(facts, Offer)[0].takes_solo is False


def test_an_agency_not_yet_inspected_is_so_from_its_registration_on(tmp_path):
    row = {"ofsted_overall": "not_yet_inspected", "inspected": "", "published": ""}

    [(_, facts)] = read(tmp_path, row)

    [judged] = of_kind(facts, Judgement)
    assert (judged.overall, str(judged.published_on)) == ("not_yet_inspected", "2006-12-16")


def test_of_an_agency_whose_judgement_is_unknown_none_is_told(tmp_path):
    [(_, facts)] = read(tmp_path, {"ofsted_overall": "unknown", "inspected": "", "published": ""})

    assert not of_kind(facts, Judgement)


@pytest.mark.parametrize("grade", ["adequate", "no_overall_grade"])
def test_a_grade_of_former_years_and_an_inspection_without_one_are_known(tmp_path, grade):
    [(_, facts)] = read(tmp_path, {"ofsted_overall": grade})

    assert of_kind(facts, Judgement)[0].overall == grade


def test_the_parts_of_a_judgement_may_stand_in_columns_of_their_own(tmp_path):
    inadequate = {"ofsted_overall": "inadequate", "helped_and_protected": "inadequate"}

    [(_, facts)] = read(tmp_path, inadequate | {"leaders_and_managers": ""})

    [judged] = of_kind(facts, Judgement)
    assert (judged.helped_and_protected, judged.leaders_and_managers) == ("inadequate", "unknown")


def test_what_an_agency_offers_may_hold_from_a_day_after_it_joined(tmp_path):
    [(_, facts), (_, others)] = read(
        tmp_path, {"offered_from": "2025-04-01"}, {"urn": "SC990002", "offered_from": ""}
    )

    assert str(of_kind(facts, Offer)[0].valid_from) == "2025-04-01"
    assert str(of_kind(others, Offer)[0].valid_from) == "2022-04-01"


def test_a_row_with_a_fault_tells_nothing_and_the_others_what_they_say(tmp_path):
    with pytest.raises(FileRefused):
        read(tmp_path, {}, {"urn": "SC990002", "tier": "x"}, {"urn": "SC990003", "lots": "tent"})

    told = read_rows(CsvFile.read(tmp_path / "register.csv"), framework())

    assert [(row.urn, row.line) for row in told.rows] == [("SC990001", 3)]
    assert [(fault.line, fault.key) for fault in told.refused] == [(4, "tier"), (5, "lots")]


def test_of_a_file_with_more_faults_than_are_told_at_once_every_row_is_looked_at(tmp_path):
    wrong = [{"urn": f"SC{number:06}", "tier": "x"} for number in range(1200)]
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, *wrong, {})

    told = read_rows(CsvFile.read(tmp_path / "register.csv"), framework())

    assert len(refused.value.faults) == len(told.refused) == 1200
    assert [row.urn for row in told.rows] == ["SC990001"]


@pytest.mark.parametrize(
    ("row", "column", "allowed"),
    [
        ({"urn": "sc990001"}, "urn", "SC"),
        ({"urn": "XXXXXXX"}, "urn", "SC"),
        ({"urn": "SC999"}, "urn", "SC"),
        ({"joined": "01/04/2022"}, "joined", "a day"),
        ({"left": "2022-04-01"}, "left", "a day after joined"),
        ({"tier": "0"}, "tier", "1"),
        ({"lots": "core residential"}, "lots", "core, disabled_child"),
        ({"lots": "core core"}, "lots", "once"),
        ({"age_bands": "0-3"}, "age_bands", "0-4"),
        ({"need_categories": "extreme"}, "need_categories", "complex"),
        ({"purchasers": "surrey"}, "purchasers", "kent, medway"),
        ({"largest_group": "9"}, "largest_group", "8"),
        ({"solo": "maybe"}, "solo", "yes or no"),
        ({"ofsted_overall": "satisfactory"}, "ofsted_overall", "good"),
        ({"published": "2023-06-16"}, "published", "the day of the inspection or later"),
        ({"published": ""}, "published", "a day, for good"),
        ({"ofsted_overall": "not_yet_inspected"}, "inspected", "nothing"),
        ({"suspended_to": "2026-01-01"}, "suspended_to", "a day after suspended_from"),
        ({"suspended_from": "2026-01-01"}, "suspension_reason", "a word"),
        ({"suspension_reason": "staffing"}, "suspension_reason", "a word"),
        ({"name": ""}, "name", "not empty"),
        ({"helped_and_protected": "no_overall_grade"}, "helped_and_protected", "outstanding"),
        ({"helped_and_protected": "inadequate"}, "helped_and_protected", "the overall judgement"),
        ({"leaders_and_managers": "inadequate"}, "leaders_and_managers", "at most requires impr"),
        (
            {"ofsted_overall": "not_yet_inspected", "inspected": "", "published": ""} | PARTS,
            "helped_and_protected",
            "was not inspected",
        ),
        (
            {"ofsted_overall": "unknown", "inspected": "", "published": ""} | PARTS,
            "leaders_and_managers",
            "nothing, for unknown",
        ),
        ({"offered_from": "2022-03-31"}, "offered_from", "the day of joining or later"),
    ],
)
def test_a_fault_in_a_cell_is_named_with_its_line_and_nothing_is_taken(
    tmp_path, row, column, allowed
):
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, {"urn": "SC990002"}, row)

    faults = [fault for fault in refused.value.faults if fault.line == 4]
    assert any(fault.key == column and allowed in fault.allowed for fault in faults), refused.value


def test_an_agency_that_stands_twice_is_refused_with_both_lines(tmp_path):
    with pytest.raises(FileRefused, match=r":4: urn: found SC990001; .* line 3 too"):
        read(tmp_path, {}, {"name": "Another"})


def test_every_fault_of_a_file_is_told_at_once(tmp_path):
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, {"lots": "tent", "purchasers": "surrey"}, {"urn": "SC990002", "lots": "x"})

    assert [fault.line for fault in refused.value.faults] == [3, 3, 4]
