#!/usr/bin/env python3
"""Publishes one referral to Fosterframe, as a case management system would.

It needs pika (pip install pika), and nothing of Fosterframe's. Try it:

    python publish_referral.py                     a planned referral
    python publish_referral.py --emergency         a child who needs a home today
    python publish_referral.py --listen 10         and print what comes back within 10 seconds
    python publish_referral.py --wrong --listen 9  a referral that will be rejected, and why
"""

import argparse
import json
import sys
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, NackError, UnroutableError

# Everything is published to one topic exchange. The routing key is the type of the message, so
# that nobody has to know who reads it.
EXCHANGE = "fosterframe"
REFERRAL = "referral.received.v1"
REJECTED = "message.rejected.v1"

# Our own queues: what became of our referrals, and what could not be understood.
SHORTLISTS = "case-management.shortlists"
REJECTIONS = "case-management.rejections"

PERSISTENT = 2
LONDON = ZoneInfo("Europe/London")


def referral(referral_id: str, received_at: datetime, start_date: date, needed_by: str) -> dict:
    """Return what is said of the child. A field that Fosterframe does not know is refused."""
    return {
        "referral_id": referral_id,
        # An instant always carries its offset from UTC.
        "received_at": received_at.isoformat(),
        "purchaser": "kent",
        "needed_by": needed_by,  # "today", "within_5_days" or "later"
        "start_date": start_date.isoformat(),
        "duration": "short_term",  # or "long_term": 12 months and over, by the care plan
        "placement_type": "core",
        "need_category": "standard",
        "solo": False,  # True: no other child in the household
        "in_house_search": "done",  # the council's own carers are asked first
        "uasc": "no",  # "yes", "no" or "not_established"
        "preferred_area": "ME14",  # optional: where a home would be best, never an address
        "children": [
            {
                # A pseudonym. Never send a name, an address or an NHS number: there is no field
                # for them. The date of birth is needed because the fee follows the age.
                "child_ref": f"C-{uuid.uuid4().hex[:8]}",
                "date_of_birth": "2013-05-17",
                "disability": False,
            }
        ],
    }


def envelope(data: dict) -> dict:
    """Return the CloudEvents 1.0 envelope around the data."""
    return {
        "specversion": "1.0",
        # Keep this id with the referral. If you are ever unsure whether a message was sent, send
        # it again under the same id: it is then counted once.
        "id": str(uuid.uuid4()),
        "source": "/kent/case-management",
        "type": REFERRAL,
        "subject": data["referral_id"],
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        # Comes back in every answer, so that it can be matched.
        "correlationid": data["referral_id"],
        "data": data,
    }


def publish(channel: BlockingChannel, event: dict, *, is_emergency: bool) -> None:
    """Hand the event to the broker, and return when the broker has it safe."""
    channel.basic_publish(
        exchange=EXCHANGE,
        # Emergencies have a queue of their own and never wait behind planned referrals.
        routing_key=REFERRAL + (".emergency" if is_emergency else ""),
        body=json.dumps(event).encode("utf-8"),
        properties=pika.BasicProperties(
            content_type="application/cloudevents+json",
            delivery_mode=PERSISTENT,
            message_id=event["id"],
            type=event["type"],
            correlation_id=event["correlationid"],
            # If you trace (W3C), put your traceparent into the headers: it is carried on.
        ),
        # Without this a message that no queue takes is confirmed all the same, and gone.
        mandatory=True,
    )


def listen(channel: BlockingChannel, seconds: float) -> None:
    """Print the shortlists and the rejections that come within some seconds.

    A real system does this all the time, in a process of its own.
    """

    def when_delivered(channel: BlockingChannel, method: Any, _: Any, body: bytes) -> None:  # noqa: ANN401 - pika has no types
        event = json.loads(body)
        show_rejection(event) if method.routing_key == REJECTED else show_shortlist(event)
        # Acknowledge only when your own database has it: until then it will be sent again.
        channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=50)
    channel.basic_consume(REJECTIONS, when_delivered)
    channel.basic_consume(SHORTLISTS, when_delivered)
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        channel.connection.process_data_events(time_limit=left)


def show_rejection(event: dict[str, Any]) -> None:
    """Print which message was rejected, for which field, why, and what to do."""
    told = event["data"]
    print(f"REJECTED {told['message_type']} {told['message_id']} ({event.get('correlationid')})")
    print(f"  field:  {told['field'] or '-'}")
    print(f"  reason: {told['reason']}")
    print(f"  advice: {told['advice'] or '-'}")


def show_shortlist(event: dict[str, Any]) -> None:
    """Print the agencies that may be asked, in order, with what each would cost a week."""
    told = event["data"]
    print(f"SHORTLIST for {told['referral_id']}: {len(told['offers'])} priced")
    for offer in told["offers"]:
        print(f"  {offer['rank']}. {offer['name']}: {offer['weekly_total']} ({offer['outcome']})")
    if told["spot_purchase_indicated"]:
        print("  No agency of the framework is eligible: a spot purchase is indicated.")


def the_referral_to_send(wanted: argparse.Namespace) -> dict:
    """Return the referral that the command line asks for."""
    now = datetime.now(UTC)
    today = now.astimezone(LONDON).date()
    starts_in_days = 0 if wanted.emergency else 7
    if wanted.wrong:
        starts_in_days = -1  # a start before the referral contradicts itself
    return referral(
        referral_id=wanted.referral_id or f"R-{uuid.uuid4().hex[:8]}",
        received_at=now,
        start_date=today + timedelta(days=starts_in_days),
        needed_by="today" if wanted.emergency else "later",
    )


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description="Publish one referral to Fosterframe.")
    parser.add_argument("--amqp-url", default="amqp://guest:guest@127.0.0.1:5672/")
    parser.add_argument("--password-file", type=Path, help="where the address has none")
    parser.add_argument("--referral-id", help="your own reference; one is made up otherwise")
    parser.add_argument("--emergency", action="store_true", help="the home is needed today")
    parser.add_argument("--wrong", action="store_true", help="send what will be rejected")
    parser.add_argument("--listen", type=float, default=0, metavar="SECONDS")
    return parser.parse_args()


def address(wanted: argparse.Namespace) -> str:
    """Return the broker's address, with the password from its file: keep it off command lines."""
    if wanted.password_file is None:
        return wanted.amqp_url
    password = quote(wanted.password_file.read_text().removesuffix("\n"), safe="")
    return wanted.amqp_url.replace("@", f":{password}@", 1)


def main() -> int:
    """Publish one referral; return 0 when the broker has it safe."""
    wanted = arguments()
    connection = pika.BlockingConnection(pika.URLParameters(address(wanted)))
    try:
        channel = connection.channel()
        # From here on basic_publish returns only when the broker has answered for the message.
        # To send thousands, do not wait for each: see "publisher confirms" in RabbitMQ's guide.
        channel.confirm_delivery()
        event = envelope(the_referral_to_send(wanted))
        publish(channel, event, is_emergency=wanted.emergency)
        print(f"published {event['id']} for {event['subject']}")
        if wanted.listen:
            listen(channel, wanted.listen)
    except (UnroutableError, ChannelClosedByBroker):
        print("no queue takes this message: is Fosterframe set up on this broker?", file=sys.stderr)
        return 1
    except NackError:
        print("the broker could not keep the message: send it again later", file=sys.stderr)
        return 1
    finally:
        if connection.is_open:
            connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
