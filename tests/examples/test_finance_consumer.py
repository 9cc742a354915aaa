"""The example for finance books each thing once and in order, and says so, over a real RabbitMQ."""

import copy
import json
import signal
import sqlite3
import subprocess
import sys
import time
from decimal import ROUND_HALF_UP, Decimal

import pytest

from shared.contracts.event import decode
from shared.messaging.message import EXCHANGE, Outgoing
from tests.contracts.goldens import FULL
from tests.examples.run import CONFIRM_SECONDS, EXAMPLES, put, run, taken_from

pytestmark = pytest.mark.rabbitmq

ACKNOWLEDGED = "pricing.acknowledgements"
SLOW_DISKS_RUNS = 20
"""How often the example may need its five seconds where each commit takes long."""


def change(placement, sequence, old="900.00", new="934.47", review_id="R1"):
    """Return a price change of 19 days in arrears; only what tells it apart is given."""
    owed = (Decimal(new) - Decimal(old)) * 19 / 7
    amount = f"{owed.quantize(Decimal('0.01'), ROUND_HALF_UP)}"
    document = copy.deepcopy(FULL["price.changed.v1"])
    document["id"] = f"{placement}-{sequence}"
    document["data"] |= {
        "placement_id": placement,
        "sequence": sequence,
        "old_weekly": old,
        "new_weekly": new,
        "arrears_total": amount,
        "review_id": review_id,
        "effective_to": None,
    }
    document["data"]["arrears"][0] |= {"old_weekly": old, "new_weekly": new, "amount": amount}
    return document


def first(placement, **told):
    return change(placement, 1, old="0.00", new="900.00", **({"review_id": None} | told))


def review(price_changes, arrears_total):
    document = copy.deepcopy(FULL["review.applied.v1"])
    document["data"] |= {
        "review_id": "R1",
        "price_changes": price_changes,
        "arrears_total": arrears_total,
    }
    return document


@pytest.fixture
def consumer(rabbitmq, tmp_path):
    """Return what runs the example on the same books each time."""

    def consumer(*arguments, seconds=6):
        books = ("--books", tmp_path / "books.sqlite", "--seconds", str(seconds))
        return run("finance_consumer.py", rabbitmq, *books, *arguments)

    return consumer


def booked(tmp_path):
    rows = sqlite3.connect(tmp_path / "books.sqlite")
    found = rows.execute("SELECT placement_id, sequence FROM changes ORDER BY 1, 2").fetchall()
    rows.close()
    return found


def acknowledged(link):
    """Return what the example has told Fosterframe, as our contract reads it."""
    return [decode(each.body).data for each in taken_from(link, ACKNOWLEDGED)]


def test_changes_are_booked_in_order_and_acknowledged_with_the_figures_of_the_books(
    link, consumer, tmp_path
):
    put(link, first("P-1"), first("P-2"), change("P-1", 2))

    done = consumer("--count", "3")

    assert done.returncode == 1, "the review has not sent its totals yet"
    assert "booked 3, duplicates 0" in done.stdout
    assert booked(tmp_path) == [("P-1", 1), ("P-1", 2), ("P-2", 1)]
    told = [each.price_change for each in acknowledged(link)]
    assert [(one.placement_id, one.sequence, f"{one.new_weekly}") for one in told] == [
        ("P-1", 1, "900.00"),
        ("P-2", 1, "900.00"),
        ("P-1", 2, "934.47"),
    ]
    assert told[2].arrears_total == Decimal("93.56")
    assert link.depth("finance.price-changes") == 0


def test_a_change_that_comes_twice_is_booked_and_acknowledged_once(link, consumer, tmp_path):
    put(link, first("P-1"), first("P-1"))
    consumer()
    put(link, first("P-1"), change("P-1", 2, review_id=None))

    done = consumer("--count", "1")

    assert done.returncode == 0, done.stderr
    assert "duplicate: P-1 1 was booked before" in done.stdout
    assert "booked 1, duplicates 1, open 0" in done.stdout
    assert booked(tmp_path) == [("P-1", 1), ("P-1", 2)]
    assert [each.price_change.sequence for each in acknowledged(link)] == [1, 2]


def test_what_comes_before_its_turn_waits_in_the_books_for_the_one_that_is_missing(
    link, consumer, tmp_path
):
    put(link, first("P-1"), change("P-1", 3, old="934.47", new="950.00", review_id=None))
    early = consumer()
    put(link, change("P-1", 2, review_id=None))

    late = consumer("--count", "2")

    assert early.returncode == 1
    assert "gap: P-1 3 came before 2: it waits" in early.stdout
    assert "P-1: 3 waits; 2 is missing" in early.stderr
    assert late.returncode == 0, late.stderr
    assert booked(tmp_path) == [("P-1", 1), ("P-1", 2), ("P-1", 3)]
    assert link.depth("finance.price-changes") == 0


def test_a_review_is_acknowledged_when_all_of_its_changes_are_booked_whatever_came_first(
    link, consumer
):
    put(link, review(2, "187.12"), first("P-1"), change("P-1", 2))
    early = consumer()
    put(link, first("P-2"), change("P-2", 2))

    late = consumer("--count", "2")

    assert "review R1: 1 price changes are booked, 2 were told" in early.stderr
    assert late.returncode == 0, late.stderr
    (told,) = [each.review for each in acknowledged(link) if each.review is not None]
    assert (told.review_id, told.price_changes) == ("R1", 2)
    assert told.arrears_total == Decimal("187.12")


