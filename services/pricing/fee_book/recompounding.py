"""Works later reviews out again when something of an earlier day changes what they start from."""

from collections.abc import Collection, Iterator
from datetime import date
from functools import partial

from sqlalchemy import Connection

from services.pricing.fee_book.compounding import compounded, in_order
from services.pricing.fees import FeeBook
from services.pricing.membership import left_on
from services.pricing.reviews.tracks import ReviewRule
from services.pricing.store.fees import NewFee, add_points_of, record_fees
from services.pricing.store.memberships import memberships
from services.pricing.store.reviews import applied_reviews
from shared.messaging.work import Work


def rules_from(connection: Connection, day: date) -> list[ReviewRule]:
    """Return the reviews that are applied and decide, from a day on, by day."""
    rules = in_order(review.rule for review in applied_reviews(connection))
    return [rule for rule in rules if rule.effective_from >= day]


def recompound(work: Work, numbers: Collection[int], rules: Collection[ReviewRule]) -> int:
    """Record what reviews make of the fees of some families now; return how many points are new.

    Who does this holds the counter of the points until the commit.

    Args:
        work: the transaction.
        numbers: the families.
        rules: the reviews that may come to something else, by day.
    """
    if not rules or not numbers:
        return 0
    book = FeeBook()
    add_points_of(work.connection, book, numbers)
    found = list(_found(work.connection, book, rules))
    record_fees(work.connection, found, work.now)
    return len(found)


def _found(
    connection: Connection, book: FeeBook, rules: Collection[ReviewRule]
) -> Iterator[NewFee]:
    members = memberships(connection)
    for key, points in book.items():
        left = partial(left_on, members.get(key.agency, ()))
        for point in compounded(
            key, points, list(rules), left, book.tendered_on(key.family, key.age_band)
        ):
            yield NewFee(
                key,
                point.valid_from,
                point.weekly,
                point.cause,
                point.unrounded,
                point.awarded_on,
            )
