"""Fills a book of fees with whatever else moves what placements cost."""

from sqlalchemy import Connection

from services.pricing.fees import FeeBook, FeeFamily
from services.pricing.store.fees import POINTS, PointShelf
from services.pricing.store.memberships import memberships
from services.pricing.store.numbers import allot
from services.pricing.store.reviews import applied_reviews
from services.pricing.store.spot_awards import spot_awards
from services.pricing.store.volumes import volume_counts


class FeeShelf:
    """The book of every fee and of what moves it, held in memory and kept up with the others."""

    def __init__(self) -> None:
        self._points = PointShelf()
        self._last = 0

    def up_to_date(self, connection: Connection) -> FeeBook:
        """Return the book with all that is recorded by now; nothing is, until the commit."""
        book = self._points.up_to_date(connection)
        if self._points.last != self._last:
            complete(connection, book)
            self._last = self._points.last
        return book

    def family_number(self, family: FeeFamily) -> int | None:
        """Return the number of a family, if it had one when the book was last kept up."""
        return self._points.family_number(family)


def complete(connection: Connection, book: FeeBook) -> FeeBook:
    """Fill a book with the counts of placements, the memberships and the awards on spot fees."""
    for agency, count in volume_counts(connection):
        book.count_volume(agency, count)
    for agency, periods in memberships(connection).items():
        book.put_memberships(agency, periods)
    book.put_spot_awards(spot_awards(connection))
    book.put_rules(each.rule for each in applied_reviews(connection))
    return book


def move_all(connection: Connection) -> None:
    """Say that something beside the points moves what placements cost, so that it is read again.

    Nobody else prices a placement until the commit, as when fees are recorded: who records a
    count does this first, and then looks at the placements again.
    """
    allot(connection, POINTS, 1)
