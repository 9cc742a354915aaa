"""A service small enough to see through: it counts referrals and passes each of them on."""

import json
from datetime import UTC, datetime

from sqlalchemy import Column, Integer, String, Table, func, insert, select, update

from shared.clock import SetClock
from shared.contracts.catalogue import FINANCE_ACKNOWLEDGED, REFERRAL_RECEIVED, REFERRAL_WITHDRAWN
from shared.contracts.finance import BookedReview, FinanceAcknowledged
from shared.errors import CannotSucceed, MayYetSucceed
from shared.messaging.message import EXCHANGE, Delivery, Outgoing
from shared.money import pounds
from shared.persistence import chain, outbox
from shared.persistence.tables import DELIVERY, delivery_tables, service_metadata

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SERVICE = "eligibility"
QUEUE = "eligibility.referrals"
PASSED_ON = "pricing.acknowledgements"
"""What the small service sends is none of its field; what counts is that another one reads it."""
BORN = "2015-03-04"
"""A date of birth that must be found nowhere but in bodies."""

METADATA = service_metadata()
delivery_tables(METADATA)
COUNTED = Table("counted", METADATA, Column("referral_id", String(80), primary_key=True))
TOTALS = Table("totals", METADATA, Column("only", Integer, primary_key=True), Column("n", Integer))


def make_tables(database):
    METADATA.create_all(database.engine)
    with database.transaction() as connection:
        connection.execute(insert(TOTALS).values(only=1, n=0))


def clock():
    return SetClock(NOW)


def passed_on(referral):
    """Return what is sent of a referral."""
    booked = BookedReview(review_id=referral, price_changes=0, arrears_total=pounds("0.00"))
    return FinanceAcknowledged(message_id=referral, review=booked)


def count_referral(work, event):
    """Add to a total in place, so that doing it twice would show; then pass the referral on.

    What is to go wrong with a referral stands in its id.
    """
    referral = event.data.referral_id
    if referral.startswith("unhandled"):
        return
    work.connection.execute(update(TOTALS).values(n=TOTALS.c.n + 1))
    work.add(COUNTED, {"referral_id": referral})
    work.send(work.follow(FINANCE_ACKNOWLEDGED, referral, passed_on(referral)))
    work.record("counted", referral, b"{}")
    _go_wrong(work, event)


def count_lightly(work, event):
    """Count without touching the connection, as fast handlers do."""
    referral = event.data.referral_id
    work.add(COUNTED, {"referral_id": referral})
    work.send(work.follow(FINANCE_ACKNOWLEDGED, referral, passed_on(referral)))
    _go_wrong(work, event)


def _go_wrong(work, event):
    kind = event.data.referral_id.split("-")[0]
    if kind == "never":
        raise CannotSucceed("no such purchaser", field="data.purchaser", advice="Name another.")
    if kind == "later":
        raise MayYetSucceed("no rate for that day yet", advice="Import the rates.")
    if kind == "bug":
        raise KeyError(str(event.data.children[0].date_of_birth))
    if kind == "statement":
        work.connection.execute(insert(TOTALS).values(only=1, n=0))
    if kind == "row":
        work.add(COUNTED, {"referral_id": None})


HANDLERS = {REFERRAL_RECEIVED: count_referral}
LIGHT_HANDLERS = {REFERRAL_RECEIVED: count_lightly}


def document(referral_id="R-1", **changes):
    """Return a referral as case management sends it."""
    data = {
        "referral_id": referral_id,
        "received_at": "2026-11-20T10:00:00+00:00",
        "purchaser": "kent",
        "needed_by": "later",
        "start_date": "2026-12-14",
        "duration": "long_term",
        "placement_type": "core",
        "need_category": "standard",
        "solo": False,
        "in_house_search": "done",
        "uasc": "no",
        "children": [{"child_ref": "C-77", "date_of_birth": BORN, "disability": False}],
    }
    return {
        "specversion": "1.0",
        "id": f"id-{referral_id}",
        "source": "urn:case-management",
        "type": REFERRAL_RECEIVED,
        "subject": referral_id,
        "time": "2026-11-20T10:00:00Z",
        "correlationid": referral_id,
        "data": data,
        **changes,
    }


def withdrawal(referral_id="R-1"):
    data = {"referral_id": referral_id, "withdrawn_at": "2026-11-21T10:00:00+00:00"}
    return document(referral_id, id=f"w-{referral_id}", type=REFERRAL_WITHDRAWN, data=data)


def delivery(document_or_body, *, attempt=None, message_id=None, tag=1, **more):
    """Return a document as a broker hands it over."""
    if isinstance(document_or_body, bytes):
        body, own_id = document_or_body, ""
    else:
        body, own_id = json.dumps(document_or_body).encode(), document_or_body["id"]
    headers = dict(more.get("headers", {}))
    if attempt is not None:
        headers["x-fosterframe-attempt"] = attempt
    return Delivery(
        queue=more.get("queue", QUEUE),
        routing_key=REFERRAL_RECEIVED,
        body=body,
        message_id=own_id if message_id is None else message_id,
        type=more.get("type", REFERRAL_RECEIVED),
        correlation_id=more.get("correlation_id", ""),
        headers=headers,
        is_redelivered=more.get("is_redelivered", False),
        tag=tag,
    )


def referral(referral_id="R-1", **more):
    return delivery(document(referral_id), **more)


def sent(referral_id="R-1"):
    """Return a referral as it is handed to a broker."""
    body = json.dumps(document(referral_id)).encode()
    return Outgoing(EXCHANGE, REFERRAL_RECEIVED, body, f"id-{referral_id}", REFERRAL_RECEIVED)


def counted(database):
    """Return the referrals that were counted, having made sure that the total agrees."""
    with database.reading() as connection:
        ids = connection.scalars(select(COUNTED.c.referral_id)).all()
        total = connection.scalar(select(TOTALS.c.n))
    assert total in (0, len(ids)), "the total was added to more often than referrals were counted"
    return sorted(ids)


def waiting(database):
    """Return what stands in the outbox."""
    with database.reading() as connection:
        rows = []
        while more := outbox.next_in_line(
            connection, limit=10_000, besides={one.id for one in rows}
        ):
            rows += more
    return [one.message for one in rows]


def log_length(database):
    """Return how many rows the log has, having made sure that it is whole."""
    with database.reading() as connection:
        assert chain.verify(connection) is None
        return connection.scalar(select(func.count()).select_from(DELIVERY.log))


def rejected(message):
    """Return what a rejection says: the message's id, the field, the reason."""
    data = json.loads(message.body)["data"]
    return data["message_id"], data["field"], data["reason"]
