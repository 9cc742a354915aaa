"""What a sender is told of a message that does not keep to its contract."""

import copy
import json
import re

import pytest

from shared.contracts.event import decode
from shared.errors import CannotSucceed
from tests.contracts.goldens import FULL

REFERRAL = "referral.received.v1"


def refused(type_, change):
    document = copy.deepcopy(FULL[type_])
    change(document)
    with pytest.raises(CannotSucceed) as told:
        decode(json.dumps(document).encode())
    return told.value


def setting(name, value):
    return lambda document: document["data"].update({name: value})


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        (lambda d: d["data"].pop("start_date"), "data.start_date", "the field is required"),
        (setting("school", "x"), "data.school", "the contract has no such field"),
        (setting("solo", "yes"), "data.solo", "it has to be true or false"),
        (setting("purchaser", 7), "data.purchaser", "it has to be a text in quotes"),
        (setting("children", []), "data.children", "it has to have at least 1 entries"),
        (setting("children", {}), "data.children", "it has to be a list"),
        (setting("start_date", "soon"), "data.start_date", "it has to be a date such as"),
        (setting("received_at", "2026-03-02T10:00:00"), "data.received_at", "its offset"),
        (setting("received_at", "now"), "data.received_at", "it has to be an instant"),
        (setting("needed_by", "x"), "data.needed_by", "it has to be 'today', 'within_5_days'"),
        (lambda d: d.update(specversion="0.3"), "specversion", r"it has to match \^1"),
    ],
)
def test_a_sender_is_told_which_field_and_what_it_has_to_be(change, field, reason):
    told = refused(REFERRAL, change)

    assert told.field == field
    assert told.advice == "Correct the field and send the event again."
    assert re.search(reason, told.reason)


def test_a_fact_of_an_unknown_kind_is_refused_with_those_that_there_are():
    told = refused("provider.updated.v1", lambda d: d["data"]["facts"][0].update(fact="rumour"))

    assert told.field == "data.facts.0.fact"
    assert "'judgement'" in told.reason
    assert "rumour" not in told.reason


def test_money_as_a_number_is_refused_with_how_it_is_written():
    told = refused("placement.started.v1", setting("agreed_weekly", 900))

    assert told.field == "data.agreed_weekly"
    assert (
        told.reason == "money is written as a text of pounds with two decimals, never as a number"
    )


def test_a_refusal_keeps_nothing_of_what_was_refused():
    told = refused(REFERRAL, setting("school", "x"))

    assert (told.__context__, told.__cause__) == (None, None)
