"""Runs an example as a process of its own, beside a broker on which it is watched."""

import subprocess
import sys
from pathlib import Path

from shared.messaging.message import EXCHANGE, Outgoing
from tests.contracts.goldens import body_of
from tests.delivery.worker_promises import every_batch

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
CONFIRM_SECONDS = 60


def run(example, rabbitmq, *arguments):
    return subprocess.run(
        [sys.executable, EXAMPLES / example, "--amqp-url", rabbitmq.url, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def taken_from(link, queue):
    """Take all that a queue has; what is ready together may be delivered in parts."""
    taken = []
    for batch in every_batch(link, queue):
        link.ack(batch)
        taken += batch
    return taken


def put(link, *documents):
    messages = [
        Outgoing(EXCHANGE, document["type"], body_of(document), document["id"], document["type"])
        for document in documents
    ]
    assert link.submit(messages).wait(CONFIRM_SECONDS) == []
