"""What eligibility decided: every agency, every criterion, and why."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.fields import (
    AgeBand,
    AgencyUrn,
    CriterionId,
    Data,
    Digest,
    Reference,
    Sentence,
    WireInstant,
    Word,
    YesNoUnknown,
)

Outcome = Literal["eligible", "refer", "not_eligible"]
VerdictWord = Literal["met", "refer", "not_met"]


class CriterionVerdict(Data):
    """One criterion for one agency, or for the referral itself, with its reason."""

    criterion: CriterionId
    verdict: VerdictWord
    because: Sentence


class JudgedChild(Data):
    """What the decision read of a child: derived facts only, no date of birth.

    Args:
        with_parent: the child comes with its own parent, another child of the same referral.
            The two were judged as one unit, which has the parent's age and band.
    """

    child_ref: Reference
    age: Annotated[int, Field(ge=0, le=120)]
    age_band: AgeBand
    disability: bool
    with_parent: bool


class AgencyDecision(Data):
    """One agency's outcome.

    Args:
        outcome: the worst of what the gates and the criteria say.
        rank: place on the shortlist, from 1; none for an agency that is not eligible.
        near_miss: exactly one criterion is not met.
        unmet: the criteria that are not met or refer to a person, each as a position, from 0,
            in the decision's `reasons`. Every other criterion of the decision is met.
    """

    agency: AgencyUrn
    name: str
    tier: int
    outcome: Outcome
    rank: int | None
    near_miss: bool
    unmet: tuple[int, ...]


class RulebookUsed(Data):
    """The rulebook that decided."""

    name: Word | CriterionId
    version: str
    digest: Digest


class DecisionOccasion(Data):
    """Why a referral was decided, or decided again.

    Args:
        reference: what brought it about: the id of the event, or the command and who gave it.
    """

    word: Literal["received", "amended", "register_changed"]
    reference: Sentence


class ChildOutcomes(Data):
    """What would be decided for one child of a group alone, or for a parent with its own child.

    Args:
        child_ref: the child; of a parent and its child, the parent.
        eligible: the agencies that meet every criterion for this child, by their numbers.
        refer: those that a person must look at.
        not_met_counts: how many agencies do not meet each criterion.
    """

    child_ref: Reference
    gate_outcome: VerdictWord
    eligible: tuple[AgencyUrn, ...]
    refer: tuple[AgencyUrn, ...]
    not_met_counts: dict[CriterionId, int]


class RankRange(Data):
    """Agencies that were equal by every key but the last, so that their order was drawn."""

    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=2)]


def _is_absent(value: object) -> bool:
    return value is None


class EligibilityDecided(Data):
    """Every agency of the register, judged for one referral, in the order of the shortlist.

    Args:
        criteria: the criteria about agencies, in the order of the rulebook.
        gates: what each criterion about the referral alone says; they count for every agency.
        spot_purchase_indicated: no agency meets every criterion, and no gate is not met.
        not_met_counts: how many agencies do not meet each criterion.
        reasons: each different reason once, for the agencies that have it.
        agencies: those of the shortlist by rank, then those that are not eligible.
        version: that of the referral. It and the next five are left out of what was decided
            before they were known.
        occasion: why it was decided.
        supersedes: the decision on the same referral that no longer counts, if there is one.
        shortlist_order: by what the shortlist is ordered, the first key counts most.
        drawn: the ranks whose agencies were equal, so that chance, always the same, ordered them.
        each_child: for a group, what would be decided for each child alone.
    """

    decision_id: Reference
    referral_id: Reference
    received_at: WireInstant
    decided_at: WireInstant
    purchaser: Word
    placement_type: Word
    need_category: Word
    duration: Literal["short_term", "long_term"]
    start_date: date
    emergency: bool
    solo: bool
    uasc: YesNoUnknown
    children: tuple[JudgedChild, ...]
    rulebook: RulebookUsed
    register_version: Digest
    pack_digest: Digest
    criteria: tuple[CriterionId, ...]
    gates: tuple[CriterionVerdict, ...]
    gate_outcome: VerdictWord
    spot_purchase_indicated: bool
    not_met_counts: dict[CriterionId, int]
    version: Annotated[int | None, Field(ge=1, exclude_if=_is_absent)] = None
    occasion: Annotated[DecisionOccasion | None, Field(exclude_if=_is_absent)] = None
    supersedes: Annotated[Reference | None, Field(exclude_if=_is_absent)] = None
    shortlist_order: Annotated[tuple[Word, ...] | None, Field(exclude_if=_is_absent)] = None
    drawn: Annotated[tuple[RankRange, ...] | None, Field(exclude_if=_is_absent)] = None
    each_child: Annotated[tuple[ChildOutcomes, ...] | None, Field(exclude_if=_is_absent)] = None
    reasons: tuple[CriterionVerdict, ...]
    agencies: tuple[AgencyDecision, ...]

    def unmet(self, agency: AgencyDecision) -> tuple[CriterionVerdict, ...]:
        """Return the criteria that an agency does not meet, with the reasons."""
        return tuple(self.reasons[position] for position in agency.unmet)
