"""The books of `finance_consumer.py`: what is booked, waits, is wrong, or is still to be sent.

They are an SQLite file, and know nothing of the broker; a real system has tables of its own.
"""

import json
import sqlite3
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from finance_checks import CannotBookError, check_arrears, number_of

ACKNOWLEDGED = "finance.acknowledged.v1"
ACCOUNT = ("agency", "purchaser", "service_line", "funding")

# Money is kept as text: SQLite's own numbers would make floats of it.
TABLES = """
CREATE TABLE IF NOT EXISTS changes (
  placement_id TEXT, sequence INTEGER, message_id TEXT, account TEXT, effective_from TEXT,
  effective_to TEXT, new_weekly TEXT, arrears TEXT, review_id TEXT, booked_at TEXT,
  PRIMARY KEY (placement_id, sequence));
CREATE INDEX IF NOT EXISTS of_a_review ON changes (review_id);
CREATE TABLE IF NOT EXISTS waiting (
  placement_id TEXT, sequence INTEGER, body BLOB, PRIMARY KEY (placement_id, sequence));
CREATE TABLE IF NOT EXISTS reviews (
  review_id TEXT PRIMARY KEY, message_id TEXT, told INTEGER, arrears TEXT,
  booked INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS problems (
  about TEXT, reason TEXT, body BLOB, met_at TEXT, PRIMARY KEY (about, body));
CREATE TABLE IF NOT EXISTS to_send (id TEXT PRIMARY KEY, about TEXT, body BLOB);
"""

BOOKED = "SELECT message_id FROM changes WHERE placement_id = ? AND sequence = ?"
WAITING = "SELECT body FROM waiting WHERE placement_id = ? AND sequence = ?"
NO_LONGER_WAITING = "DELETE FROM waiting WHERE placement_id = ? AND sequence = ?"
TOTALS = "SELECT message_id, told, arrears FROM reviews WHERE review_id = ? AND told IS NOT NULL"
MOVES = (
    "SELECT effective_from FROM changes WHERE placement_id = :placement AND account = :account"
    " UNION SELECT effective_to FROM changes WHERE placement_id = :placement"
    " AND account = :account AND effective_to IS NOT NULL"
)
GAPS = "SELECT placement_id, min(sequence) FROM waiting GROUP BY placement_id"

# What reading a message raises that is not made as it should be.
MISREAD = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError)


