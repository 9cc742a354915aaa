"""Sends again what a service has told, and reads what waits to be published."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import delete, func, select

from services.operating.resend import eligibility as resend_eligibility
from services.operating.resend import pricing as resend_pricing
from services.operating.resend.resending import Resend
from services.operating.resend.told import Wanted
from services.operating.resend.way import way
from shared.persistence import outbox
from shared.persistence.tables import DELIVERY
from shared.settings import settings_from
from tests.eligibility.builders import PACK
from tests.eligibility.running import referral

WHY = "the broker's volume is lost"
SETTINGS = settings_from({"FOSTERFRAME_FRAMEWORK": str(PACK)})
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
END = datetime(2040, 1, 1, tzinfo=UTC)


def quietly(_done):
    """Tell nobody how far it is."""


def in_a_trace(delivered, correlation_id="CASE-7"):
    """Return a delivery whose event says what it belongs to, as a party may, or may not."""
    document = json.loads(delivered.body) | {"correlationid": correlation_id, "traceparent": TRACE}
    return replace(delivered, body=json.dumps(document).encode(), headers={"traceparent": TRACE})


def emergency(referral_id="R-urgent"):
    told = {"needed_by": "today", "start_date": "2026-03-02"}
    return in_a_trace(referral(referral_id, **told))


def resend_of(service, *, to=None, types=None, since=BEGINNING, until=END, subject=None, **more):
    """Return what a service is to tell again: all that it keeps, unless told otherwise."""
    is_pricing = hasattr(service, "desk")
    name, of_service = (
        ("pricing", resend_pricing) if is_pricing else ("eligibility", resend_eligibility)
    )
    where = way(name, to)
    kept = [
        one
        for one in of_service.kept(SETTINGS)
        if where.leads(one.type) and (types is None or one.type in types)
    ]
    wanted = Wanted(since, until, subject)
    return Resend(name, service.database, service.clock, kept, wanted, where, **more)


def waiting(service):
    """Return every message that waits to be published."""
    with service.database.reading() as connection:
        return [one.message for one in outbox.next_in_line(connection, limit=100_000)]


def published(service):
    """Return what waits to be published, and take it out, as the relay does."""
    found = waiting(service)
    with service.database.transaction() as connection:
        connection.execute(delete(DELIVERY.outbox))
    return found


def kept_of(messages):
    """Return the messages of which a service keeps what it has told."""
    return [one for one in messages if one.type != "message.rejected.v1" and one.exchange]


def by_type(messages):
    """Return messages by type, each type in its order."""
    found = {}
    for one in messages:
        found.setdefault(one.type, []).append(one)
    return found


def told_again(service, **told):
    """Tell again, and return what is published of it."""
    resend_of(service, **told).run("J. Okafor", WHY, quietly)
    return published(service)


def count(service, table):
    with service.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table))
