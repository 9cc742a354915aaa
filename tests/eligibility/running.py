"""The eligibility service on a database, fed by hand with what a broker would deliver."""

import json
from datetime import UTC, datetime

from sqlalchemy import select

from services.eligibility.register.importing import import_register
from services.eligibility.service import SERVICE, EligibilityService
from shared.contracts.catalogue import PROVIDER_UPDATED, REFERRAL_RECEIVED
from shared.contracts.event import decode
from shared.messaging.batch import Intake
from shared.messaging.message import Delivery
from shared.messaging.work import work_on
from shared.persistence import outbox
from tests.eligibility.builders import PACK, framework, policies

NOW = datetime(2026, 3, 2, 10, 0, 5, tzinfo=UTC)
BORN = "2014-01-05"
JUDGED = {
    "fact": "judgement",
    "overall": "inadequate",
    "inspected_on": "2026-01-10",
    "published_on": "2026-02-20",
}


def delivery(type_, data, id_="e1", at=NOW):
    """Return an event as the broker hands it over."""
    document = {
        "specversion": "1.0",
        "id": id_,
        "source": "urn:case-management",
        "type": type_,
        "time": at.isoformat(),
        "data": data,
    }
    body = json.dumps(document).encode()
    queue = "eligibility.register" if type_ == PROVIDER_UPDATED else "eligibility.referrals"
    return Delivery(queue, type_, body, id_, type_, "", {}, False, 1)  # noqa: FBT003 - not redelivered


def referral(referral_id="R1", *, id_=None, child=None, **told):
    """Return a referral of one child of 12 as it is delivered."""
    data = {
        "referral_id": referral_id,
        "received_at": "2026-03-02T10:00:00+00:00",
        "purchaser": "kent",
        "needed_by": "later",
        "start_date": "2026-03-16",
        "duration": "short_term",
        "placement_type": "core",
        "need_category": "standard",
        "solo": False,
        "in_house_search": "done",
        "uasc": "no",
        "children": [
            {"child_ref": "C1", "date_of_birth": BORN, "disability": False} | (child or {})
        ],
    }
    return delivery(REFERRAL_RECEIVED, data | told, id_ or f"event-{referral_id}")


def update(*facts, urn="SC990001", id_="u1", at=NOW):
    """Return an update of an agency as it is delivered, said at an instant."""
    return delivery(PROVIDER_UPDATED, {"agency": urn, "facts": list(facts)}, id_, at)


class Running:
    """The service on a database, fed by hand."""

    def __init__(self, database, clock, pack=PACK):
        self.database = database
        self.clock = clock
        self.pack = pack
        self.service = _service(database, pack, clock)
        self._intake = self.another_worker()

    def another_worker(self):
        return Intake(
            service=SERVICE,
            database=self.database,
            handlers=self.service.handlers(),
            clock=self.clock,
        )

    def import_pack(self, clock=None):
        with work_on(self.database, clock or self.clock, SERVICE, cause_id="import") as work:
            return import_register(work, self.service.register_desk(), self.pack, "a commissioner")

    def take(self, *deliveries):
        """Take a batch, and return the messages that it sent."""
        before = len(self.sent())
        self._intake.take(deliveries)
        return self.sent()[before:]

    def sent(self):
        with self.database.reading() as connection:
            return [one.message for one in outbox.next_in_line(connection, limit=10_000)]

    def kept(self, table):
        with self.database.reading() as connection:
            return connection.execute(select(table)).all()

    def derived(self, decision_id):
        with self.database.reading() as connection:
            return self.service.archive().by_id(connection, decision_id)


def _service(database, pack, clock):
    """Return the service; the sample pack, which no test changes, is read and proved once."""
    if pack == PACK:
        return EligibilityService.working_with(database, framework(), policies(), clock)
    return EligibilityService.open(database, pack, clock)


def told(message):
    """Return the data of a message."""
    return decode(message.body).data


def entry(message, urn="SC990001"):
    """Return what a decision says of one agency."""
    return next(each for each in told(message).agencies if each.agency == urn)
