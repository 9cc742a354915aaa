"""Moves the horizon once a day, beside the worker, so that nobody has to remember it."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final

from services.pricing.desk import Desk
from services.pricing.placements.tick import tick
from shared.errors import DatabaseAway
from shared.logs import told

LOOKS_EVERY_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


@contextmanager
def ticking_daily(desk: Desk, looks_every_seconds: float = LOOKS_EVERY_SECONDS) -> Iterator[None]:
    """Tell finance of the birthdays of the notice period now, and again on each new London day.

    Several workers may do so at once: what was told is not told again.
    """
    stop = threading.Event()
    thread = threading.Thread(
        target=_run, args=(desk, looks_every_seconds, stop), name="daily tick", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(looks_every_seconds)


def _run(desk: Desk, looks_every_seconds: float, stop: threading.Event) -> None:
    done = date.min
    while not stop.is_set():
        today = desk.clock.today()
        if today != done and _is_ticked(desk):
            done = today
        stop.wait(looks_every_seconds)


def _is_ticked(desk: Desk) -> bool:
    """Tick; say whether it is done for this day, or must be tried again."""
    try:
        repriced = tick(desk)
    except DatabaseAway as away:
        _log.warning("the daily tick waits: %s", away)
        return False
    except Exception:  # noqa: BLE001 - logged and tried again: placements are not to wait for it
        _log.exception("the daily tick failed, and is tried again")
        return False
    if repriced.unpriced:
        _log.error(
            "no fee for some days of %d placements; import the fees that are missing",
            len(repriced.unpriced),
        )
    _log.info("daily tick done", extra=told(price_changes=repriced.price_changes))
    return True
