"""The register over HTTP: as it stands, as it came about, and imports as they were previewed."""

from datetime import timedelta

import pytest

from services.eligibility.api.bodies import LARGEST_UPLOAD_BYTES
from services.eligibility.api.examples import REGISTER_CSV
from tests.eligibility.builders import PACK
from tests.eligibility.impact_events import started
from tests.eligibility.ofsted_files import SHEETS, table, xlsx_of
from tests.eligibility.over_http import NAMED, everything, paged, refused, told
from tests.eligibility.running import BORN, JUDGED, referral, update

URN = "SC990001"
NEW = "SC990901"
AGENCIES = "/v1/register/agencies"
IMPORTS = "/v1/register/imports"
AS_FRAMEWORK = {"kind": "framework", "name": "register.csv"}
WRONG_TIER = REGISTER_CSV.replace(",1,core,", ",99,core,")


def preview(client, body=REGISTER_CSV, **changes):
    return client.post(f"{IMPORTS}/preview", content=body, params=AS_FRAMEWORK | changes)


def apply(client, expected, body=REGISTER_CSV, headers=NAMED, **changes):
    asked = AS_FRAMEWORK | {"expected": expected} | changes
    return client.post(IMPORTS, content=body, params=asked, headers=headers)


def judged(client, **asked):
    return told(client.get(f"{AGENCIES}/{URN}", params=asked))["facts"]["ofsted_overall"]


# As it stands.


def test_every_agency_is_told_as_it_stands_page_by_page_in_order(client):
    whole = told(client.get(AGENCIES))
    pages = list(paged(client, AGENCIES, "agencies"))

    urns = [each["agency"] for each in whole["agencies"]]
    assert len(urns) == 45
    assert urns == sorted(urns)
    assert [each for [each] in pages] == whole["agencies"]


def test_an_agency_is_told_as_it_stood_on_a_day_with_the_facts_that_held(client, running):
    running.take(update(JUDGED))

    assert judged(client, on="2026-03-02") == "inadequate"
    assert judged(client, on="2026-02-19") == "outstanding"
    held = told(client.get(f"{AGENCIES}/{URN}"))["holding"]
    assert "judgement" in {each["kind"] for each in held}


def test_an_agency_is_told_as_it_was_known_at_an_instant(client, running):
    running.clock.advance(timedelta(hours=2))
    running.take(update(JUDGED))

    assert judged(client, known_at="2026-03-02T11:00:00Z") == "outstanding"
    assert judged(client, known_at="2026-03-02T13:00:00Z") == "inadequate"


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (
            404,
            [
                (f"{AGENCIES}/SC999999", {}),
                (f"{AGENCIES}/{URN}", {"known_at": "2020-03-02T11:00:00Z"}),
                (f"{AGENCIES}/SC999999/history", {}),
                ("/v1/register/concerns", {"after": "nobody"}),
            ],
        ),
        (
            422,
            [
                (AGENCIES, {"on": "soon"}),
                (AGENCIES, {"known_at": "2026-03-02T11:00:00"}),
                (AGENCIES, {"limit": 1001}),
                (f"{AGENCIES}/nobody", {}),
                ("/v1/register/overview", {"limit": 0}),
                ("/v1/register/concerns", {"since": "soon"}),
                ("/v1/register/concerns", {"agency": "nobody"}),
            ],
        ),
    ],
)
def test_what_the_register_cannot_tell_is_refused(client, status, asked):
    for path, narrowed in asked:
        refused(client.get(path, params=narrowed), status)


def test_all_that_was_ever_recorded_of_an_agency_is_told(client, running):
    before = told(client.get(f"{AGENCIES}/{URN}/history"))["history"]
    running.take(update(JUDGED))

    after = told(client.get(f"{AGENCIES}/{URN}/history"))["history"]

    assert after[:-1] == before
    assert after[-1]["told"]["overall"] == "inadequate"
    assert after[-1]["said_at"]


def test_every_agency_that_was_ever_known_is_told_in_short(client):
    pages = list(paged(client, "/v1/register/overview", "agencies"))

    assert len(pages) == 45
    assert all(each["joined"] for [each] in pages)


def test_concerns_are_told_of_one_agency_or_since_a_day(client, running):
    for day, urn in enumerate((URN, "SC990002")):
        running.take(update(JUDGED, urn=urn, id_=f"u{day}", at=running.clock.now()))
        running.clock.advance(timedelta(days=1))

    for narrowed, urns in (
        ({}, ["SC990002", URN]),
        ({"agency": URN}, [URN]),
        ({"since": "2026-03-03"}, ["SC990002"]),
        ({"since": "2026-03-04"}, []),
    ):
        concerns = told(client.get("/v1/register/concerns", params=narrowed))["concerns"]
        assert [each["agency"] for each in concerns] == urns


def test_a_child_heard_of_later_is_told_with_the_concern_that_it_adds_to(client, running):
    running.take(update(JUDGED))
    running.clock.advance(timedelta(days=1))
    running.take(started("P-late"))

    late, first = told(client.get("/v1/register/concerns", params={"agency": URN}))["concerns"]

    assert late["adds_to"] == [first["concern_id"]]
    assert [each["placement_id"] for each in late["placements"]] == ["P-late"]
    assert "adds_to" not in first


# Imports.


