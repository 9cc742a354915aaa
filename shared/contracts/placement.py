"""The life of a placement, as case management tells it."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.fields import AgencyUrn, Data, Reference, WireMoney, Word

SiblingNumber = Annotated[int, Field(ge=1, le=12)]
"""Which child of a sibling group in one home this is, counted from 1."""


class PlacementStarted(Data):
    """A child moved in with a carer of an agency.

    `sibling_number` says which child of a sibling group living together this is, the first or
    only one being 1: what the group costs less for is counted from the second on.
    """

    placement_id: Reference
    referral_id: Reference | None = None
    child_ref: Reference
    date_of_birth: date
    agency: AgencyUrn
    purchaser: Word
    placement_type: Word
    need_category: Word
    start_date: date
    duration: Literal["short_term", "long_term"]
    solo: bool
    disability: bool
    uasc: bool
    agreement: Literal["framework", "spot"]
    agreed_weekly: WireMoney | None = None
    sibling_number: SiblingNumber = 1

    def contradictions(self) -> list[tuple[str, str]]:
        """Return what contradicts itself, as (field, reason), without any value."""
        found = []
        if self.date_of_birth > self.start_date:
            found.append(("date_of_birth", "the date of birth is after the start of the placement"))
        if self.agreement == "spot" and self.agreed_weekly is None:
            found.append(("agreed_weekly", "a spot placement needs its agreed weekly fee"))
        if self.agreement == "framework" and self.agreed_weekly is not None:
            found.append(("agreed_weekly", "a framework placement has the framework's fee"))
        if self.agreed_weekly is not None and self.agreed_weekly <= 0:
            found.append(("agreed_weekly", "the agreed weekly fee is not above zero"))
        return found


class PlacementAmended(Data):
    """Something about a placement is otherwise than told, from a day on.

    A corrected date of birth or start date holds for the whole placement, whatever
    `effective_from`. A placement that goes over from a spot fee to the framework says so by
    `agreement`; one that goes the other way says its `agreed_weekly` too.
    """

    placement_id: Reference
    effective_from: date
    agency: AgencyUrn | None = None
    purchaser: Word | None = None
    placement_type: Word | None = None
    need_category: Word | None = None
    date_of_birth: date | None = None
    start_date: date | None = None
    duration: Literal["short_term", "long_term"] | None = None
    solo: bool | None = None
    sibling_number: SiblingNumber | None = None
    disability: bool | None = None
    uasc: bool | None = None
    agreement: Literal["framework", "spot"] | None = None
    agreed_weekly: WireMoney | None = None

    def contradictions(self) -> list[tuple[str, str]]:
        """Return what contradicts itself, as (field, reason), without any value."""
        told = self.model_fields_set - {"placement_id", "effective_from"}
        if not any(getattr(self, field) is not None for field in told):
            return [("", "the amendment amends nothing")]
        if self.agreement == "spot" and self.agreed_weekly is None:
            return [("agreed_weekly", "a spot placement needs its agreed weekly fee")]
        if self.agreement == "framework" and self.agreed_weekly is not None:
            return [("agreed_weekly", "a framework placement has the framework's fee")]
        if self.agreed_weekly is not None and self.agreed_weekly <= 0:
            return [("agreed_weekly", "the agreed weekly fee is not above zero")]
        return []


class PlacementEnded(Data):
    """A placement ended; `end_date` is the first day that is not paid.

    An `end_date` of null takes back an end that was told: the placement goes on after all.
    """

    placement_id: Reference
    end_date: date | None