def test_a_review_whose_arrears_are_told_otherwise_is_acknowledged_with_what_was_booked(
    link, consumer
):
    put(link, review(1, "99.99"), first("P-1"), change("P-1", 2))

    done = consumer("--count", "2")

    assert "its arrears are told as 99.99, and booked as 93.56" in done.stdout
    (told,) = [each.review for each in acknowledged(link) if each.review is not None]
    assert told.arrears_total == Decimal("93.56")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"arrears_total": "93.57"}, "its arrears say 93.57 and come to 93.56"),
        ({"old_weekly": "899.00"}, "the old fee is 899.00, and 900.00 is booked"),
    ],
)
def test_a_change_that_cannot_be_booked_is_kept_and_named_until_it_comes_right(
    link, consumer, tmp_path, wrong, reason
):
    faulty = change("P-1", 2, review_id=None)
    faulty["data"] |= wrong
    put(link, first("P-1"), faulty, change("P-1", 3, "934.47", "950.00", review_id=None))
    early = consumer()
    put(link, change("P-1", 2, review_id=None))

    late = consumer("--count", "2")

    assert early.returncode == 1
    assert f"P-1 2: {reason}" in early.stderr
    assert late.returncode == 0, late.stderr
    assert booked(tmp_path) == [("P-1", 1), ("P-1", 2), ("P-1", 3)]


def test_another_change_under_a_number_that_was_booked_is_kept_for_a_person(link, consumer):
    other = first("P-1")
    other["id"] = "other"
    put(link, first("P-1"), other)

    done = consumer()

    assert done.returncode == 1
    assert "P-1 1: it was booked as P-1-1" in done.stderr


def test_of_two_different_changes_that_wait_under_one_number_a_person_hears_after_booking_too(
    link, consumer, tmp_path
):
    waits = change("P-1", 2, review_id=None)
    other = change("P-1", 2, new="940.00", review_id=None) | {"id": "other"}
    put(link, waits, other)
    early = consumer()
    put(link, first("P-1"))

    late = consumer("--count", "2")

    named = "P-1 2 (other): two different messages wait: P-1-2 and other"
    assert named in early.stderr
    assert named in late.stderr
    assert late.returncode == 1
    assert booked(tmp_path) == [("P-1", 1), ("P-1", 2)]
    rows = sqlite3.connect(tmp_path / "books.sqlite")
    ((kept,),) = rows.execute("SELECT body FROM problems").fetchall()
    assert json.loads(kept)["id"] == "P-1-2"


def test_a_change_that_comes_twice_while_it_waits_is_no_problem(link, consumer):
    put(link, *[change("P-1", 2, review_id=None)] * 2, first("P-1"))

    done = consumer("--count", "2")

    assert done.returncode == 0, done.stderr


def test_the_same_totals_of_a_review_twice_are_a_duplicate(link, consumer):
    put(link, review(0, "0.00"), review(0, "0.00"))

    done = consumer()

    assert done.returncode == 0, done.stderr
    assert "duplicate: the totals of R1 were taken before" in done.stdout


@pytest.mark.parametrize(
    "again",
    [
        review(0, "0.00") | {"id": "other"},
        review(5, "0.00"),
        review(0, "9.00"),
    ],
    ids=["another message", "another number of changes", "other arrears"],
)
def test_other_totals_of_a_review_are_kept_for_a_person(link, consumer, again):
    told = review(0, "0.00")
    put(link, told, again)

    done = consumer()

    assert done.returncode == 1
    assert f"R1: other totals were taken before, as {told['id']}" in done.stderr
    assert "duplicates 0, open 1" in done.stdout


def test_what_it_cannot_read_and_what_was_rejected_is_named_and_nothing_is_thrown_away(
    link, consumer, tmp_path
):
    rejected = FULL["message.rejected.v1"]
    key = "message.rejected.v1.finance"
    sent = Outgoing(EXCHANGE, key, json.dumps(rejected).encode(), "1", "message.rejected.v1")
    broken = Outgoing(EXCHANGE, "price.changed.v1", b"{", "2", "price.changed.v1")
    assert link.submit([sent, broken]).wait(CONFIRM_SECONDS) == []

    done = consumer()

    assert done.returncode == 1
    assert f"{rejected['data']['message_id']}: {rejected['data']['field']}" in done.stderr
    assert "?: it is not what it should be" in done.stderr
    rows = sqlite3.connect(tmp_path / "books.sqlite")
    assert len(rows.execute("SELECT body FROM problems").fetchall()) == 2


def test_it_may_be_killed_at_any_moment_and_books_each_change_once(
    rabbitmq, link, consumer, tmp_path
):
    placements = [f"P-{number}" for number in range(300)]
    put(link, *(first(placement) for placement in placements))
    for pause in (0.6, 0.7, 0.9):
        killed = subprocess.Popen(
            [
                sys.executable,
                EXAMPLES / "finance_consumer.py",
                *("--amqp-url", rabbitmq.url, "--books", tmp_path / "books.sqlite"),
            ],
            stdout=subprocess.DEVNULL,
        )
        time.sleep(pause)
        killed.send_signal(signal.SIGKILL)
        killed.wait()

    done = consumer(seconds=5)
    for _ in range(SLOW_DISKS_RUNS):
        if len(booked(tmp_path)) < len(placements):
            done = consumer(seconds=5)

    assert done.returncode == 0, done.stderr
    assert booked(tmp_path) == sorted((placement, 1) for placement in placements)
    ids = {each.message_id for each in taken_from(link, ACKNOWLEDGED)}
    assert len(ids) == len(placements)
