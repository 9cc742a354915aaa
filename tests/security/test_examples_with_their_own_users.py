"""The examples work with the users that a deployment gives to their parties, and no other."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shared.messaging.message import EXCHANGE, Outgoing
from shared.messaging.rabbitmq.broker import RabbitBroker
from tests.contracts.goldens import FULL, body_of

pytestmark = pytest.mark.rabbitmq

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
SOON_SECONDS = 60
QUEUES = (
    "eligibility.referrals",
    "eligibility.emergencies",
    "finance.price-changes",
    "pricing.acknowledgements",
)


@pytest.fixture
def run(secured, tmp_path):
    def run(example, user, *arguments):
        password = secured.passwords[user]
        (tmp_path / "password").write_text(f"{password}\n")
        address = secured.url(user).replace(f":{password}@", "@")
        command = [sys.executable, str(EXAMPLES / example), "--amqp-url", address]
        return subprocess.run(
            [*command, "--password-file", str(tmp_path / "password"), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
            check=False,
        )

    return run


@pytest.fixture(autouse=True)
def ops(secured):
    link = RabbitBroker(secured.url("ops")).connect()
    for queue in QUEUES:
        link.purge(queue)
    yield link
    link.close()


def test_case_management_publishes_a_referral_with_its_own_user(run, ops):
    planned = run("publish_referral.py", "case-management", "--listen", "1")
    emergency = run("publish_referral.py", "case-management", "--emergency")

    assert planned.returncode == emergency.returncode == 0, planned.stderr + emergency.stderr
    assert ops.depth("eligibility.referrals") == 1
    assert ops.depth("eligibility.emergencies") == 1


def test_commissioning_cannot_publish_a_referral(run, ops):
    assert run("publish_referral.py", "commissioning").returncode == 1
    assert ops.depth("eligibility.referrals") == 0


def test_finance_books_its_price_changes_and_says_so_with_its_own_user(run, ops):
    event = json.loads(body_of(FULL["price.changed.v1"]))
    event["data"] |= {"sequence": 1, "old_weekly": "0.00", "review_id": None, "arrears": []}
    event["data"]["arrears_total"] = "0.00"
    body = json.dumps(event).encode()
    sent = Outgoing(EXCHANGE, "price.changed.v1", body, event["id"], "price.changed.v1")
    assert ops.submit([sent]).wait(SOON_SECONDS) == []

    ran = run("finance_consumer.py", "finance", "--count", "1")

    assert ran.returncode == 0, ran.stderr
    assert re.search(r"booked 1,", ran.stdout)
    assert ops.depth("pricing.acknowledgements") == 1
