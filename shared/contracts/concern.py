"""What a change in what is known of an agency touches: placements to review, referrals again."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.contracts.decision import Outcome, VerdictWord
from shared.contracts.fields import (
    AgencyUrn,
    CriterionId,
    Data,
    Digest,
    Reference,
    Sentence,
    WireInstant,
)


class WorseStanding(Data):
    """A criterion about the agency alone that says something worse than before.

    Args:
        criterion: it reads nothing of a referral or a child.
        on: the first day on which it says so, today or later.
        was, verdict: what it said before, and what it says now.
        because: the rulebook's own words.
    """

    criterion: CriterionId
    on: date
    was: VerdictWord
    verdict: VerdictWord
    because: Sentence


class PlacementToReview(Data):
    """A child lives with the agency when its standing is worse, or comes to live there later."""

    placement_id: Reference
    since: date
    until: date | None = None


class ReferralDecidedAgain(Data):
    """An open referral whose shortlist is another one now.

    Args:
        decision_id: the fresh decision.
        was, outcome: this agency's outcome before, and now; none before it was on the register.
    """

    referral_id: Reference
    decision_id: Reference
    was: Outcome | None
    outcome: Outcome


def _is_empty(value: tuple[object, ...]) -> bool:
    return not value


class ProviderConcern(Data):
    """A commissioner should look at an agency: its standing became worse.

    Args:
        because: what became known, and from whom.
        register_version: the register with it.
        standing: what the rulebook in force says of it.
        placements: the live placements with the agency, each to be reviewed.
        referrals: the open referrals that were decided again because of it.
        adds_to: the concerns that were told before this placement was heard of; none where the
            agency's standing became worse just now.
    """

    concern_id: Reference
    agency: AgencyUrn
    name: str
    known_at: WireInstant
    because: Sentence
    register_version: Digest
    standing: Annotated[tuple[WorseStanding, ...], Field(min_length=1)]
    placements: tuple[PlacementToReview, ...]
    referrals: tuple[ReferralDecidedAgain, ...]
    adds_to: Annotated[tuple[Reference, ...], Field(exclude_if=_is_empty)] = ()