class Books:
    """What finance has booked, what waits, and what Fosterframe is still to be told."""

    def __init__(self, file: Path) -> None:
        self.rows = sqlite3.connect(file, isolation_level=None)
        self.rows.executescript(TABLES)
        self.booked = self.duplicates = 0

    def take(self, body: bytes) -> None:
        """Take one message in one transaction: all that follows from it is kept, or nothing is."""
        self.rows.execute("BEGIN IMMEDIATE")
        try:
            self.read(body)
        except BaseException:
            self.rows.execute("ROLLBACK")
            raise
        self.rows.execute("COMMIT")

    def read(self, body: bytes) -> None:
        """Book a message by its type, or keep it with what is wrong with it."""
        about = "?"
        try:
            event = json.loads(body)
            kind, data = event["type"], event["data"]
            if kind == "price.changed.v1":
                about = f"{data['placement_id']} {data['sequence']}"
                self.take_change(event["id"], data, body)
            elif kind == "review.applied.v1":
                about = data["review_id"]
                self.take_review(event["id"], data, body)
            elif kind == "message.rejected.v1":
                # Fosterframe could not take an acknowledgement of ours: a person has to look.
                self.keep_problem(data["message_id"], f"{data['field']}: {data['reason']}", body)
            else:
                self.keep_problem(about, f"nobody has taught this to read {kind}", body)
        except MISREAD as fault:
            self.keep_problem(about, f"it is not what it should be: {fault!r}", body)

    def take_change(self, message_id: str, change: dict[str, Any], body: bytes) -> None:
        """Let a change wait for its turn, and book what is next in turn."""
        placement, sequence = change["placement_id"], number_of(change)
        last = self.last_sequence(placement)
        if sequence <= last:
            key = (placement, sequence)
            booked = self.one(BOOKED, *key)[0]
            if booked != message_id:
                self.keep_problem(f"{placement} {sequence}", f"it was booked as {booked}", body)
                return
            self.duplicates += 1
            print(f"duplicate: {placement} {sequence} was booked before")
            return
        if sequence > last + 1:
            print(f"gap: {placement} {sequence} came before {last + 1}: it waits")
        self.let_wait(message_id, placement, sequence, body)
        while waiting := self.one(WAITING, placement, last + 1):
            if not self.book_or_keep(placement, last + 1, waiting[0]):
                return
            last += 1

    def let_wait(self, message_id: str, placement: str, sequence: int, body: bytes) -> None:
        """Let a change wait; of two with one number the last waits, and the other is a problem."""
        before = self.one(WAITING, placement, sequence)
        if before and (other := json.loads(before[0])["id"]) != message_id:
            # Booking settles what is kept under the number itself; this a person has to settle.
            about, reason = f"{placement} {sequence} (other)", "two different messages wait"
            self.keep_problem(about, f"{reason}: {other} and {message_id}", before[0])
        self.rows.execute(
            "INSERT OR REPLACE INTO waiting VALUES (?, ?, ?)", (placement, sequence, body)
        )

    def book_or_keep(self, placement: str, sequence: int, body: bytes) -> bool:
        """Book a change whose turn it is; if it cannot be booked, those after it wait for it."""
        self.rows.execute("SAVEPOINT one_change")
        try:
            event = json.loads(body)
            self.book(event["id"], event["data"])
        except (CannotBookError, *MISREAD) as fault:
            self.rows.execute("ROLLBACK TO one_change")
            self.keep_problem(f"{placement} {sequence}", str(fault), body)
            return False
        # It came right in the end: what was wrong with an earlier one is settled.
        self.rows.execute("DELETE FROM problems WHERE about = ?", (f"{placement} {sequence}",))
        self.rows.execute(NO_LONGER_WAITING, (placement, sequence))
        self.booked += 1
        return True

    def book(self, message_id: str, change: dict[str, Any]) -> None:
        """Book one change and write its acknowledgement.

        A real system changes the standing payment here, and pays or recovers the arrears.
        """
        placement, sequence = change["placement_id"], change["sequence"]
        account = "|".join(change[part] for part in ACCOUNT)
        check_arrears(change)
        self.check_old_fee(account, change)
        figures = (change["new_weekly"], change["arrears_total"])
        days = (change["effective_from"], change["effective_to"])
        review_id = change.get("review_id")  # only where the review itself sent the message
        self.rows.execute(
            "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (placement, sequence, message_id, account, *days, *figures, review_id, now()),
        )
        booked = {"placement_id": placement, "sequence": sequence, "new_weekly": figures[0]}
        self.acknowledge(
            message_id, placement, {"price_change": {**booked, "arrears_total": figures[1]}}
        )
        show(change)
        if review_id is not None:
            self.rows.execute("INSERT OR IGNORE INTO reviews (review_id) VALUES (?)", (review_id,))
            count = "UPDATE reviews SET booked = booked + 1 WHERE review_id = ?"
            self.rows.execute(count, (review_id,))
            self.settle_review(review_id)

    def take_review(self, message_id: str, review: dict[str, Any], body: bytes) -> None:
        """Keep the totals of a review; they may come before the last of its price changes."""
        review_id = review["review_id"]
        told = (message_id, review["price_changes"], review["arrears_total"])
        before = self.one(TOTALS, review_id)
        if before and before != told:
            self.keep_problem(review_id, f"other totals were taken before, as {before[0]}", body)
            return
        if before:
            self.duplicates += 1
            print(f"duplicate: the totals of {review_id} were taken before")
            return
        self.rows.execute("INSERT OR IGNORE INTO reviews (review_id) VALUES (?)", (review_id,))
        self.rows.execute(
            "UPDATE reviews SET message_id = ?, told = ?, arrears = ? WHERE review_id = ?",
            (*told, review_id),
        )
        self.settle_review(review_id)

    def settle_review(self, review_id: str) -> None:
        """Acknowledge a review once as many of its changes are booked as it says it has sent."""
        wanted = "SELECT message_id, told, arrears, booked FROM reviews WHERE review_id = ?"
        message_id, told, arrears, booked = self.one(wanted, review_id)
        if told is None or booked != told:
            return  # of more than were told we say nothing: it is open, and a person has to look
        mine = "SELECT arrears FROM changes WHERE review_id = ?"
        found = (Decimal(row[0]) for row in self.rows.execute(mine, (review_id,)))
        total = f"{sum(found, Decimal('0.00')):.2f}"
        if total != arrears:
            print(f"review {review_id}: its arrears are told as {arrears}, and booked as {total}")
        figures = {"review_id": review_id, "price_changes": booked, "arrears_total": total}
        self.acknowledge(message_id, review_id, {"review": figures})

    def acknowledge(self, message_id: str, about: str, figures: dict[str, Any]) -> None:
        """Write down what Fosterframe is to be told; it is sent after the commit."""
        event = {
            "specversion": "1.0",
            # The same booking always has the same id: sent twice, it is taken once.
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"finance|booked|{message_id}")),
            "source": "urn:example:finance",
            "type": ACKNOWLEDGED,
            "subject": about,
            "time": now(),
            "datacontenttype": "application/json",
            "correlationid": about,
            "causationid": message_id,
            "data": {"message_id": message_id, **figures},
        }
        self.rows.execute(
            "INSERT OR IGNORE INTO to_send VALUES (?, ?, ?)",
            (event["id"], about, json.dumps(event)),
        )

    def keep_problem(self, about: str, reason: str, body: bytes) -> None:
        """Keep what cannot be booked, for a person, under what it is about."""
        print(f"cannot be booked: {about}: {reason}")
        self.rows.execute(
            "INSERT OR REPLACE INTO problems VALUES (?, ?, ?, ?)", (about, reason, body, now())
        )

    def last_sequence(self, placement: str) -> int:
        """Return the number of the last change that was booked of a placement."""
        return (
            self.one("SELECT max(sequence) FROM changes WHERE placement_id = ?", placement)[0] or 0
        )

    def check_old_fee(self, account: str, change: dict[str, Any]) -> None:
        """Compare the old fee with what is booked, on every day that the change is about.

        What is booked moves only where an earlier change begins or ends: these days stand for all.
        """
        placement, first, after = (
            change[part] for part in ("placement_id", "effective_from", "effective_to")
        )
        moves = self.rows.execute(MOVES, {"placement": placement, "account": account})
        for day in sorted({first} | {day for (day,) in moves}):
            if day < first or (after is not None and day >= after):
                continue
            if (held := self.weekly_on(placement, account, day)) != change["old_weekly"]:
                old = change["old_weekly"]
                raise CannotBookError(f"the old fee is {old}, and {held} is booked on {day}")

    def weekly_on(self, placement: str, account: str, day: str) -> str:
        """Return the weekly fee that is booked for a day: the last change that covers it tells."""
        found = self.one(
            "SELECT new_weekly FROM changes WHERE placement_id = ? AND account = ?"
            " AND effective_from <= ? AND (effective_to IS NULL OR effective_to > ?)"
            " ORDER BY sequence DESC LIMIT 1",
            *(placement, account, day, day),
        )
        return found[0] if found else "0.00"

    def open_matters(self) -> list[str]:
        """Return what waits, is wrong, or is still to be sent, each in a line for a person."""
        found = []
        for placement, sequence in self.rows.execute(GAPS).fetchall():
            missing = self.last_sequence(placement) + 1
            if sequence > missing:
                found.append(f"{placement}: {sequence} waits; {missing} is missing")
        for about, reason in self.rows.execute("SELECT about, reason FROM problems"):
            found.append(f"{about}: {reason}")
        unsettled = "SELECT review_id, booked, told FROM reviews WHERE told IS NOT booked"
        for review_id, booked, told in self.rows.execute(unsettled):
            of = "its totals have not come" if told is None else f"{told} were told"
            found.append(f"review {review_id}: {booked} price changes are booked, {of}")
        for (about,) in self.rows.execute("SELECT about FROM to_send"):
            found.append(f"{about}: not acknowledged to Fosterframe yet")
        return found

    def one(self, question: str, *values: object) -> Any:  # noqa: ANN401 - a row of whatever was asked for
        """Return the first row that answers a question, or None."""
        return self.rows.execute(question, values).fetchone()


def show(change: dict[str, Any]) -> None:
    """Print one change."""
    until = change["effective_to"] or "further notice"  # the first day that is not meant any more
    causes = ", ".join(cause["cause"] for cause in change["causes"])
    print(
        f"{change['placement_id']} {change['sequence']}: from {change['effective_from']} until "
        f"{until}: {change['old_weekly']} -> {change['new_weekly']} a week ({causes}); "
        f"arrears {change['arrears_total']}; {change['service_line']}, {change['funding']}"
    )


def now() -> str:
    """Return this instant, with its offset from UTC as the contract wants it."""
    return datetime.now(UTC).isoformat()
