"""What a price review does about spot fees, which were agreed for one placement each."""

from dataclasses import dataclass
from datetime import date

from services.pricing.fees import FeeFamily
from services.pricing.reviews.review import Outcome, SpotLine, no_terms_for, too_early
from services.pricing.reviews.tracks import ReviewRule
from shared.money import Money, uplifted


@dataclass(frozen=True, slots=True)
class SpotReview:
    """A price review that lifts spot fees by its terms, or leaves them, from its day on.

    Each starts from the penny that was paid, whatever the terms say of framework fees.
    """

    rule: ReviewRule
    awarded_on: date

    @property
    def review_id(self) -> str:
        """The review, for the cause of the fee."""
        return self.rule.review_id

    @property
    def effective_from(self) -> date:
        """The day from which the fees rise."""
        return self.rule.effective_from

    def lifted(self, family: FeeFamily, weekly: Money, agreed_from: date) -> Money:
        """Return a spot fee after the review; as it was where the terms leave it."""
        return _lifted(self.rule, family, weekly, agreed_from)[0]


def spot_line(
    rule: ReviewRule,
    placement_id: str,
    family: FeeFamily,
    service_line: str,
    before: Money,
    agreed_from: date,
    held: Money,
) -> SpotLine:
    """Return what a review does about the fee of one spot placement.

    Args:
        rule: the review.
        placement_id: the placement.
        family: what it is bought as on the day of the review.
        service_line: the line of the budget that pays for it.
        before: its fee on the day before.
        agreed_from: the day from which the fee was agreed that the reviews since uplift.
        held: its fee on the day of the review as it stands now; another than `before` where an
            earlier review of the same day has moved it.
    """
    if agreed_from >= rule.effective_from:
        because = "a fee of its own is agreed from that day"
        return SpotLine(placement_id, family, service_line, held, held, because, "excluded")
    after, because = _lifted(rule, family, before, agreed_from)
    if not because:
        base = None if held == before else before
        return SpotLine(placement_id, family, service_line, held, after, "", "uplifted", base)
    outcome: Outcome = "excluded" if held == before else "restored"
    return SpotLine(placement_id, family, service_line, held, before, because, outcome)


def _lifted(
    rule: ReviewRule, family: FeeFamily, weekly: Money, agreed_from: date
) -> tuple[Money, str]:
    """Return the fee after a review, and why it is left where it is."""
    if rule.award == "reversal":
        return weekly, f"the review {rule.reverses} is taken back"
    track = rule.track_for(family.placement_type)
    if track is None:
        return weekly, no_terms_for(family.placement_type)
    for exclusion in track.terms.exclude:
        if exclusion.holds(family, weekly, spot=True):
            return weekly, exclusion.because
    if because := too_early(agreed_from, track.terms, rule.effective_from):
        return weekly, because
    return uplifted(weekly, track.uplift.rate), ""
