"""What every database promises delivery: the inbox, the outbox and the log."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from shared.messaging.message import Outgoing
from shared.persistence import chain, inbox, outbox
from shared.persistence.inbox import Arrival, Fate, Verdict
from shared.persistence.tables import DELIVERY

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SOON_SECONDS = 60


def arrival(message_id: str = "m-1", content: bytes = b"one", **more) -> Arrival:
    return Arrival(
        message_id=message_id,
        type="referral.received.v1",
        digest=hashlib.sha256(content).digest(),
        attempt=more.get("attempt", 1),
        is_redelivered=more.get("is_redelivered", False),
    )


def outgoing(number: int = 1, key: str = "price.changed.v1", **more) -> Outgoing:
    return Outgoing("fosterframe", key, more.pop("body", b"{}"), f"m-{number}", key, **more)


class InboxPromises:
    """Inherit, and give a fixture `database` with the tables of delivery."""

    def test_a_new_message_is_handled(self, database):
        assert self.receive(database, arrival()) is Verdict.HANDLE

    def test_a_handled_message_is_a_duplicate_when_it_comes_again(self, database):
        self.receive(database, arrival(), Fate.HANDLED)

        assert self.receive(database, arrival()) is Verdict.DUPLICATE

    def test_other_content_under_a_handled_id_contradicts_it(self, database):
        self.receive(database, arrival(content=b"one"), Fate.HANDLED)

        assert self.receive(database, arrival(content=b"two")) is Verdict.CONTRADICTION

    def test_a_waiting_message_is_handled_at_its_next_attempt(self, database):
        self.receive(database, arrival(), Fate.WAITING)

        assert self.receive(database, arrival(attempt=2)) is Verdict.HANDLE

    def test_a_waiting_message_is_not_handled_at_an_attempt_it_had(self, database):
        self.receive(database, arrival(), Fate.WAITING)

        again = arrival(attempt=1, is_redelivered=True)

        assert self.receive(database, again) is Verdict.DUPLICATE

    def test_a_waiting_message_is_heard_when_its_sender_sends_it_anew(self, database):
        self.receive(database, arrival(attempt=2), Fate.WAITING)

        assert self.receive(database, arrival(attempt=1)) is Verdict.HANDLE

    def test_the_copy_of_a_message_that_was_handled_meanwhile_is_a_duplicate(self, database):
        self.receive(database, arrival(), Fate.WAITING)
        self.receive(database, arrival(), Fate.HANDLED)

        assert self.receive(database, arrival(attempt=2)) is Verdict.DUPLICATE

    def test_a_parked_message_is_heard_when_its_sender_sends_it_again(self, database):
        self.receive(database, arrival(), Fate.PARKED)

        assert self.receive(database, arrival()) is Verdict.HANDLE

    def test_a_parked_message_is_heard_when_it_is_replayed_and_redelivered(self, database):
        self.receive(database, arrival(), Fate.PARKED)

        replayed = arrival(attempt=2, is_redelivered=True)

        assert self.receive(database, replayed) is Verdict.HANDLE

    def test_a_parked_message_is_not_parked_twice_for_a_lost_acknowledgement(self, database):
        self.receive(database, arrival(), Fate.PARKED)

        assert self.receive(database, arrival(is_redelivered=True)) is Verdict.DUPLICATE

    def test_a_corrected_message_may_take_the_id_of_a_parked_one(self, database):
        self.receive(database, arrival(content=b"bad"), Fate.PARKED)

        verdict = self.receive(database, arrival(content=b"good"), Fate.HANDLED)

        assert verdict is Verdict.HANDLE
        assert self.receive(database, arrival(content=b"good")) is Verdict.DUPLICATE

    def test_a_message_whose_transaction_failed_was_never_received(self, database):
        def fails_halfway():
            with database.transaction() as connection:
                inbox.claim(connection, [arrival()], NOW)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fails_halfway()

        assert self.receive(database, arrival()) is Verdict.HANDLE

    def test_a_worker_waits_for_another_that_holds_the_same_message(self, database):
        verdicts = []
        second = threading.Thread(
            target=lambda: verdicts.append(self.receive(database, arrival(), Fate.HANDLED))
        )

        with database.transaction() as connection:
            claims = inbox.claim(connection, [arrival()], NOW)
            second.start()
            second.join(0.3)
            seen_meanwhile = list(verdicts)
            claims["m-1"].becomes(Fate.HANDLED, arrival())
            inbox.settle(connection, claims.items())
        second.join(SOON_SECONDS)

        assert seen_meanwhile == []
        assert verdicts == [Verdict.DUPLICATE]

    def receive(self, database, arrived, becomes=None):
        """Return the verdict on one delivery; keep what became of it."""
        with database.transaction() as connection:
            claims = inbox.claim(connection, [arrived], NOW)
            claim = claims[arrived.message_id]
            verdict = claim.verdict(arrived)
            if verdict is Verdict.HANDLE:
                claim.becomes(becomes or Fate.HANDLED, arrived)
            inbox.settle(connection, claims.items())
        return verdict


class OutboxPromises:
    """Inherit, and give a fixture `database` with the tables of delivery."""

    def test_the_outbox_keeps_the_order_of_sending(self, database):
        with database.transaction() as connection:
            outbox.write(connection, [outgoing(3), outgoing(1)], NOW)
            outbox.write(connection, [outgoing(2)], NOW)

        assert self.in_line(database) == ["m-3", "m-1", "m-2"]

    def test_a_message_leaves_the_outbox_as_it_was_put_in(self, database):
        put = outgoing(correlation_id="P-1", headers={"traceparent": "00-ab", "attempt": 2})

        with database.transaction() as connection:
            outbox.write(connection, [put], NOW)
            (waiting,) = outbox.next_in_line(connection, limit=10)

        assert waiting.message == put

    def test_messages_on_their_way_and_shut_routes_are_passed_over(self, database):
        with database.transaction() as connection:
            outbox.write(connection, [outgoing(1), outgoing(2, "shut"), outgoing(3)], NOW)
            first = outbox.next_in_line(connection, limit=1)
            rest = outbox.next_in_line(
                connection,
                limit=10,
                besides={one.id for one in first},
                not_to={("fosterframe", "shut")},
            )

        assert [one.message.message_id for one in rest] == ["m-3"]

    def test_a_row_that_is_committed_late_with_a_low_number_is_not_skipped(self, database):
        with database.transaction() as connection:
            outbox.write(connection, [outgoing(1), outgoing(2)], NOW)
            numbers = [one.id for one in outbox.next_in_line(connection, limit=10)]
            outbox.remove(connection, [numbers[0]])
        with database.transaction() as connection:
            late = insert(DELIVERY.outbox).values(
                id=numbers[0],
                message_id="late",
                exchange="",
                routing_key="",
                type="",
                correlation_id="",
                headers="{}",
                body=b"",
                created_at=NOW,
            )
            connection.execute(late)

        assert self.in_line(database) == ["late", "m-2"]

    def test_large_bodies_are_read_a_few_at_a_time_and_one_too_large_alone(self, database):
        too_large, large = b"x" * (outbox.LARGEST_READ_BYTES + 1), b"x" * 3_000_000

        with database.transaction() as connection:
            bodies = [too_large, large, large, large]
            outbox.write(connection, [outgoing(body=body) for body in bodies], NOW)
            taken, sizes = set(), []
            while read := outbox.next_in_line(connection, limit=10, besides=taken):
                taken |= {one.id for one in read}
                sizes.append(len(read))

        assert sizes == [1, 2, 1]

    def test_a_number_is_never_given_twice(self, database):
        given = []
        for _ in range(2):
            with database.transaction() as connection:
                outbox.write(connection, [outgoing()], NOW)
                (one,) = outbox.next_in_line(connection, limit=1)
                outbox.remove(connection, [one.id])
                given.append(one.id)

        assert given[1] > given[0]

    def test_the_backlog_counts_what_waits_and_since_when(self, database):
        with database.transaction() as connection:
            outbox.write(connection, [outgoing(1)], NOW)
            outbox.write(connection, [outgoing(2)], NOW + timedelta(seconds=5))

        with database.reading() as connection:
            assert outbox.backlog(connection) == outbox.Backlog(2, NOW)

    def in_line(self, database):
        with database.reading() as connection:
            waiting = outbox.next_in_line(connection, limit=100)
        return [one.message.message_id for one in waiting]


class LogPromises:
    """Inherit, and give a fixture `database` with the tables of delivery."""

    def test_the_log_is_whole_as_it_was_written(self, database):
        self.log(database, "R-1", "R-2")
        self.log(database, "R-3")

        with database.reading() as connection:
            assert chain.verify(connection) is None

    @pytest.mark.parametrize(
        ("changed", "to"),
        [("subject", "R-9"), ("kind", "other"), ("body_digest", "0" * 64), ("recorded_at", NOW)],
    )
    def test_a_row_that_was_changed_is_found(self, database, changed, to):
        self.log(database, "R-1", "R-2", "R-3")

        with database.transaction() as connection:
            at_two = DELIVERY.log.c.position == 2
            connection.execute(update(DELIVERY.log).where(at_two).values({changed: to}))
            found = chain.verify(connection)

        assert found == chain.Break(2, "its content was changed after it was written")

    def test_a_row_that_was_taken_out_is_found(self, database):
        self.log(database, "R-1", "R-2", "R-3")

        with database.transaction() as connection:
            connection.execute(DELIVERY.log.delete().where(DELIVERY.log.c.position == 2))
            found = chain.verify(connection)

        assert found == chain.Break(2, "a row is missing")

    def test_rows_that_were_cut_off_the_end_are_found(self, database):
        self.log(database, "R-1", "R-2", "R-3")

        with database.transaction() as connection:
            connection.execute(DELIVERY.log.delete().where(DELIVERY.log.c.position == 3))
            found = chain.verify(connection)

        assert found == chain.Break(3, "rows at the end of the log are missing")

    def test_two_who_append_at_once_make_one_chain(self, database):
        writers = [
            threading.Thread(
                target=lambda who=who: [self.log(database, f"{who}-{n}") for n in range(20)]
            )
            for who in ("a", "b")
        ]

        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(SOON_SECONDS)

        with database.reading() as connection:
            assert chain.verify(connection) is None
            assert connection.scalar(select(DELIVERY.log_head.c.position)) == 40

    def log(self, database, *subjects):
        entries = [
            chain.entry("decision", subject, b"{}", NOW - timedelta(days=1)) for subject in subjects
        ]
        with database.transaction() as connection:
            chain.append(connection, entries)
