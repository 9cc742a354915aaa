"""A review whose application is killed goes on where it was, and applies no line twice."""

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from services.pricing.store.tables import FEE_POINTS, PRICE_CHANGES
from tests.pricing.builders import FAMILY
from tests.pricing.pricing_service import started

HERE = Path(__file__).parents[2]
KEYS = 4000


@pytest.fixture
def approved(pricing):
    """Return a service with an approved review of 4,000 fee keys and 400 placements."""
    families = [FAMILY._replace(agency=f"SC{number:06}") for number in range(1, KEYS // 4 + 1)]
    pricing.has_fees(families=families)
    pricing.has_figures()
    pricing.hears(
        *(
            started(f"P{number}", **family._asdict())
            for number, family in enumerate(families[::5] * 2)
        )
    )
    review = pricing.previews(pricing.drafts().id)
    pricing.approves(review)
    return pricing


def killed_after(url, review_id, portions):
    """Apply in a process of its own and kill it once some portions are done."""
    command = [sys.executable, "-m", "tests.pricing.killed_application", url, review_id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=HERE) as process:
        for _ in range(portions):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    return process.returncode


def test_a_review_that_is_killed_twice_ends_as_if_it_had_not_been(approved, url):
    review_id = "kent-medway-2026-04-01-final"

    deaths = [killed_after(url, review_id, portions=1) for _ in range(2)]
    applied, unpriced = approved.applies(review_id)

    changes = [event for event in approved.sent() if event.data.review_id == review_id]
    assert deaths == [-signal.SIGKILL] * 2
    assert not unpriced
    assert (applied.fees_uplifted, applied.price_changes) == (KEYS, 400)
    assert Counter(event.data.placement_id for event in changes).most_common(1)[0][1] == 1
    assert len({event.id for event in changes}) == len(changes) == 400
    assert len(approved.sent("review.applied.v1")) == 1
    assert _rows(approved, FEE_POINTS, FEE_POINTS.c.cause == "review") == KEYS
    assert _rows(approved, PRICE_CHANGES, PRICE_CHANGES.c.sequence == 2) == 400
    assert not approved.mismatches()


def _rows(pricing, table, condition):
    with pricing.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table).where(condition))
