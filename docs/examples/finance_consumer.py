#!/usr/bin/env python3
"""Books what Fosterframe tells finance, each thing once and in order, and says what was booked.

It needs pika (pip install pika), and nothing of Fosterframe's; the books themselves are in
`finance_books.py` beside it, and what is checked before booking in `finance_checks.py`. Try it:

    python finance_consumer.py                    book for 10 seconds
    python finance_consumer.py --seconds 0        until it is stopped
    python finance_consumer.py --count 100        stop after 100 price changes

The books are an SQLite file; a real system has tables of its own. What matters is the same there:

- A delivery is acknowledged to the broker only after the books are committed. If this dies in
  between, the delivery comes again and is recognised: nothing is lost, and nothing booked twice.
- The changes of one placement carry a sequence: 1, 2, 3 and so on. What was booked is dropped; what
  comes before its turn waits in the books until the one before it has come.
- What cannot be booked is kept with the reason, and named at the end. Nothing is thrown away.
- Each thing that was booked is acknowledged to Fosterframe with the figures of these books, so that
  `fosterframe pricing reconcile` can compare. What is to be sent is written into the books in the
  same transaction as the booking, and struck out when the broker has confirmed it.
"""

import argparse
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pika
from finance_books import ACKNOWLEDGED, Books
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import NackError, UnroutableError

EXCHANGE = "fosterframe"
QUEUES = ("finance.price-changes", "finance.reviews", "finance.rejections")
PREFETCH = 200
PERSISTENT = 2


def send(books: Books, channel: BlockingChannel) -> None:
    """Send what waits to be sent; each is struck out when the broker has confirmed it."""
    for id_, about, body in books.rows.execute("SELECT id, about, body FROM to_send").fetchall():
        properties = pika.BasicProperties(
            content_type="application/cloudevents+json",
            delivery_mode=PERSISTENT,
            message_id=id_,
            type=ACKNOWLEDGED,
            correlation_id=about,
        )
        channel.basic_publish(EXCHANGE, ACKNOWLEDGED, body, properties, mandatory=True)
        books.rows.execute("DELETE FROM to_send WHERE id = ?", (id_,))


def consume(books: Books, connection: pika.BlockingConnection, count: int, seconds: float) -> None:
    """Book until enough changes are booked, or the time is over; none of either is no limit."""
    confirmed = connection.channel()
    confirmed.confirm_delivery()  # basic_publish returns when the broker has answered for it
    deliveries: list[tuple[int, bytes]] = []
    channel = connection.channel()
    channel.basic_qos(prefetch_count=PREFETCH)
    for queue in QUEUES:
        channel.basic_consume(
            queue, lambda _, method, __, body: deliveries.append((method.delivery_tag, body))
        )
    stop_at = time.monotonic() + (seconds or float("inf"))
    send(books, confirmed)  # what was booked and not sent when this was stopped last
    while time.monotonic() < stop_at and (not count or books.booked < count):
        connection.process_data_events(time_limit=0.2)
        while deliveries:
            tag, body = deliveries.pop(0)
            books.take(body)
            channel.basic_ack(tag)
        send(books, confirmed)


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description="Book what Fosterframe tells finance.")
    parser.add_argument("--amqp-url", default="amqp://guest:guest@127.0.0.1:5672/")
    parser.add_argument("--password-file", type=Path, help="where the address has none")
    parser.add_argument("--books", type=Path, default=Path("finance-books.sqlite"))
    parser.add_argument("--count", type=int, default=0, help="stop when so many are booked")
    parser.add_argument("--seconds", type=float, default=10, help="stop after so long; 0: never")
    return parser.parse_args()


def address(wanted: argparse.Namespace) -> str:
    """Return the broker's address, with the password from its file: keep it off command lines."""
    if wanted.password_file is None:
        return wanted.amqp_url
    password = quote(wanted.password_file.read_text().removesuffix("\n"), safe="")
    return wanted.amqp_url.replace("@", f":{password}@", 1)


def main() -> int:
    """Book what comes; return 1 when something waits, is wrong, or could not be sent."""
    wanted = arguments()
    books = Books(wanted.books)
    with closing(books.rows):
        connection = pika.BlockingConnection(pika.URLParameters(address(wanted)))
        with closing(connection):  # what is not acknowledged goes back to the queue
            try:
                consume(books, connection, wanted.count, wanted.seconds)
            except (UnroutableError, NackError):
                # It stays in the books, and is sent when this runs again.
                print("the broker did not take an acknowledgement", file=sys.stderr)
        matters = books.open_matters()
    print(f"booked {books.booked}, duplicates {books.duplicates}, open {len(matters)}")
    for matter in matters:
        print(matter, file=sys.stderr)
    return 1 if matters else 0


if __name__ == "__main__":
    sys.exit(main())
