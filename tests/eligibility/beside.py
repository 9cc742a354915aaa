"""Makes two transactions meet: one stands still while another goes as far as it can."""

import threading
import time
from dataclasses import replace

from sqlalchemy import text

from shared.contracts.catalogue import REFERRAL_RECEIVED

PATIENCE_SECONDS = 30
WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


class Paused:
    """A worker that stands still in the middle of its batch, until it is let go on.

    Args:
        before: the event before which it does so; else it is after its first event of a type.
        after: that type.
    """

    def __init__(self, running, deliveries, *, before="", after=REFERRAL_RECEIVED):
        self._decided, self._let_go = threading.Event(), threading.Event()
        intake = running.another_worker()
        decide = intake.handlers[after]

        def stand_still():
            self._decided.set()
            self._let_go.wait(PATIENCE_SECONDS)

        def decide_and_stand_still(work, event):
            if event.id == before:
                stand_still()
            decide(work, event)
            if not before:
                stand_still()

        handlers = dict(intake.handlers) | {after: decide_and_stand_still}
        self._intake = replace(intake, handlers=handlers)
        self._deliveries = deliveries

    def __enter__(self):
        self._thread = in_a_thread(self._intake.take, self._deliveries)
        assert self._decided.wait(PATIENCE_SECONDS)
        return self

    def go_on(self):
        self._let_go.set()
        self._thread.join(PATIENCE_SECONDS)

    def __exit__(self, *_):
        self.go_on()


def in_a_thread(take, *told):
    thread = threading.Thread(target=take, args=told)
    thread.start()
    return thread


def wait_until_it_waits(database, thread):
    """Return when somebody waits for the register, or there is nothing more to wait for."""
    until = time.monotonic() + PATIENCE_SECONDS
    while thread.is_alive() and time.monotonic() < until:
        with database.reading() as connection:
            if connection.scalar(WAITING):
                return
        time.sleep(0.01)
