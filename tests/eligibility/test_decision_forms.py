"""A decision is written as the contract writes it, with what its form has and nothing else."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import update

from services.eligibility.decisions.decided import DecisionWriter
from services.eligibility.occasion import Occasion
from services.eligibility.store import tables
from shared.contracts.decision import EligibilityDecided
from tests.eligibility.builders import RECEIVED_AT, agency, child, decided, referral
from tests.eligibility.running import NOW
from tests.eligibility.running import referral as received

GOLDEN = Path(__file__).parents[1] / "contracts/golden/eligibility.decided.v1.json"
ADDED = {"version", "occasion", "supersedes", "shortlist_order", "drawn", "each_child"}
WRITER = DecisionWriter("0" * 64)
AMENDED = Occasion("amended", 'case "7" \\ é', 3, NOW, "D0")
GROUP = (child(9, ref="C9"), child(16, ref="C16", disability=True))
EQUALS = [agency(urn=f"SC99000{number}") for number in range(1, 6)]


def written(decision, occasion=None, **form):
    head = WRITER.head(decision, "D1", RECEIVED_AT)
    return WRITER.written(head, decision, occasion, **form)


@pytest.mark.parametrize("occasion", [None, Occasion("received", "e1", 1, NOW), AMENDED])
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"children": GROUP},
        {"children": GROUP, "in_house_search": "not_done"},
        {"children": (*GROUP, child(3, ref="C3"))},
        {
            "placement_type": "parent_and_child",
            "children": (child(16, ref="P"), child(0, ref="B", with_parent=True)),
        },
        {"solo": True},
    ],
)
def test_a_decision_is_written_byte_for_byte_as_the_contract_writes_it(asked, occasion):
    decision = decided(referral(**asked), *EQUALS, agency(urn="SC990009", takes_solo=False))

    body = written(decision, occasion)

    assert EligibilityDecided.model_validate_json(body).model_dump_json().encode() == body


def test_form_1_has_none_of_the_later_fields():
    decision = decided(referral(children=GROUP), *EQUALS)

    told = json.loads(written(decision, AMENDED, form=1))
    later = json.loads(written(decision, AMENDED))

    assert not ADDED & told.keys()
    assert later.keys() - told.keys() == ADDED
    assert {name: later[name] for name in told} == told


def test_form_1_has_the_fields_of_the_golden_message_but_the_later_ones():
    kept = json.loads(GOLDEN.read_text())["data"]

    told = json.loads(written(decided(referral(), *EQUALS), form=1))

    assert list(told) == [name for name in kept if name not in ADDED]


def test_ranks_whose_agencies_are_equal_are_told_as_drawn():
    first = [agency(urn="SC990007", tier=1), agency(urn="SC990008", tier=1)]
    alone = agency(urn="SC990009", tier=2)
    last = [agency(urn=f"SC99001{number}", tier=3) for number in range(3)]

    told = json.loads(written(decided(referral(), *first, alone, *last)))

    assert told["drawn"] == [{"first": 1, "last": 2}, {"first": 4, "last": 6}]
    assert told["shortlist_order"][-1] == "fair_tie_break"


def test_nothing_is_drawn_where_a_gate_keeps_all_agencies_from_the_child():
    told = json.loads(written(decided(referral(in_house_search="not_done"), *EQUALS)))

    assert told["drawn"] == []


def test_each_child_of_a_group_alone_is_a_group_of_one():
    alone = decided(referral(children=GROUP), agency()).each_alone()

    told = [(each.child.child_ref, each.facts["age"], each.facts["group_size"]) for each in alone]
    assert told == [("C9", 9, 1), ("C16", 16, 1)]
    assert {each.facts["keep_together"] for each in alone} == {"no"}


def test_what_is_kept_for_one_group_is_not_told_of_another():
    both = {"children": GROUP}
    other = {"children": (child(9, ref="X9"), child(16, ref="X16", disability=True))}
    agencies = [agency(), agency(urn="SC990002", takes_disabled_children=False)]

    first = json.loads(written(decided(referral(**both), *agencies)))
    second = json.loads(written(decided(referral(**other), *agencies)))

    assert [each["child_ref"] for each in first["each_child"]] == ["C9", "C16"]
    assert [each["child_ref"] for each in second["each_child"]] == ["X9", "X16"]
    assert second["each_child"][0]["eligible"] == ["SC990001", "SC990002"]
    assert second["each_child"][1]["eligible"] == ["SC990001"]


def test_a_decision_that_was_kept_in_form_1_is_derived_in_form_1(running):
    running.take(received("R1"), received("R2"))
    row = running.kept(tables.decisions)[0]
    derived = running.derived(row.decision_id)
    writer = DecisionWriter(row.pack_digest)
    head = writer.head(derived.decision, row.decision_id, row.decided_at)
    then = writer.written(head, derived.decision, form=1)
    kept_then = {
        "form": 1,
        "body_digest": hashlib.sha256(then).hexdigest(),
        "occasion": "received",
        "occasion_reference": "",
        "said_at": None,
    }
    with running.database.transaction() as connection:
        here = tables.decisions.c.decision_id == row.decision_id
        connection.execute(update(tables.decisions).where(here).values(kept_then))

    again = running.derived(row.decision_id)

    assert again.is_same
    assert again.body == then
    assert not ADDED & json.loads(then).keys()


@pytest.mark.parametrize(
    "altered",
    [
        {"form": 1},
        {"version": 2},
        {"occasion": "amended"},
        {"occasion_reference": "another"},
        {"supersedes": "D9"},
    ],
)
def test_a_decision_whose_occasion_was_altered_is_not_what_was_decided(running, altered):
    [message] = running.take(received("R1"))
    with running.database.transaction() as connection:
        connection.execute(update(tables.decisions).values(altered))

    assert not running.derived(message.message_id).is_same
