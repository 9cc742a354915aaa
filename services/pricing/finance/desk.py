"""What a person asks about finance: what is due to an agency, and what finance has booked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from services.pricing.desk import Desk
from services.pricing.finance.review_reconcile import Figures, Reconciliation, Sent
from services.pricing.finance.statement import StatementLine, statement_lines
from services.pricing.store.acknowledgements import acknowledgements_of
from services.pricing.store.price_changes import sent_changes, told_to_agency
from services.pricing.store.review_messages import applied_message_id
from services.pricing.store.review_progress import counts_of
from services.pricing.store.reviews import APPLIED, Review, review_named
from shared.days import LONDON, Period, london_day
from shared.errors import FosterframeError
from shared.persistence.purges import purged_at, purges


class NoPeriod(FosterframeError):  # noqa: N818 - what was asked for
    """The days that were asked for are no period."""


@dataclass(slots=True)
class ReviewReconciliation:
    """How far finance has booked a price review.

    Args:
        state: where the review stands; only what is applied to its end has sent its totals.
        changes: its price changes.
        totals: the message that ended it.
        told: what that message said; none before it was sent.
        is_purged: a purge has taken price changes of its time, so that fewer may be kept.
    """

    review_id: str
    state: str
    changes: Reconciliation = field(default_factory=Reconciliation)
    totals: Reconciliation = field(default_factory=Reconciliation)
    told: Figures | None = None
    is_purged: bool = False

    @property
    def adds_up(self) -> bool:
        """Say whether its price changes come to what its totals said of them."""
        kept = Figures(self.changes.arrears_sent, price_changes=self.changes.sent)
        return self.told is None or self.is_purged or kept == self.told

    @property
    def is_complete(self) -> bool:
        """Say whether all was sent, adds up, and was booked by finance with our figures."""
        booked = self.changes.is_complete and self.totals.is_complete
        return self.told is not None and self.adds_up and booked


def period_of(first: date, end: date) -> Period:
    """Return the days from the first up to, and not including, the end.

    Raises:
        NoPeriod: the end is not after the first day.
    """
    if end <= first:
        raise NoPeriod(f"The period ends on {end}, not after its first day {first}.")
    return Period(first, end)


def lines_due(desk: Desk, agency: str, period: Period) -> Iterator[StatementLine]:
    """Yield the lines of an agency's statement, read as they are asked for."""
    with desk.database.reading() as connection:
        yield from statement_lines(told_to_agency(connection, agency, period), period)


def gone_before(desk: Desk, period: Period) -> date | None:
    """Return before which day placements ended that were purged since, if the period reaches it."""
    with desk.database.reading() as connection:
        horizons = [london_day(purge.horizon) for purge in purges(connection)]
    last = max(horizons, default=period.start)
    return last if last > period.start else None


def reconciled(desk: Desk, since: date | None = None) -> Reconciliation:
    """Return how far finance has booked all price changes, or those told from a day on."""
    from_then = None if since is None else datetime.combine(since, time(), LONDON)
    found = Reconciliation()
    with desk.database.reading() as connection:
        for sent, booked in sent_changes(connection, since=from_then):
            found.add(sent, booked)
    return found


def reconciled_review(desk: Desk, review_id: str) -> ReviewReconciliation:
    """Return how far finance has booked what a price review has sent.

    Raises:
        NoReview: there is none of that name.
    """
    with desk.database.reading() as connection:
        review = review_named(connection, review_id)
        found = ReviewReconciliation(review_id, review.state)
        for sent, booked in sent_changes(connection, review_id=review_id):
            found.changes.add(sent, booked)
        if review.state == APPLIED:
            price_changes, arrears = counts_of(connection, review_id)
            found.told = Figures(arrears, price_changes=price_changes)
            total = _totals_of(review, found.told)
            found.totals.add(total, acknowledgements_of(connection, [total.message_id]))
            found.is_purged = purged_at(purges(connection), total.sent_at) is not None
    return found


def _totals_of(review: Review, told: Figures) -> Sent:
    applied = review.last(APPLIED)
    return Sent(applied_message_id(review.id), review.id, None, applied.at, told)
