"""Bench (g): a file of Ofsted's taken into a register of as many agencies as it has rows."""

import multiprocessing
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from services.eligibility.provider import Judgement, Name, ProviderFact, Registration
from services.eligibility.register.files import OFSTED, AgencyFile
from services.eligibility.register.pack_csv import REGISTER_FILE, read_register
from services.eligibility.service import EligibilityService
from services.eligibility.store import register_store
from services.running import ease_collector, open_database
from shared.clock import SetClock
from shared.framework.framework import Framework
from shared.messaging.work import work_on
from shared.settings import Settings, settings_from
from tools.bench.memory import peak_megabytes

ROWS: Final = 10_000
_KNOWN_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NOW: Final = datetime(2026, 3, 30, 9, tzinfo=UTC)
_PUBLISHED_ON: Final = date(2026, 3, 1)
_REGISTERED_ON: Final = date(2012, 5, 1)
_HEADER: Final = (
    "URN,Provision type,Registration date,Registration status,Event type,Inspection date,"
    "Publication date,Overall experiences and progress of children and young people,"
    "How well children and young people are helped and protected,"
    "The effectiveness of leaders and managers"
)
_JUDGED: Final = "Full inspection,12/01/2026,20/02/2026,Good,Good,Outstanding"


def measure() -> dict[str, Any]:
    """Return seconds for a preview and for the import of rows that each change an agency."""
    with tempfile.TemporaryDirectory(prefix="fosterframe-bench-") as folder:
        state = Path(folder)
        _seed(_settings(state))
        # In a process of its own, whose memory is not that of what the register was made with.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            imported = pool.apply(_imported, (state,))
    return {"rows": ROWS, **imported, "ratios": {}}


def _settings(state: Path) -> Settings:
    return settings_from({"FOSTERFRAME_STATE": str(state)})


def _seed(settings: Settings) -> None:
    database = open_database(settings, "eligibility")
    service = EligibilityService.open(database, settings.framework, SetClock(_NOW))
    with database.transaction() as connection:
        told = _agencies(settings.framework, service.framework)
        register_store.append(connection, told, _KNOWN_AT, "bench")
    database.close()


def _imported(state: Path) -> dict[str, Any]:
    settings = _settings(state)
    database = open_database(settings, "eligibility")
    clock = SetClock(_NOW)
    desk = EligibilityService.open(database, settings.framework, clock).register_desk()
    file = AgencyFile(OFSTED, "bench.csv", _file(), _PUBLISHED_ON)
    ease_collector()
    began = time.perf_counter()
    with work_on(database, clock, "eligibility", cause_id="preview") as work:
        previewed = desk.preview(work, file)
    between = time.perf_counter()
    with work_on(database, clock, "eligibility", cause_id="import") as work:
        imported = desk.apply(work, file, "bench", expected=previewed.digest)
    ended = time.perf_counter()
    database.close()
    return {
        "agencies": imported.agencies,
        "facts_added": imported.facts_added,
        "import_preview_seconds": between - began,
        "import_seconds": ended - between,
        "peak_megabytes": peak_megabytes(),
    }


def _agencies(pack: Path, framework: Framework) -> list[tuple[str, ProviderFact]]:
    """Return what is known of the agencies: of those of the pack, again under other numbers."""
    told = [
        [fact for fact in facts if not isinstance(fact, (Name, Judgement, Registration))]
        for _, facts in read_register(pack / REGISTER_FILE, framework)
    ]
    agencies: list[tuple[str, ProviderFact]] = []
    for number in range(ROWS):
        urn = _urn(number)
        agencies += [
            (urn, fact)
            for fact in (
                Name(f"Agency {urn}"),
                Registration(_REGISTERED_ON),
                *told[number % len(told)],
                Judgement("outstanding", date(2022, 5, 3), date(2022, 6, 1)),
            )
        ]
    return agencies


def _file() -> bytes:
    rows = [
        f"{_urn(number)},Independent Fostering Agency,01/05/2012,Active,{_JUDGED}"
        for number in range(ROWS)
    ]
    return "\n".join([_HEADER, *rows, ""]).encode()


def _urn(number: int) -> str:
    return f"{7_000_000 + number}"
