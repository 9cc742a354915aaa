"""What a price review does by its terms: its day, and the uplift of each placement type."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.pricing.terms.agreed import ReviewTerms, Uplift

ReviewKind = Literal["provisional", "final", "reversal"]
"""An award, on figures that may not be final or that are; or the taking back of one."""


@dataclass(frozen=True, slots=True)
class Track:
    """The terms and the uplift of some placement types."""

    terms: ReviewTerms
    uplift: Uplift

    @property
    def placement_types(self) -> tuple[str, ...]:
        """The types that this is for; none for every type that no other track names."""
        return self.terms.placement_types


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """Everything of a price review that decides what becomes of a fee.

    Args:
        tracks: the first is for every placement type that no other names, where it names none.
        awarded_on: the day on which its application began; none before that.
        reverses: the review that a reversal takes back.
    """

    review_id: str
    effective_from: date
    award: ReviewKind
    tracks: tuple[Track, ...]
    awarded_on: date | None = None
    reverses: str | None = None

    def track_for(self, placement_type: str) -> Track | None:
        """Return the terms and the uplift of a placement type, if the review has any for it."""
        every_other = None
        for track in self.tracks:
            if placement_type in track.placement_types:
                return track
            if not track.placement_types:
                every_other = track
        return every_other
