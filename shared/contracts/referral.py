"""What case management says about a child who needs a home."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.fields import Area, Data, Reference, WireInstant, Word, YesNoUnknown
from shared.days import london_day

LARGEST_GROUP = 8


class Child(Data):
    """A child of a referral, by a pseudonym; the name stays with case management."""

    child_ref: Reference
    date_of_birth: date
    disability: bool
    parent_of: Reference | None = None


class ReferralReceived(Data):
    """A child, or a group of siblings, needs a home.

    What is amended is sent again, whole, with the same `referral_id` and a higher `version`; of two
    messages with one version the one that was said later counts. Each is decided; the decisions
    before it stay.
    """

    referral_id: Reference
    version: Annotated[int, Field(ge=1, le=10_000)] = 1
    received_at: WireInstant
    purchaser: Word
    needed_by: Literal["today", "within_5_days", "later"]
    start_date: date
    duration: Literal["short_term", "long_term"]
    placement_type: Word
    need_category: Word
    solo: bool
    in_house_search: Literal["done", "not_done", "not_possible"]
    uasc: YesNoUnknown
    preferred_area: Area | None = None
    keep_together: bool = True
    children: Annotated[tuple[Child, ...], Field(min_length=1, max_length=LARGEST_GROUP)]

    @property
    def is_emergency(self) -> bool:
        """Say whether the home is needed today, or within 24 hours of the referral."""
        day_after = london_day(self.received_at + timedelta(hours=24))
        return self.needed_by == "today" or self.start_date <= day_after

    def contradictions(self) -> list[tuple[str, str]]:
        """Return what contradicts itself, as (field, reason), without any value."""
        received_on = london_day(self.received_at)
        found = []
        if self.start_date < received_on:
            found.append(("start_date", "the start date is before the referral was received"))
        refs = [child.child_ref for child in self.children]
        for position, child in enumerate(self.children):
            path = f"children.{position}"
            if child.date_of_birth > received_on:
                found.append((f"{path}.date_of_birth", "the date of birth is in the future"))
            if child.child_ref in refs[:position]:
                found.append((f"{path}.child_ref", "the same child is named twice"))
            if child.parent_of is not None and child.parent_of not in set(refs) - {child.child_ref}:
                found.append((f"{path}.parent_of", "it names no other child of this referral"))
        return found


class ReferralWithdrawn(Data):
    """The home is no longer needed."""

    referral_id: Reference
    withdrawn_at: WireInstant
    reason: Literal["in_house_found", "returned_home", "duplicate", "other"] = "other"
