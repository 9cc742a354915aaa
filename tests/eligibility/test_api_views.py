"""What all decisions together say, over HTTP."""

import pytest

from tests.eligibility.over_http import refused, told
from tests.eligibility.running import referral

SINCE = {"since": "2026-03-01"}


def test_whose_turn_it_was_is_told_by_lot(client, running):
    running.take(referral("R1"), referral("R2"))

    fair = told(client.get("/v1/register/fairness", params=SINCE))

    assert fair["decisions"] == 2
    first = [each["offered_first"] for each in fair["lots"]["core"]["agencies"]]
    assert sum(first) == 2


def test_whose_turn_it_was_is_told_of_the_lots_that_are_named(client, running):
    running.take(referral("R1"))

    fair = told(client.get("/v1/register/fairness", params=SINCE | {"lot": "disabled_child"}))

    assert "core" not in fair["lots"]


@pytest.mark.parametrize("wrong", [{}, {"since": "soon"}, SINCE | {"lot": "castle"}])
def test_a_lot_or_a_day_that_there_is_not_is_refused(client, wrong):
    refused(client.get("/v1/register/fairness", params=wrong), 422)


def test_for_whom_there_were_how_many_agencies_is_told(client, running):
    running.take(referral("R1"), referral("R2", purchaser="medway"))

    each_way = told(client.get("/v1/sufficiency", params=SINCE))["views"]
    [together] = told(client.get("/v1/sufficiency", params=SINCE | {"by": ["band", "type"]}))[
        "views"
    ]

    assert [view["by"] for view in each_way] == [["band"], ["type"], ["area"]]
    assert together["by"] == ["band", "type"]
    assert together["total"]["referrals"] == 2
    assert sum(together["total"]["eligible"].values()) == 2


@pytest.mark.parametrize("wrong", [{}, {"since": "soon"}, SINCE | {"by": "colour"}])
def test_a_group_that_there_is_not_is_refused(client, wrong):
    refused(client.get("/v1/sufficiency", params=wrong), 422)


def test_what_was_decided_before_the_day_is_not_counted(client, running):
    running.take(referral("R1"))
    later = {"since": "2026-03-03"}

    assert told(client.get("/v1/register/fairness", params=later))["decisions"] == 0
    [view, *_] = told(client.get("/v1/sufficiency", params=later))["views"]
    assert view["total"]["referrals"] == 0
