"""Applies a review in processes of their own, of which each is killed at a point that is told.

`python -m tests.pricing.killed_application URL REVIEW` reads a number from each line that it is
told: so many statements the next process sends to the database before it is killed, by SIGKILL;
with 0 it is not. It answers with the signal that ended the process, 0 where none did.
"""

import os
import signal
import sys

from sqlalchemy import Engine, event

from services.pricing.desk import Desk
from services.pricing.reviews.apply import apply
from shared.clock import SetClock
from shared.persistence.database import Database
from tests.pricing.builders import framework
from tests.pricing.pricing_service import MORNING


def killed_at(statement):
    """Let this process be killed before it sends a statement, or commits what it has sent."""
    sent = 0

    def count(*_told):
        nonlocal sent
        sent += 1
        if sent == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)


def apply_here(url, review_id, statement):
    if statement:
        killed_at(statement)
    desk = Desk(Database.open(url), SetClock(MORNING), framework())
    apply(desk, review_id, actor="a.analyst")


def main(url, review_id):
    framework()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            apply_here(url, review_id, int(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.WTERMSIG(status) if os.WIFSIGNALED(status) else -status}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
