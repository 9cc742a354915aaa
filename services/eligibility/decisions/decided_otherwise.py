"""Whether a referral is decided otherwise by one register than by another."""

from collections.abc import Sequence
from typing import Final

from services.eligibility.concerns.touched import OutcomeChange
from services.eligibility.decision import Decision, Outcome
from services.eligibility.shortlist import shortlist

_NOT_ELIGIBLE: Final = "not_eligible"


def outcomes_of(
    agencies: Sequence[str], before: Decision, after: Decision
) -> tuple[OutcomeChange, ...]:
    """Return what each of some agencies is to a referral, before and after."""
    return tuple(
        OutcomeChange(
            urn,
            _outcome(before, urn) if urn in before.panel.place_of else None,
            _outcome(after, urn),
        )
        for urn in agencies
    )


def is_otherwise(outcomes: Sequence[OutcomeChange], before: Decision, after: Decision) -> bool:
    """Say whether what is decided differs: an outcome of an agency that changed, or the shortlist.

    An agency that was not on the register and may not be offered the child now changes nothing.
    For a group, what each child would be offered alone counts too.

    Args:
        outcomes: those of the agencies that stand otherwise; the others are what they were.
        before: the decision by what was known.
        after: the decision by what is known now.
    """
    if any((each.was or _NOT_ELIGIBLE) != each.outcome for each in outcomes):
        return True
    if _alone(before, outcomes) != _alone(after, outcomes):
        return True
    # Who is on neither shortlist does not change the order of the others.
    is_listed = any(each.outcome != _NOT_ELIGIBLE for each in outcomes)
    return is_listed and _listed(before) != _listed(after)


def _outcome(decision: Decision, urn: str) -> Outcome:
    return _by(decision.passing, decision.panel.place_of[urn])


def _by(passing: tuple[int, int], place: int) -> Outcome:
    passes, refers = passing
    if passes >> place & 1:
        return "eligible"
    return "refer" if refers >> place & 1 else "not_eligible"


def _alone(decision: Decision, outcomes: Sequence[OutcomeChange]) -> list[list[Outcome]]:
    """Return what the agencies would be to each child of a group alone."""
    places = [decision.panel.place_of.get(each.agency) for each in outcomes]
    return [
        [_NOT_ELIGIBLE if place is None else _by(alone.passing, place) for place in places]
        for alone in decision.each_alone()
    ]


def _listed(decision: Decision) -> list[str]:
    return [decision.panel.agencies[place].urn for place in shortlist(decision)]
