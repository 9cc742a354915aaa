"""Bench (e): a national book looked at again, one timeline, and a preview at a region's size."""

import multiprocessing
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any, Final

from services.pricing.desk import Desk
from services.pricing.placement import placement_of
from services.pricing.placements.repricing import reprice_each
from services.pricing.reviews.draft import draft
from services.pricing.reviews.preview import preview
from services.pricing.store.fee_book import complete
from services.pricing.store.fees import FeeBook, add_points_of
from services.pricing.store.placements import known_placements
from services.pricing.terms.pack_yaml import read_terms
from services.pricing.timeline import timeline
from services.running import ease_collector, open_database
from shared.clock import SetClock
from shared.framework.pack import load_framework
from shared.persistence.database import Database
from shared.settings import Settings, settings_from
from tools.bench import reviewing
from tools.bench.memory import peak_megabytes

PLACEMENTS: Final = 80_000
REGION_KEYS: Final = 5_000
KEYS_FOR_A_PLACEMENT: Final = 5
TIMELINES: Final = 20_000
TIMES: Final = 5
_HORIZON: Final = date(2026, 6, 8)


def measure() -> dict[str, Any]:
    """Return seconds for the whole book and for a preview, and microseconds for one timeline."""
    with tempfile.TemporaryDirectory(prefix="fosterframe-bench-") as folder:
        national, region = Path(folder) / "national", Path(folder) / "region"
        reviewing.seed(_settings(national), PLACEMENTS)
        reviewing.seed(_settings(region), REGION_KEYS, KEYS_FOR_A_PLACEMENT)
        # In a process of its own, whose memory is not that of what the book was made with.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            rederived = pool.apply(_rederived, (national,))
            previewed = pool.apply(_previewed, (region,))
    return {
        "placements": PLACEMENTS,
        **rederived,
        "fee_keys": REGION_KEYS,
        "preview_seconds": previewed,
        "ratios": {},
    }


def _settings(state: Path) -> Settings:
    state.mkdir(exist_ok=True)
    return settings_from({"FOSTERFRAME_STATE": str(state)})


def _desk(settings: Settings, database: Database) -> Desk:
    return Desk(database, SetClock(reviewing.AWARDED_AT), load_framework(settings.framework))


def _rederived(state: Path) -> dict[str, Any]:
    settings = _settings(state)
    database = open_database(settings, "pricing")
    desk = _desk(settings, database)
    ease_collector()
    began = time.perf_counter()
    told = reprice_each(desk, "bench", None)
    took = time.perf_counter() - began
    micros = _timeline_micros(desk)
    database.close()
    return {
        "rederived_seconds": took,
        "price_changes": told.price_changes,
        "timeline_microseconds": micros,
        "peak_megabytes": peak_megabytes(),
    }


def _timeline_micros(desk: Desk) -> float:
    """Return what one timeline takes, of a placement with a birthday or two and one fee each."""
    with desk.database.reading() as connection:
        found = known_placements(connection, ["bench-1"], hold=False)["bench-1"]
        fees = FeeBook()
        add_points_of(connection, fees, found.families)
        complete(connection, fees)
    placement = placement_of(found.events, desk.framework)
    began = time.perf_counter()
    for _ in range(TIMELINES):
        timeline(placement, fees, desk.framework, _HORIZON)
    return (time.perf_counter() - began) / TIMELINES * 1_000_000


def _previewed(state: Path) -> float:
    settings = _settings(state)
    database = open_database(settings, "pricing")
    desk = _desk(settings, database)
    terms = read_terms(settings.framework / "price-review.yaml", desk.framework)
    review = draft(desk, terms, date(2026, 4, 1), actor="a.finance")
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        preview(desk, review.id, actor="a.finance")
        took.append(time.perf_counter() - began)
    database.close()
    return statistics.median(took)
