"""Bench (c): a review previewed, applied and confirmed, against bare publishing.

Twice: with a live placement for every fifth fee key, as a council's book has about, and with one
for every key, so that each key leads to a message of its own.
"""

import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete

from services.demo.sample import sample_of
from services.pricing.desk import Desk
from services.pricing.fees import FeeCause, FeeKey
from services.pricing.figures.index_table_csv import read_index_file
from services.pricing.figures.wages_csv import read_wages
from services.pricing.handlers.table import handlers
from services.pricing.reviews.apply import apply
from services.pricing.reviews.approval import approve
from services.pricing.reviews.draft import draft
from services.pricing.reviews.preview import preview
from services.pricing.store.fees import NewFee, record_fees
from services.pricing.store.figures import import_index, import_wages
from services.pricing.store.reviews import PREVIEWED
from services.pricing.terms.pack_yaml import read_terms
from services.running import ease_collector, open_database
from shared.clock import SetClock
from shared.contracts.catalogue import PLACEMENT_STARTED, PRICE_CHANGED
from shared.contracts.placement import PlacementStarted
from shared.framework.framework import Framework
from shared.framework.pack import load_framework
from shared.messaging.batch import Intake
from shared.messaging.message import EXCHANGE, Delivery
from shared.money import to_penny
from shared.persistence.database import Database
from shared.persistence.tables import DELIVERY
from shared.settings import Settings, settings_from
from tools.bench.bare import BarePublisher
from tools.bench.ground import Ground, Watch, worker
from tools.bench.memory import peak_megabytes, peak_megabytes_of

KEYS: Final = 100_000
KEYS_FOR_A_PLACEMENT: Final = (5, 1)
_AGENCIES: Final = 2_500
_TYPES: Final = ("core", "sibling_group", "disabled_child", "parent_and_child")
_NEEDS: Final = ("standard", "enhanced")
_BIRTHS: Final = {
    "0-4": date(2023, 9, 1),
    "5-10": date(2018, 9, 1),
    "11-15": date(2012, 9, 1),
    "16-18": date(2009, 9, 1),
}
AWARDED_AT: Final = datetime(2026, 5, 11, 10, tzinfo=UTC)
_TENDERED_ON: Final = date(2024, 4, 1)
_AT_A_TIME: Final = 2_000
_QUEUE: Final = "finance.price-changes"


@dataclass(frozen=True)
class Reviewed:
    """How long a review took, and what its process needed."""

    preview_seconds: float
    apply_seconds: float
    megabytes: int


def measure(here: Ground, keys: int = KEYS) -> dict[str, Any]:
    """Return fee keys a second from preview to confirmation, and bare messages a second."""
    books = {each: _measured(here, keys, each) for each in KEYS_FOR_A_PLACEMENT}
    return {
        "books": {_name(each): told for each, told in books.items()},
        "ratios": {
            f"review_vs_bare_publishing_{_name(each)}": told["review"] / told["bare"]
            for each, told in books.items()
        },
        "peak_megabytes": max(
            max(told["review_megabytes"], told["worker_megabytes"]) for told in books.values()
        ),
    }


def _name(keys_for_a_placement: int) -> str:
    return f"{KEYS // keys_for_a_placement}_placements"


def _measured(here: Ground, keys: int, keys_for_a_placement: int) -> dict[str, Any]:
    state = here.state / _name(keys_for_a_placement)
    state.mkdir()
    here = replace(here, state=state)
    every = seed(settings_from({"FOSTERFRAME_STATE": str(state)}), keys, keys_for_a_placement)
    here.purge()
    watch = Watch(here.url, _QUEUE)
    context = multiprocessing.get_context("spawn")
    with worker(here, "pricing") as pid, context.Pool(1) as pool:
        pool.apply(peak_megabytes)  # the process is up before the clock starts
        began = time.perf_counter()
        reviewed: Reviewed = pool.apply(_review, (str(state),))
        ended = watch.until(every)
        relay_megabytes = peak_megabytes_of(pid)
    body_bytes = watch.body_bytes()
    watch.close()
    here.purge()
    bare = BarePublisher(here.url, EXCHANGE, PRICE_CHANGED, b"x" * body_bytes, keys).run()
    return {
        "review": keys / (ended - began),
        "bare": bare,
        "preview_seconds": reviewed.preview_seconds,
        "apply_seconds": reviewed.apply_seconds,
        "until_confirmed_seconds": ended - began,
        "message_bytes": body_bytes,
        "review_megabytes": reviewed.megabytes,
        "worker_megabytes": relay_megabytes,
    }


