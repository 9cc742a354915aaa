"""Bench (f): a rulebook proved and activated, and another tried on what was decided."""

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete

from services.demo.sample import Sample
from services.demo.samples import good_referrals
from services.eligibility.register.importing import import_register
from services.eligibility.rulebooks.activation import activate_file
from services.eligibility.rulebooks.proving import proved
from services.eligibility.service import EligibilityService
from services.eligibility.trials.looking_back import simulate
from services.running import ease_collector, open_database
from shared.clock import SetClock
from shared.contracts.catalogue import REFERRAL_RECEIVED
from shared.framework.pack import load_framework
from shared.messaging.batch import Intake
from shared.messaging.message import Delivery
from shared.messaging.work import work_on
from shared.persistence.database import Database
from shared.persistence.tables import DELIVERY
from shared.settings import Settings, settings_from
from tools.bench.memory import peak_megabytes

REFERRALS: Final = 10_000
TIMES: Final = 5
_AT_A_TIME: Final = 2_000
_NOW: Final = datetime(2026, 3, 30, 9, tzinfo=UTC)
_SINCE: Final = date(2026, 1, 1)
_CHANGE: Final = (
    ("met: {ofsted_overall: [outstanding, good]}", "met: {ofsted_overall: [outstanding]}"),
    ("[requires_improvement, adequate,", "[good, requires_improvement, adequate,"),
)
"""What the rulebook that is tried says otherwise: good agencies are left to a person."""


def measure() -> dict[str, Any]:
    """Return seconds for an activation and for a simulation, and the simulation's memory."""
    with tempfile.TemporaryDirectory(prefix="fosterframe-bench-") as folder:
        state = Path(folder)
        agencies = _seed(_settings(state))
        # In a process of its own, whose memory is not that of what the decisions were made with.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            activated = pool.apply(_activated, (state,))
            simulated = pool.apply(_simulated, (state,))
    return {
        "referrals": REFERRALS,
        "agencies": agencies,
        "activation_seconds": activated,
        **simulated,
        "ratios": {},
    }


def _settings(state: Path) -> Settings:
    return settings_from({"FOSTERFRAME_STATE": str(state)})


def _activated(state: Path) -> float:
    """Return what an activation takes, the middle of several; it proves all each time."""
    settings = _settings(state)
    database = open_database(settings, "eligibility")
    framework = load_framework(settings.framework)
    ease_collector()
    took = []
    for number in range(TIMES):
        began = time.perf_counter()
        with work_on(database, SetClock(_NOW), "eligibility", cause_id=f"bench {number}") as work:
            file = settings.framework / "rulebook.yaml"
            activate_file(work, file, framework, "bench", "to measure it")
        took.append(time.perf_counter() - began)
    database.close()
    return statistics.median(took)


def _seed(settings: Settings) -> int:
    """Decide the referrals, as a worker does; return how many agencies are on the register."""
    database = open_database(settings, "eligibility")
    clock = SetClock(_NOW)
    service = EligibilityService.open(database, settings.framework, clock)
    with work_on(database, clock, "eligibility", cause_id="bench") as work:
        imported = import_register(work, service.register_desk(), settings.framework, "bench")
    intake = Intake(
        service="eligibility", database=database, handlers=service.handlers(), clock=clock
    )
    samples = good_referrals(REFERRALS, 1, date(2026, 1, 5), date(2026, 3, 30))
    _take(intake, samples)
    _forget_messages(database)
    database.close()
    return imported.agencies


def _take(intake: Intake, samples: Sequence[Sample]) -> None:
    for first in range(0, len(samples), _AT_A_TIME):
        some = enumerate(samples[first : first + _AT_A_TIME], start=first)
        intake.take([_delivery(number, one) for number, one in some])


def _delivery(number: int, sample: Sample) -> Delivery:
    return Delivery(
        queue="eligibility.referrals",
        routing_key=sample.routing_key,
        body=sample.body,
        message_id=sample.message_id,
        type=REFERRAL_RECEIVED,
        correlation_id=sample.message_id,
        headers={},
        is_redelivered=False,
        tag=number,
    )


def _forget_messages(database: Database) -> None:
    with database.transaction() as connection:
        # What would have been sent is not what is measured.
        connection.execute(delete(DELIVERY.outbox))


def _simulated(state: Path) -> dict[str, Any]:
    """Try another rulebook on every referral, as the command does in a process of its own."""
    settings = _settings(state)
    database = open_database(settings, "eligibility")
    ease_collector()
    began = time.perf_counter()
    service = EligibilityService.open(database, settings.framework, SetClock(_NOW))
    candidate = proved(_changed(settings.framework, state), service.framework)
    with database.reading() as connection:
        found = simulate(service.archive(), connection, candidate, _SINCE)
    took = time.perf_counter() - began
    database.close()
    changes = found.counts.changes
    return {
        "replayed": found.counts.referrals,
        "losing_their_last_agency": changes["loses_last_eligible"].count,
        "simulate_seconds": took,
        "peak_megabytes": peak_megabytes(),
    }


def _changed(pack: Path, folder: Path) -> Path:
    text = (pack / "rulebook.yaml").read_text(encoding="utf-8")
    for old, new in _CHANGE:
        text = text.replace(old, new)
    written = folder / "changed.yaml"
    written.write_text(text, encoding="utf-8")
    return written
