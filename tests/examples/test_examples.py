"""The examples for an upstream system and for finance do what they say, over a real RabbitMQ."""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shared.contracts.event import decode
from shared.errors import CannotSucceed
from shared.messaging.message import EXCHANGE, Outgoing
from shared.messaging.rabbitmq import RabbitBroker
from shared.messaging.topology import topology
from tests.contracts.goldens import FULL, body_of

pytestmark = pytest.mark.rabbitmq

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
CONFIRM_SECONDS = 10


@pytest.fixture
def link(rabbitmq):
    link = RabbitBroker(rabbitmq.url).connect()
    link.declare(topology())
    yield link
    link.close()


def run(example, rabbitmq, *arguments):
    return subprocess.run(
        [sys.executable, EXAMPLES / example, "--amqp-url", rabbitmq.url, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def taken_from(link, queue):
    link.consume([queue], 10)
    batch = link.next_batch(10, 5)
    link.ack(batch)
    return batch


def put(link, *documents):
    messages = [
        Outgoing(EXCHANGE, document["type"], body_of(document), document["id"], document["type"])
        for document in documents
    ]
    assert link.submit(messages).wait(CONFIRM_SECONDS) == []


def change(placement, sequence, *, new_weekly="934.47", arrears="93.56"):
    """Return a price change; only what tells it apart is given."""
    document = copy.deepcopy(FULL["price.changed.v1"])
    document["id"] = f"{placement}-{sequence}"
    document["data"] |= {
        "placement_id": placement,
        "sequence": sequence,
        "new_weekly": new_weekly,
        "arrears_total": arrears,
    }
    document["data"]["arrears"][0]["amount"] = arrears
    return document


def read_changes(rabbitmq, tmp_path, *arguments):
    return run("read_price_changes.py", rabbitmq, "--books", tmp_path / "books.json", *arguments)


def test_the_referral_of_the_example_is_one_that_our_contract_takes(rabbitmq, link):
    done = run("publish_referral.py", rabbitmq, "--referral-id", "R-EXAMPLE-1")

    (delivery,) = taken_from(link, "eligibility.referrals")
    event = decode(delivery.body)

    assert done.returncode == 0, done.stderr
    assert event.data.referral_id == "R-EXAMPLE-1"
    assert not event.data.is_emergency
    assert (delivery.message_id, delivery.type) == (event.id, event.type)
    assert delivery.correlation_id == event.correlation_id == "R-EXAMPLE-1"
    assert event.id in done.stdout


def test_the_emergency_of_the_example_goes_the_way_of_emergencies(rabbitmq, link):
    done = run("publish_referral.py", rabbitmq, "--emergency")

    (delivery,) = taken_from(link, "eligibility.emergencies")

    assert done.returncode == 0, done.stderr
    assert decode(delivery.body).data.is_emergency


def test_the_example_shows_why_a_referral_was_rejected(rabbitmq, link):
    put(link, FULL["message.rejected.v1"], FULL["shortlist.priced.v1"])

    done = run("publish_referral.py", rabbitmq, "--wrong", "--listen", "2")

    assert "field:  data.start_date" in done.stdout
    assert "reason: the start date is before the referral was received" in done.stdout
    assert "1. Example Harbour Fostering (invented): 1923.56 (eligible)" in done.stdout
    assert link.depth("case-management.rejections") == 0
    assert link.depth("case-management.shortlists") == 0


def test_what_the_example_calls_wrong_is_rejected_for_its_start_date(rabbitmq, link):
    run("publish_referral.py", rabbitmq, "--wrong")
    (delivery,) = taken_from(link, "eligibility.referrals")

    with pytest.raises(CannotSucceed) as refused:
        decode(delivery.body)

    assert refused.value.field == "data.start_date"


def test_the_example_says_so_when_nobody_would_take_its_referral(rabbitmq):
    done = run("publish_referral.py", rabbitmq)

    assert done.returncode == 1
    assert "no queue takes this message" in done.stderr
    assert "published" not in done.stdout


def test_the_finance_example_books_each_change_in_order(rabbitmq, link, tmp_path):
    put(link, change("P-1", 1), change("P-2", 1, new_weekly="0.00"), change("P-1", 2))

    done = read_changes(rabbitmq, tmp_path, "--count", "3")

    assert done.returncode == 0, done.stderr
    assert "booked 3, duplicates 0, waiting 0" in done.stdout
    assert json.loads((tmp_path / "books.json").read_text()) == {"P-1": 2, "P-2": 1}
    assert link.depth("finance.price-changes") == 0


def test_the_finance_example_books_a_change_that_comes_twice_only_once(rabbitmq, link, tmp_path):
    put(link, change("P-1", 1), change("P-1", 1))
    read_changes(rabbitmq, tmp_path, "--seconds", "2")
    put(link, change("P-1", 1), change("P-1", 2))

    done = read_changes(rabbitmq, tmp_path, "--count", "1")

    assert "booked 1, duplicates 1, waiting 0" in done.stdout
    assert link.depth("finance.price-changes") == 0


def test_the_finance_example_waits_for_the_change_that_is_missing(rabbitmq, link, tmp_path):
    put(link, change("P-1", 1), change("P-1", 3))
    early = read_changes(rabbitmq, tmp_path, "--seconds", "2")
    put(link, change("P-1", 2))

    late = read_changes(rabbitmq, tmp_path, "--count", "2")

    assert early.returncode == 1
    assert "P-1: 3 waits; 2 is missing" in early.stderr
    assert late.returncode == 0, late.stderr
    assert json.loads((tmp_path / "books.json").read_text()) == {"P-1": 3}
    assert link.depth("finance.price-changes") == 0


def test_the_finance_example_books_nothing_when_arrears_do_not_add_up(rabbitmq, link, tmp_path):
    wrong = change("P-1", 1)
    wrong["data"]["arrears_total"] = "93.57"
    put(link, wrong)

    done = read_changes(rabbitmq, tmp_path, "--count", "1")

    assert done.returncode == 1
    assert "do not add up" in done.stderr
    assert not (tmp_path / "books.json").exists()


@pytest.mark.parametrize("example", ["publish_referral.py", "read_price_changes.py"])
def test_an_example_needs_pika_and_nothing_of_ours(example):
    text = (EXAMPLES / example).read_text(encoding="utf-8")
    imported = set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE))

    assert imported - sys.stdlib_module_names == {"pika"}
