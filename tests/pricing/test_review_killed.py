"""A review whose application is killed goes on where it was, and applies no line twice."""

import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from services.pricing.store.review_lines import chunks_of
from services.pricing.store.review_tables import SPOT_AWARDS
from services.pricing.store.tables import FEE_POINTS, PRICE_CHANGES
from shared.money import pounds
from tests.pricing.builders import FAMILY
from tests.pricing.pricing_service import started
from tests.pricing.reviewed import ID
from tests.pricing.ruling import terms_file, yaml_of

HERE = Path(__file__).parents[2]
KEYS, PLACED, SPOT = 5000, 500, 20
KILLS = 20
SEED = 20260401
PORTIONS = KEYS // 1000 + 1
WITHIN, BEYOND, AT_THE_END = (1, 24), (40, 50), (9, 12)
"""After how many statements: within the first portion that waits, which takes about thirty with
what is read before it; beyond that one; and within the last step."""


@pytest.fixture
def approved(pricing, tmp_path):
    """Return a service with an approved review of 5,000 fee keys and 520 placements."""
    families = [FAMILY._replace(agency=f"SC{number:06}") for number in range(1, KEYS // 4 + 1)]
    pricing.has_fees(families=families)
    pricing.terms = terms_file(tmp_path, yaml_of(rate="5"))
    pricing.hears(
        *(
            started(f"P{number}", **family._asdict())
            for number, family in enumerate(families[::5] * 2)
        ),
        *(
            started(f"S{number}", agreement="spot", agreed_weekly=pounds("1000.00"))
            for number in range(SPOT)
        ),
    )
    pricing.approves(pricing.previews(pricing.drafts().id))
    return pricing


@contextmanager
def applications(url):
    """Give what applies the review in a process of its own, killed after so many statements."""
    command = [sys.executable, "-m", "tests.pricing.killed_application", url, ID]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=HERE, **pipes) as nursery:

        def ended_by(statements):
            nursery.stdin.write(f"{statements}\n")
            nursery.stdin.flush()
            return int(nursery.stdout.readline())

        yield ended_by
        nursery.stdin.close()


def test_a_review_killed_at_twenty_points_ends_as_if_it_had_not_been(approved, url):
    chance = Random(SEED)  # noqa: S311 - no secret: where to kill
    deaths, progress = [], []
    with applications(url) as ended_by:
        for kill in range(KILLS):
            last = progress and progress[-1] == PORTIONS
            statements = AT_THE_END if last else BEYOND if kill % 3 == 1 else WITHIN
            deaths.append(ended_by(chance.randint(*statements)))
            progress.append(applied_portions(approved))
        finished = ended_by(0)

    (applied,) = [event.data for event in approved.sent("review.applied.v1")]
    changes = [event for event in approved.sent() if event.data.review_id == ID]
    owed = sum((event.data.arrears_total for event in changes), Decimal("0.00"))
    assert deaths == [signal.SIGKILL] * KILLS
    assert finished == 0
    # Some died before anything was kept, some within each portion, some within the last step.
    assert progress == sorted(progress)
    assert set(progress) == set(range(PORTIONS + 1))
    assert (applied.fees_uplifted, applied.price_changes) == (KEYS, PLACED + SPOT)
    assert (applied.placements_changed, applied.arrears_total) == (PLACED + SPOT, owed)
    assert Counter(event.data.placement_id for event in changes).most_common(1)[0][1] == 1
    assert len({event.id for event in changes}) == len(changes) == PLACED + SPOT
    assert _rows(approved, FEE_POINTS, FEE_POINTS.c.cause == "review") == KEYS
    assert _rows(approved, PRICE_CHANGES, PRICE_CHANGES.c.sequence == 2) == PLACED + SPOT
    assert _rows(approved, SPOT_AWARDS, SPOT_AWARDS.c.review_id == ID) == 1
    assert not approved.mismatches()


def applied_portions(pricing):
    with pricing.database.reading() as connection:
        return sum(chunk.is_applied for chunk in chunks_of(connection, ID))


def _rows(pricing, table, condition):
    with pricing.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table).where(condition))
