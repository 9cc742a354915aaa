"""The life of a placement, as case management tells it."""

from datetime import date
from typing import Literal

from shared.contracts.fields import AgencyUrn, Data, Reference, WireMoney, Word


class PlacementStarted(Data):
    """A child moved in with a carer of an agency."""

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

    A corrected date of birth holds from the start of the placement, whatever `effective_from`.
    """

    placement_id: Reference
    effective_from: date
    agency: AgencyUrn | None = None
    purchaser: Word | None = None
    placement_type: Word | None = None
    need_category: Word | None = None
    date_of_birth: date | None = None
    agreed_weekly: WireMoney | None = None

    def contradictions(self) -> list[tuple[str, str]]:
        """Return what contradicts itself, as (field, reason), without any value."""
        told = self.model_fields_set - {"placement_id", "effective_from"}
        if not any(getattr(self, field) is not None for field in told):
            return [("", "the amendment amends nothing")]
        return []


class PlacementEnded(Data):
    """A placement ended; `end_date` is the first day that is not paid."""

    placement_id: Reference
    end_date: date
