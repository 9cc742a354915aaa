"""Bench (d): how long finance waits for the preview of a review at the size of one council."""

import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from services.demo.figures import import_prices
from services.demo.kent_load import load
from services.demo.kent_review import PREVIEWED_AT, REVIEWED_ON
from services.demo.kent_year import kent_year, tendered_book
from services.pricing.desk import Desk
from services.pricing.fee_book.prices_csv import read_prices
from services.pricing.reviews.draft import draft
from services.pricing.reviews.preview import preview
from services.pricing.store.reviews import PREVIEWED
from services.pricing.terms.pack_yaml import read_terms
from services.running import ease_collector, open_database
from shared.clock import SetClock
from shared.framework.pack import load_framework
from shared.settings import settings_from
from tools.bench.memory import peak_megabytes

TIMES: Final = 5
_ACTOR: Final = "a.finance"


def measure() -> dict[str, Any]:
    """Return the middle of several previews, in seconds, and what was previewed."""
    settings = settings_from()
    framework = load_framework(settings.framework)
    fees = tendered_book(read_prices(settings.framework / "prices.csv", framework))
    made = kent_year(framework, fees)
    with tempfile.TemporaryDirectory(prefix="fosterframe-bench-") as folder:
        here = replace(settings, state=Path(folder), database_urls={})
        database = open_database(here, "pricing")
        desk = Desk(database, SetClock(PREVIEWED_AT), framework)
        import_prices(here, desk)
        began = time.perf_counter()
        load(desk, made)
        loaded = time.perf_counter() - began
        ease_collector()
        terms = read_terms(settings.framework / "price-review.yaml", framework)
        review = draft(desk, terms, REVIEWED_ON, actor=_ACTOR)
        took = []
        for _ in range(TIMES):
            began = time.perf_counter()
            review = preview(desk, review.id, actor=_ACTOR)
            took.append(time.perf_counter() - began)
        database.close()
    total = review.last(PREVIEWED).body["total"]
    return {
        "fee_keys": total["fees_uplifted"] + total["fees_excluded"],
        "placements": len(made.placements),
        "load_seconds": loaded,
        "preview_seconds": statistics.median(took),
        "annual_effect": total["annual_effect"],
        "ratios": {},
        "peak_megabytes": peak_megabytes(),
    }
