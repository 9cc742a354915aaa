"""What eligibility decided: every agency, every criterion, and why."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.fields import (
    AgeBand,
    AgencyUrn,
    CriterionId,
    Data,
    Digest,
    Reference,
    Sentence,
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
    """What the decision read of a child: derived facts only, no date of birth."""

    child_ref: Reference
    age: Annotated[int, Field(ge=0, le=120)]
    age_band: AgeBand | None
    disability: bool


class AgencyDecision(Data):
    """One agency's outcome. A criterion of the decision that is not in `unmet` is met.

    Args:
        rank: place on the shortlist, from 1; none for an agency that is not eligible.
        near_miss: exactly one criterion is not met.
    """

    agency: AgencyUrn
    name: str
    tier: int
    outcome: Outcome
    rank: int | None
    near_miss: bool
    unmet: tuple[CriterionVerdict, ...]


class RulebookUsed(Data):
    """The rulebook that decided."""

    name: Word | CriterionId
    version: str
    digest: Digest


class EligibilityDecided(Data):
    """Every agency of the register, judged for one referral, in the order of the shortlist."""

    decision_id: Reference
    referral_id: Reference
    received_at: AwareDatetime
    decided_at: AwareDatetime
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
    agencies: tuple[AgencyDecision, ...]