def test_a_preview_says_what_would_change_and_whom_it_touches_and_changes_nothing(client, running):
    running.take(referral("R1"))
    before = everything(running)

    seen = told(preview(client))

    assert seen["counts"]["added"] == 5
    assert [each["referral_id"] for each in seen["touched"]["referrals"]] == ["R1"]
    assert everything(running) == before


def test_an_import_takes_what_its_preview_said_and_decides_open_referrals_again(client, running):
    running.take(referral("R1"))
    expected = told(preview(client))["digest"]

    taken = told(apply(client, expected), 201)

    assert taken["facts_added"] == 5
    assert told(client.get(f"{AGENCIES}/{NEW}"))["name"] == "Rookwell Fostering"
    decision = told(client.get("/v1/referrals/R1/decision"))
    assert decision["occasion"]["word"] == "register_changed"
    assert "a.commissioner" in decision["occasion"]["reference"]
    assert NEW in {each["agency"] for each in decision["agencies"]}


def test_two_imports_of_one_file_are_two_imports(client, running):
    apply(client, told(preview(client))["digest"])
    running.clock.advance(timedelta(hours=1))

    again = told(apply(client, told(preview(client))["digest"]), 201)

    assert (again["facts_added"], again["facts_known"]) == (0, 5)


def test_an_import_is_refused_where_the_register_changed_since_the_preview(client, running):
    file = (PACK / "register.csv").read_text()
    file = file.replace(",outstanding,2024-01-03,2024-02-06", ",good,2025-01-03,2025-02-06")
    expected = told(preview(client, file))["digest"]
    running.take(update(JUDGED | {"inspected_on": "2025-01-03", "published_on": "2025-02-06"}))
    before = everything(running)

    problem = refused(apply(client, expected, file), 409)

    assert "preview" in problem["detail"]
    assert everything(running) == before


def test_an_import_of_another_file_than_was_previewed_is_refused(client, running):
    expected = told(preview(client))["digest"]
    before = everything(running)

    refused(apply(client, expected, REGISTER_CSV.replace("Rookwell", "Rockwell")), 409)

    assert everything(running) == before


def test_an_import_by_nobody_or_by_two_is_refused(client, running):
    expected = told(preview(client))["digest"]
    before = everything(running)

    for headers in ({}, {"X-Forwarded-User": ""}, [*NAMED.items(), *NAMED.items()]):
        refused(apply(client, expected, headers=headers), 401)

    assert everything(running) == before


def test_an_import_without_a_preview_is_refused(client):
    answer = client.post(IMPORTS, content=REGISTER_CSV, params=AS_FRAMEWORK, headers=NAMED)

    assert refused(answer, 422)["errors"][0]["field"] == "query.expected"


def test_a_row_that_is_refused_is_told_with_its_line_and_nothing_is_taken(client, running):
    seen = told(preview(client, WRONG_TIER))
    before = everything(running)

    problem = refused(apply(client, seen["digest"], WRONG_TIER), 422)

    assert [(each["line"], each["column"]) for each in seen["refused"]] == [(2, "tier")]
    assert [(each["line"], each["field"]) for each in problem["errors"]] == [(2, "tier")]
    assert everything(running) == before


def test_sound_rows_are_taken_without_the_refused_ones_where_that_is_asked(client):
    sound = REGISTER_CSV.splitlines()[1].replace(NEW, "SC990902")
    file = WRONG_TIER + sound + "\n"
    expected = told(preview(client, file))["digest"]

    taken = told(apply(client, expected, file, leave_refused=True), 201)

    assert (taken["facts_added"], taken["rows_refused"]) == (5, 1)
    refused(client.get(f"{AGENCIES}/{NEW}"), 404)


def test_what_is_no_such_file_is_refused(client):
    for body, changes in (
        (b"", {}),
        (b"urn\n", {}),
        (b"\x00\xff" * 50, {}),
        (b"PK\x03\x04", {"kind": "ofsted", "name": "a.xlsx"}),
        (REGISTER_CSV, {"kind": "ofsted"}),
        (REGISTER_CSV, {"kind": "castle"}),
        (REGISTER_CSV, {"name": "../../etc/passwd"}),
    ):
        refused(preview(client, body, **changes), 422)


def test_a_file_that_is_too_large_is_refused(client):
    for answer in (
        preview(client, b" " * (LARGEST_UPLOAD_BYTES + 1)),
        apply(client, "0" * 64, b" " * (LARGEST_UPLOAD_BYTES + 1)),
    ):
        refused(answer, 413)


def test_a_spreadsheet_of_ofsteds_is_previewed_and_taken(client):
    judged_anew = table("in_year", {"overall": "Requires improvement to be good"})
    body = xlsx_of(**{SHEETS["in_year"]: judged_anew})
    of_ofsted = {"kind": "ofsted", "name": "in year.xlsx", "published_on": "2025-11-20"}
    expected = told(preview(client, body, **of_ofsted))["digest"]

    told(apply(client, expected, body, **of_ofsted), 201)

    assert judged(client) == "requires_improvement"


def test_no_path_of_the_register_tells_of_a_child(client, running):
    running.take(referral("R1"))
    running.take(update(JUDGED))

    paths = (
        AGENCIES,
        "/v1/register/concerns",
        "/v1/register/overview",
        f"{AGENCIES}/{URN}/history",
    )

    for path in paths:
        answer = client.get(path)
        assert told(answer)
        assert BORN not in answer.text
        assert '"C1"' not in answer.text
