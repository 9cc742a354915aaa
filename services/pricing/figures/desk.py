"""What a person does with figures: hands in a file, and asks what the next review lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from services.pricing.desk import Desk
from services.pricing.figures.index_table_csv import index_values_of
from services.pricing.figures.judged import Judged
from services.pricing.figures.needed import NeededFigure, figures_needed
from services.pricing.figures.wages_csv import wages_of
from services.pricing.indices import IndexValue
from services.pricing.months import Month
from services.pricing.reviews.draft import check_reference
from services.pricing.store.figures import import_index, import_wages, index_book, wage_book
from services.pricing.terms.agreed import ReviewTerms
from services.pricing.terms.in_force import terms_in_force
from services.pricing.terms.pack_yaml import PriceReview
from services.pricing.wages import WageRate
from shared.errors import FosterframeError

_LOOKS_AHEAD_DAYS: Final = 3 * 366

Gaps = list[tuple[Month, Month]]


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file that somebody hands in.

    Args:
        name: what it is called; it need not be a file of this machine.
        text: what it holds.
        actor: who hands it in, where that is told.
        unusual: that person has checked values that are out of the ordinary.
    """

    name: Path
    text: str
    actor: str | None = None
    unusual: bool = False


@dataclass(frozen=True, slots=True)
class IndexTaken:
    """What became of an index file.

    Args:
        gaps: by series, the runs of months that are still without a value.
    """

    judged: Judged[IndexValue]
    gaps: dict[str, Gaps]


@dataclass(frozen=True, slots=True)
class Needs:
    """The figures that a review from a day on needs, by which terms."""

    effective_from: date
    versions: tuple[str, ...]
    figures: tuple[NeededFigure, ...]


def take_index(desk: Desk, file: HandedIn) -> IndexTaken:
    """Add what an index file says and is not known yet.

    Raises:
        FileRefused: it cannot be read, or says what cannot be so.
        FiguresRefused: it contradicts what is known.
        ReviewRefused: nobody can be called as who hands it in is.
    """
    _check_actor(file)
    values = index_values_of(file.name, file.text, unusual=file.unusual)
    with desk.database.transaction() as connection:
        judged = import_index(connection, values, desk.clock.now(), actor=file.actor)
        book = index_book(connection)
    return IndexTaken(judged, {each: book.gaps(each) for each in sorted(_series(values))})


def take_wages(desk: Desk, file: HandedIn) -> Judged[WageRate]:
    """Add what a wage table says and is not known yet.

    Raises:
        FileRefused: it cannot be read, or says what cannot be so.
        FiguresRefused: it contradicts what is known.
        ReviewRefused: nobody can be called as who hands it in is.
    """
    _check_actor(file)
    rates = wages_of(file.name, file.text, unusual=file.unusual)
    with desk.database.transaction() as connection:
        return import_wages(
            connection, rates, desk.clock.now(), actor=file.actor, unusual=file.unusual
        )


def needs_of(desk: Desk, price_review: PriceReview, effective_from: date | None = None) -> Needs:
    """Return which figures a review needs; without a day, the next one by the terms in force.

    Raises:
        FosterframeError: no review takes effect on that day.
    """
    every = [model.terms() for model in price_review.terms]
    today = desk.clock.today()
    try:
        day = effective_from or _next_review(every, today)
        found = [every[one.position] for one in terms_in_force(every, day)]
    except ValueError as none_then:
        raise FosterframeError(f"No review is due: {none_then}.") from None
    with desk.database.reading() as connection:
        indices, wages = index_book(connection), wage_book(connection)
    versions = tuple(dict.fromkeys(terms.version for terms in found))
    return Needs(day, versions, figures_needed(found, day, indices, wages, today))


def _next_review(every: Sequence[ReviewTerms], today: date) -> date:
    """Return the first day after today on which a review takes effect, by whatever terms."""
    first = min(terms.in_force_from for terms in every)
    day = max(today, first - timedelta(days=1))
    for _ in range(_LOOKS_AHEAD_DAYS):
        day += timedelta(days=1)
        try:
            terms_in_force(every, day)
        except ValueError:
            continue
        return day
    raise ValueError(f"by no terms does a review take effect up to {day}")


def _check_actor(file: HandedIn) -> None:
    if file.actor is not None:
        check_reference("actor", file.actor)


def _series(values: Sequence[IndexValue]) -> set[str]:
    return {value.series for value in values}
