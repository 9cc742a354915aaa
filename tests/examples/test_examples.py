"""The example for an upstream system does what it says, over a real RabbitMQ."""

import re
import sys

import pytest

from shared.contracts.event import decode
from shared.errors import CannotSucceed
from tests.contracts.goldens import FULL
from tests.examples.run import EXAMPLES, put, run, taken_from

pytestmark = pytest.mark.rabbitmq

EXAMPLE_FILES = sorted(path.name for path in EXAMPLES.glob("*.py"))


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

    done = run("publish_referral.py", rabbitmq, "--wrong", "--listen", "5")

    assert "field:  data.start_date" in done.stdout
    assert "reason: the start date is before the referral was received" in done.stdout
    assert "1. Example Harbour Fostering (invented): 1877.49 (eligible)" in done.stdout
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


@pytest.mark.parametrize("example", EXAMPLE_FILES)
def test_an_example_needs_at_most_pika_and_nothing_of_ours(example):
    text = (EXAMPLES / example).read_text(encoding="utf-8")
    imported = set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE))

    assert imported - sys.stdlib_module_names <= {"pika", "finance_books", "finance_checks"}
