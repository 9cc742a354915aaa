"""Compares the present review terms with others, over every fee and placement; stores nothing."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from services.pricing.desk import Desk, Progress, no_progress
from services.pricing.indices import AwardKind, IndexBook, NoRateYet
from services.pricing.reviews.compare import Column, Comparison
from services.pricing.reviews.draft import models_for
from services.pricing.reviews.preview import (
    KEYS_IN_A_PORTION,
    PLACEMENTS_IN_A_PORTION,
    Ground,
    lines_on,
    spot_lines_on,
)
from services.pricing.reviews.tracks import ReviewRule, Track
from services.pricing.store.fees import portions_of_keys
from services.pricing.store.figures import index_book, wage_book
from services.pricing.store.review_lines import spot_portions
from services.pricing.store.reviews import ReviewRefused
from services.pricing.terms.agreed import ReviewTerms, uplift_for
from services.pricing.terms.in_force import terms_in_force
from services.pricing.terms.pack_yaml import PriceReview
from services.pricing.terms.varied import varied
from services.pricing.wages import WageBook
from shared.clock import Clock
from shared.days import london_day

PRESENT: Final = "present"
MOST_VARIANTS: Final = 9
_LOOKS_AHEAD_DAYS: Final = 3 * 366

Variant = tuple[str, Callable[[ReviewTerms], ReviewTerms] | PriceReview]
"""What other terms are called, and what makes them: a change of the present ones, or a file."""


def in_words(said: str) -> Variant:
    """Return what a few words make of the present terms: `month=12,cap=3.0`."""
    return said, lambda terms: varied(terms, said)


def compare(
    desk: Desk,
    present: PriceReview,
    effective_from: date,
    variants: Sequence[Variant],
    *,
    award: AwardKind = "provisional",
    progress: Progress = no_progress,
) -> Comparison:
    """Return what a review of a day would come to by the present terms and by others.

    A column whose figures are not all known says which is missing, and has no amounts.

    Raises:
        ReviewRefused: there are too many, none of them has all its figures, or there is no fee.
        NotTerms: a variant makes no terms.
    """
    if len(variants) > MOST_VARIANTS:
        raise ReviewRefused(f"At most {MOST_VARIANTS} other sets of terms are compared at once.")
    with desk.database.reading() as connection:
        figures = index_book(connection), wage_book(connection)
        columns = [
            _column(name, every, effective_from, award, *figures)
            for name, every in _sets(present, effective_from, variants)
        ]
        if all(column.rule is None for column in columns):
            raise ReviewRefused(f"No terms have all their figures. {columns[0].missing}")
        compared = Comparison.of(columns)
        ground = Ground.of(connection, desk.framework)
        _add_fees(connection, compared, ground, progress)
        for ids in spot_portions(connection, PLACEMENTS_IN_A_PORTION):
            for one, rule in compared.rules():
                for line in spot_lines_on(connection, rule, ids, ground):
                    one.add_spot(line)
    return compared


def _add_fees(
    connection: Connection, compared: Comparison, ground: Ground, progress: Progress
) -> None:
    plan = list(portions_of_keys(connection, KEYS_IN_A_PORTION, PLACEMENTS_IN_A_PORTION))
    if not plan:
        raise ReviewRefused("There is no fee to review. Import some: fosterframe fees import PACK.")
    done, total = 0, sum(numbers.keys for numbers in plan)
    columns = [one for one, _ in compared.rules()]
    rules = [rule for _, rule in compared.rules()]
    for numbers in plan:
        for _, lines in lines_on(connection, rules, numbers, ground):
            for one, line in zip(columns, lines, strict=True):
                one.add(line)
        done += numbers.keys
        progress(done, total)


def next_review_day(present: PriceReview, clock: Clock) -> date:
    """Return the next day on which a review takes effect, from today on.

    Raises:
        ReviewRefused: none does within three years.
    """
    every = [model.terms() for model in present.terms]
    today = london_day(clock.now())
    for ahead in range(_LOOKS_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        try:
            terms_in_force(every, day)
        except ValueError:
            continue
        return day
    raise ReviewRefused("By these terms no review takes effect within three years.")


def _sets(
    present: PriceReview, day: date, variants: Sequence[Variant]
) -> list[tuple[str, list[ReviewTerms]]]:
    now = [model.terms() for model in models_for(present, day)]
    sets = [(PRESENT, now)]
    for name, variant in variants:
        if isinstance(variant, PriceReview):
            sets.append((name, [model.terms() for model in models_for(variant, day)]))
        else:
            sets.append((name, [variant(terms) for terms in now]))
    return sets


def _column(
    name: str,
    every: Sequence[ReviewTerms],
    effective_from: date,
    award: AwardKind,
    indices: IndexBook,
    wages: WageBook,
) -> Column:
    try:
        tracks = tuple(
            Track(terms, uplift_for(terms, effective_from, indices, wages, award))
            for terms in every
        )
    except NoRateYet as missing:
        return Column(name, None, str(missing))
    return Column(name, ReviewRule(name, effective_from, award, tracks))
