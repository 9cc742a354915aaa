"""A price review previewed on a Kent-sized year, in a database of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from services.demo.figures import import_prices
from services.demo.kent_load import load
from services.demo.kent_year import KentYear, figures, kent_year, tendered_book
from services.pricing.desk import SERVICE, Desk
from services.pricing.fee_book.prices_csv import read_prices
from services.pricing.reviews.draft import draft
from services.pricing.reviews.preview import preview
from services.pricing.store.reviews import PREVIEWED, Review
from services.pricing.terms.pack_yaml import read_terms
from services.running import open_database
from shared.clock import SetClock
from shared.framework.framework import Framework
from shared.money import percentage_text
from shared.settings import Settings

REVIEWED_ON: Final = date(2023, 4, 1)
"""The first review after the year."""

PREVIEWED_AT: Final = datetime(2023, 3, 20, 10, tzinfo=UTC)
_ACTOR: Final = "a.finance"
_FOLDER: Final = "kent-year"


@dataclass(frozen=True, slots=True)
class KentReview:
    """The year, and the review of the day after it as previewed."""

    made: KentYear
    review: Review

    def figures(self) -> dict[str, Any]:
        """Return what both come to, without anything of a child."""
        body = self.review.last(PREVIEWED).body
        review = {
            "effective_from": str(self.review.effective_from),
            "uplift": percentage_text(self.review.uplift.rate),
            "placements": body["total"]["placements"],
            "annual_effect": body["total"]["annual_effect"],
            "by_purchaser": _effects(body["by_purchaser"].items()),
            "by_service_line": _effects(body["by_service_line"].items()),
            "lines": [
                {word: line[word] for word in ("service_line", "purchaser", "annual_effect")}
                for line in body["service_lines"]
            ],
        }
        return {**figures(self.made), "review": review}


def review_kent_year(settings: Settings, framework: Framework, seed: int) -> KentReview:
    """Make a year, load it beside nothing else, and preview the review that follows it.

    What finance would be told stays in that database: nobody publishes it.

    Raises:
        YearRefused, LoadRefused: as `kent_year` and `load`.
    """
    made = kent_year(
        framework, tendered_book(read_prices(settings.framework / "prices.csv", framework)), seed
    )
    state = settings.state / _FOLDER
    state.mkdir(parents=True)
    database = open_database(replace(settings, state=state, database_urls={}), SERVICE)
    try:
        desk = Desk(database, SetClock(PREVIEWED_AT), framework)
        import_prices(settings, desk)
        load(desk, made)
        terms = read_terms(settings.framework / "price-review.yaml", framework)
        drafted = draft(desk, terms, REVIEWED_ON, actor=_ACTOR)
        return KentReview(made, preview(desk, drafted.id, actor=_ACTOR))
    finally:
        database.close()


def _effects(totals: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, str]:
    return {name: total["annual_effect"] for name, total in totals}