def _review(state: str) -> Reviewed:
    """Preview, approve and apply, as the command does in a process of its own."""
    settings = settings_from({"FOSTERFRAME_STATE": state})
    database = open_database(settings, "pricing")
    desk = Desk(database, SetClock(AWARDED_AT), load_framework(settings.framework))
    ease_collector()
    began = time.perf_counter()
    terms = read_terms(settings.framework / "price-review.yaml", desk.framework)
    review = draft(desk, terms, date(2026, 4, 1), actor="a.finance")
    review = preview(desk, review.id, actor="a.finance")
    previewed = time.perf_counter()
    digest = review.last(PREVIEWED).body["digest"]
    approve(desk, review.id, actor="b.director", decision_reference="bench", digest=digest)
    apply(desk, review.id, actor="a.finance")
    ended = time.perf_counter()
    return Reviewed(previewed - began, ended - previewed, peak_megabytes())


def seed(settings: Settings, keys: int, keys_for_a_placement: int = 1) -> int:
    """Put fees and live placements into a new database; return how many placements."""
    database = open_database(settings, "pricing")
    framework = load_framework(settings.framework)
    every = list(islice(_keys(), keys))
    now = datetime(2026, 3, 30, 9, tzinfo=UTC)
    with database.transaction() as connection:
        for name in ("ons_d7g7.csv",):
            import_index(connection, read_index_file(settings.national / name), now)
        import_wages(connection, read_wages(settings.national / "minimum_wage.csv"), now)
        cause = FeeCause("tender", "bench")
        fees = [
            NewFee(key, _TENDERED_ON, to_penny(Decimal(80_000 + 37 * n % 40_000) / 100), cause)
            for n, key in enumerate(every)
        ]
        record_fees(connection, fees, now)
    placed = every[::keys_for_a_placement]
    _place(database, framework, placed, SetClock(now))
    database.close()
    return len(placed)


def _place(database: Database, framework: Framework, every: list[FeeKey], clock: SetClock) -> None:
    intake = Intake(service="pricing", database=database, handlers=handlers(framework), clock=clock)
    started = [_started(number, key) for number, key in enumerate(every)]
    for first in range(0, len(started), _AT_A_TIME):
        intake.take(started[first : first + _AT_A_TIME])
    with database.transaction() as connection:
        # What finance would have been told at the start is not what is measured.
        connection.execute(delete(DELIVERY.outbox))


def _keys() -> Iterator[FeeKey]:
    for number in range(_AGENCIES):
        for purchaser in ("kent", "medway"):
            for placement_type in _TYPES:
                for need in _NEEDS:
                    for band in _BIRTHS:
                        yield FeeKey(f"{7_000_000 + number}", purchaser, placement_type, need, band)


def _started(number: int, key: FeeKey) -> Delivery:
    start = date(2025, 10, 1) + timedelta(days=number % 120)
    told = PlacementStarted(
        placement_id=f"bench-{number}",
        child_ref=f"child-{number}",
        date_of_birth=_BIRTHS[key.age_band],
        agency=key.agency,
        purchaser=key.purchaser,
        placement_type=key.placement_type,
        need_category=key.need_category,
        start_date=start,
        duration="long_term",
        solo=False,
        disability=False,
        uasc=False,
        agreement="framework",
    )
    at = datetime(2026, 3, 30, 9, tzinfo=UTC)
    sample = sample_of(PLACEMENT_STARTED, told.placement_id, at, "placed", told)
    return Delivery(
        queue="pricing.placements",
        routing_key=sample.routing_key,
        body=sample.body,
        message_id=sample.message_id,
        type=PLACEMENT_STARTED,
        correlation_id=told.placement_id,
        headers={},
        is_redelivered=False,
        tag=number,
    )
