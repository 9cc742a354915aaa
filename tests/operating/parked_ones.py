"""Parked messages to work on, and how a test looks at them."""

import json

from shared.contracts.catalogue import REFERRAL_RECEIVED
from shared.messaging.message import EXCHANGE, Outgoing
from shared.messaging.parked.message import parked_message
from shared.messaging.parked.queue import ParkedQueue
from tests.delivery.small_service import BORN, QUEUE, SERVICE, document
from tests.delivery.worker_promises import every_batch

DEAD = f"{SERVICE}.dead"


def malformed(message_id="M-1"):
    """A referral that nobody can read, with a child's facts where none should be."""
    wrong = document("R-wrong", id=message_id)
    wrong["data"]["need_category"] = 7
    wrong["data"]["Tomasina"] = "born 4 March"
    wrong["data"]["notes"] = {"Tomasina": [BORN] * 40}
    body = json.dumps(wrong).encode()
    return Outgoing(EXCHANGE, REFERRAL_RECEIVED, body, message_id, REFERRAL_RECEIVED)


def by_service(number, to=DEAD, **headers):
    told = {
        "x-fosterframe-reason": "no such agency",
        "x-fosterframe-queue": QUEUE,
        "x-fosterframe-parked-at": "2026-11-22T09:00:00+00:00",
        "x-fosterframe-attempt": 2,
        **headers,
    }
    body = json.dumps(document(f"R-{number}")).encode()
    return Outgoing("", to, body, f"id-R-{number}", REFERRAL_RECEIVED, "", told)


def everything(link, keep=0):
    return ParkedQueue(link, SERVICE, keep=keep)


def parked_in_order(broker):
    link = broker.connect()
    found = [
        parked_message(each, SERVICE).message_id
        for batch in every_batch(link, DEAD)
        for each in batch
    ]
    # Whoever looks next finds them as they stood.
    link.give_back()
    link.close()
    return found
