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


class EligibilityDecided(Data):
    """Every agency of the register, judged for one referral, in the order of the shortlist.

    Args:
        criteria: the criteria about agencies, in the order of the rulebook.
        gates: what each criterion about the referral alone says; they count for every agency.
        spot_purchase_indicated: no agency meets every criterion, and no gate is not met.
        not_met_counts: how many agencies do not meet each criterion.
        reasons: each different reason once, for the agencies that have it.
        agencies: those of the shortlist by rank, then those that are not eligible.
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
    reasons: tuple[CriterionVerdict, ...]
    agencies: tuple[AgencyDecision, ...]

    def unmet(self, agency: AgencyDecision) -> tuple[CriterionVerdict, ...]:
        """Return the criteria that an agency does not meet, with the reasons."""
        return tuple(self.reasons[position] for position in agency.unmet)
