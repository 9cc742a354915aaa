#!/usr/bin/env python3
"""Reads the price changes that Fosterframe tells finance, each exactly once and in order.

It needs pika (pip install pika), and nothing of Fosterframe's. Try it:

    python read_price_changes.py                   read for 10 seconds
    python read_price_changes.py --count 100       stop after 100 changes

A broker may deliver a message twice, and several readers may get messages out of order. So each
change of one placement carries a sequence: 1, 2, 3 and so on. What was booked already is dropped;
what comes too early waits until the one before it has come.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pika
from pika.adapters.blocking_connection import BlockingChannel

QUEUE = "finance.price-changes"
TYPE = "price.changed.v1"

# How many messages may be with us unacknowledged. It bounds how early a change may come.
PREFETCH = 200


@dataclass
class Books:
    """What finance has booked: here a file, in a real system tables in its own database."""

    file: Path
    last_sequence: dict[str, int] = field(default_factory=dict)

    @classmethod
    def opened(cls, file: Path) -> "Books":
        """Return the books as they were left."""
        return cls(file, json.loads(file.read_text()) if file.exists() else {})

    def book(self, change: dict[str, Any]) -> None:
        """Book one change, and write down its sequence, in one step: both or neither.

        In a database: insert the payment and update the sequence in one transaction.
        """
        self.last_sequence[change["placement_id"]] = change["sequence"]
        written = self.file.with_suffix(".new")
        written.write_text(json.dumps(self.last_sequence))
        written.replace(self.file)


@dataclass
class Reader:
    """Decides about each delivery: book it, drop it as a duplicate, or let it wait.

    `waiting` holds what came too early, by placement and sequence, with its delivery tag. It is
    not acknowledged, so that it goes back to the queue if we stop.
    """

    channel: BlockingChannel
    books: Books
    waiting: dict[tuple[str, int], tuple[int, dict[str, Any]]] = field(default_factory=dict)
    booked: int = 0
    duplicates: int = 0

    def take(self, delivery_tag: int, body: bytes) -> None:
        """Take one delivery."""
        change = change_in(body)
        placement, sequence = change["placement_id"], change["sequence"]
        last = self.books.last_sequence.get(placement, 0)
        if sequence <= last or (placement, sequence) in self.waiting:
            self.duplicates += 1
            print(f"duplicate: {placement} {sequence} was booked before, or waits already")
            self.channel.basic_ack(delivery_tag)
            return
        if sequence > last + 1:
            print(f"gap: {placement} {sequence} came before {last + 1}: it waits")
        self.waiting[placement, sequence] = (delivery_tag, change)
        self.book_what_is_next(placement)

    def book_what_is_next(self, placement: str) -> None:
        """Book the changes of one placement that are next in turn, as far as there are any."""
        following = self.books.last_sequence.get(placement, 0) + 1
        while (placement, following) in self.waiting:
            delivery_tag, change = self.waiting.pop((placement, following))
            show(change)
            # First the books, then the acknowledgement. If we die in between, the message comes
            # again, and its sequence tells us that it is a duplicate.
            self.books.book(change)
            self.channel.basic_ack(delivery_tag)
            self.booked += 1
            following += 1


def change_in(body: bytes) -> dict[str, Any]:
    """Return the change of price that a message says.

    Money is a string of pounds with two decimals: read it as a decimal, never as a float. A field
    that you do not know may come with a later release: do not stumble over it.
    """
    event = json.loads(body)
    if event["type"] != TYPE:
        # Not acknowledged: it stays in the queue until a person has looked.
        sys.exit(f"this reads {TYPE}, and met {event['type']}: is {QUEUE} bound as it should be?")
    change = event["data"]
    arrears = sum((Decimal(line["amount"]) for line in change["arrears"]), Decimal(0))
    if arrears != Decimal(change["arrears_total"]):
        sys.exit(f"the arrears of {change['placement_id']} do not add up: nothing was booked")
    return change


def show(change: dict[str, Any]) -> None:
    """Print one change: a real system would change the standing payment, and pay the arrears."""
    until = change["effective_to"] or "further notice"  # the first day that is not meant any more
    causes = ", ".join(cause["cause"] for cause in change["causes"])
    print(
        f"{change['placement_id']} {change['sequence']}: from {change['effective_from']} until "
        f"{until}: {change['old_weekly']} -> {change['new_weekly']} a week ({causes}); "
        f"arrears {change['arrears_total']}; {change['service_line']}, {change['funding']}"
    )


def read(reader: Reader, count: int | None, seconds: float) -> None:
    """Read until enough changes are booked, or the time is over."""
    stop_at = time.monotonic() + seconds
    for method, _, body in reader.channel.consume(QUEUE, inactivity_timeout=0.2):
        if method is not None:
            reader.take(method.delivery_tag, body)
        if (count is not None and reader.booked >= count) or time.monotonic() >= stop_at:
            return


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description="Read Fosterframe's price changes.")
    parser.add_argument("--amqp-url", default="amqp://guest:guest@127.0.0.1:5672/")
    parser.add_argument("--password-file", type=Path, help="where the address has none")
    parser.add_argument("--books", type=Path, default=Path("price-changes-booked.json"))
    parser.add_argument("--count", type=int, help="stop when so many changes are booked")
    parser.add_argument(
        "--seconds", type=float, default=10, help="stop after so long at the latest"
    )
    return parser.parse_args()


def address(wanted: argparse.Namespace) -> str:
    """Return the broker's address, with the password from its file: keep it off command lines."""
    if wanted.password_file is None:
        return wanted.amqp_url
    password = quote(wanted.password_file.read_text().removesuffix("\n"), safe="")
    return wanted.amqp_url.replace("@", f":{password}@", 1)


def main() -> int:
    """Read price changes; return 1 when one still waits for a change that has not come."""
    wanted = arguments()
    connection = pika.BlockingConnection(pika.URLParameters(address(wanted)))
    try:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=PREFETCH)
        reader = Reader(channel, Books.opened(wanted.books))
        read(reader, wanted.count, wanted.seconds)
    finally:
        if connection.is_open:
            connection.close()  # what is not acknowledged goes back to the queue
    print(f"booked {reader.booked}, duplicates {reader.duplicates}, waiting {len(reader.waiting)}")
    for placement, sequence in sorted(reader.waiting):
        last = reader.books.last_sequence.get(placement, 0)
        # If the missing one never comes, ask for it: the sender keeps everything that it told.
        print(f"{placement}: {sequence} waits; {last + 1} is missing", file=sys.stderr)
    return 1 if reader.waiting else 0


if __name__ == "__main__":
    sys.exit(main())
