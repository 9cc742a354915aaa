"""Which agency of the demo is judged inadequate, and that its reckoning can fail."""

from dataclasses import replace
from datetime import date

import pytest

from services.demo.judged import Judged, agency_to_judge, judged_checks
from services.demo.sample import sample_of
from shared.contracts.concern import PlacementToReview
from shared.contracts.event import decode
from shared.contracts.placement import PlacementEnded
from shared.contracts.referral import ReferralWithdrawn
from tests.contracts.goldens import FULL, body_of

TODAY = date(2026, 3, 31)
NOW = decode(body_of(FULL["eligibility.decided.v1"])).time
DECIDED = decode(body_of(FULL["eligibility.decided.v1"]))
CONCERN = decode(body_of(FULL["provider.concern.v1"]))
AGENCY = CONCERN.data.agency


def decision(referral_id, *, start_date=TODAY, **outcomes):
    """Return a decision on one child by which each agency has an outcome."""
    usual = DECIDED.data.agencies[0]
    agencies = tuple(
        usual.model_copy(update={"agency": urn, "outcome": outcome})
        for urn, outcome in outcomes.items()
    )
    told = {"referral_id": referral_id, "start_date": start_date, "each_child": None}
    data = DECIDED.data.model_copy(update=told | {"agencies": agencies})
    return replace(DECIDED, id=f"of {referral_id}", data=data)


def started(placement_id, agency, referral_id=None, *, fate="handled"):
    told = {"placement_id": placement_id, "agency": agency, "referral_id": referral_id}
    data = decode(body_of(FULL["placement.started.v1"])).data.model_copy(update=told)
    return replace(sample_of("placement.started.v1", placement_id, NOW, "placed", data), fate=fate)


def ended(placement_id, day):
    data = PlacementEnded(placement_id=placement_id, end_date=day)
    return sample_of("placement.ended.v1", placement_id, NOW, "ended", data)


def withdrawn(referral_id):
    data = ReferralWithdrawn(referral_id=referral_id, withdrawn_at=NOW)
    return sample_of("referral.withdrawn.v1", referral_id, NOW, "withdrawn", data)


def chosen(decisions, placements, samples=()):
    return agency_to_judge(samples, placements, decisions, TODAY)


def test_the_agency_is_one_with_children_and_with_open_referrals():
    decisions = [decision("R1", A="eligible", B="refer"), decision("R2", A="eligible", C="refer")]

    found = chosen(decisions, [started("P1", "B"), started("P2", "D")])

    assert found == Judged("B", TODAY, frozenset({"R1"}), frozenset({"P1"}))


def test_where_no_agency_has_both_nobody_is_judged():
    assert chosen([decision("R1", A="eligible")], [started("P1", "B")]) is None


@pytest.mark.parametrize(
    ("decisions", "placements", "samples"),
    [
        ([decision("R1", A="not_eligible")], [started("P1", "A")], []),
        ([decision("R1", A="eligible", start_date=date(2026, 3, 30))], [started("P1", "A")], []),
        ([decision("R1", A="eligible")], [started("P1", "A", "R1")], []),
        ([decision("R1", A="eligible")], [started("P1", "A")], [withdrawn("R1")]),
        ([decision("R1", A="eligible")], [started("P1", "A"), ended("P1", TODAY)], []),
        ([decision("R1", A="eligible")], [started("P1", "A", fate="refused")], []),
    ],
    ids=["not offered", "began before", "placed", "withdrawn", "moved out", "never started"],
)
def test_what_the_judgement_does_not_touch_does_not_count(decisions, placements, samples):
    assert chosen(decisions, placements, samples) is None


# The reckoning.


JUDGED = Judged(AGENCY, TODAY, frozenset({"R1", "R2"}), frozenset({"P1"}))
AGAIN = [decision(id_, **{AGENCY: "not_eligible"}) for id_ in ("R1", "R2")]


def concern(*placements, **told):
    named = tuple(PlacementToReview(placement_id=id_, since=TODAY) for id_ in placements)
    return replace(CONCERN, data=CONCERN.data.model_copy(update=told | {"placements": named}))


def failing(concerns, again, judged=JUDGED):
    return {check.says for check in judged_checks(judged, concerns, again) if not check.holds}


def test_exactly_what_is_touched_holds():
    assert failing([concern("P1")], AGAIN) == set()
    assert failing([], [], judged=None) == set()


@pytest.mark.parametrize(
    ("concerns", "again", "missed"),
    [
        ([], AGAIN, "concerns about the agency judged inadequate"),
        ([concern("P1", agency="SC1")], AGAIN, "concerns about the agency judged inadequate"),
        ([concern("P1")], AGAIN[1:], "open referrals decided again"),
        ([concern("P1")], [*AGAIN, AGAIN[0]], "fresh decisions, one for each of them"),
        (
            [concern("P1")],
            [AGAIN[0], decision("R2", **{AGENCY: "refer"})],
            "fresh decisions that still name the agency",
        ),
        ([concern()], AGAIN, "placements to review, as told"),
        ([concern("P1", "P2")], AGAIN, "placements to review that nobody told"),
    ],
)
def test_what_is_missing_doubled_or_strange_is_noticed(concerns, again, missed):
    assert missed in failing(concerns, again)
