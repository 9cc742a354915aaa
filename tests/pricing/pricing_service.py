"""The pricing service on a real database, without a broker: what goes in, and what waits to go."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from services.pricing.desk import MIGRATIONS, Desk
from services.pricing.fee_book.importing import import_fees
from services.pricing.fee_book.prices_csv import TenderedFee
from services.pricing.fees import FeeCause
from services.pricing.figures.index_table_csv import read_index_file
from services.pricing.figures.wages_csv import read_wages
from services.pricing.finance.reconcile import ToldChange, reconcile
from services.pricing.handlers.table import handlers
from services.pricing.placement import Account, placement_of
from services.pricing.placements.telling import current_timeline
from services.pricing.reviews.apply import apply
from services.pricing.reviews.approval import approve
from services.pricing.reviews.draft import draft
from services.pricing.reviews.preview import preview
from services.pricing.store.fee_book import FeeShelf
from services.pricing.store.figures import import_index, import_wages
from services.pricing.store.placements import events_of, every_id
from services.pricing.store.reviews import PREVIEWED
from shared.clock import SetClock
from shared.contracts.event import Event, decode, encode
from shared.contracts.placement import PlacementAmended, PlacementEnded, PlacementStarted
from shared.contracts.provider import Membership, ProviderUpdated
from shared.messaging.batch import Intake
from shared.messaging.message import Delivery
from shared.messaging.received import ATTEMPT_HEADER
from shared.messaging.topology import RETRY_DELAYS_SECONDS
from shared.money import pounds
from shared.persistence import outbox
from shared.persistence.database import Database
from shared.persistence.migrate import migrate
from tests.pricing.builders import BANDS, FAMILY, NATIONAL, framework, key, sample_terms

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
APRIL_2026 = date(2026, 4, 1)
TENDER = "tender-2022"

QUEUES = {
    "eligibility.decided.v1": "pricing.decisions",
    "finance.acknowledged.v1": "pricing.acknowledgements",
    "provider.updated.v1": "pricing.register",
}
"""Where messages come that are not about placements."""


class PricingService:
    """Takes events, and shows what it would publish."""

    def __init__(self, url):
        self.database = Database.open(url)
        migrate(self.database, MIGRATIONS)
        self.clock = SetClock(MORNING)
        self.desk = Desk(self.database, self.clock, framework())
        self.intake = Intake(
            service="pricing",
            database=self.database,
            handlers=handlers(framework()),
            clock=self.clock,
        )
        self.shelf = FeeShelf()
        self.terms = sample_terms()

    def on(self, day):
        """Put the clock at nine in the morning of a day."""
        self.clock.set(datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC))

    def hears(self, *events):
        self.intake.take([delivery(event) for event in events])

    def hears_again(self, event, attempt=2):
        """Take an event that comes back from where it waited to be tried again."""
        self.intake.take([replace(delivery(event), headers={ATTEMPT_HEADER: attempt})])

    def hears_for_the_last_time(self, event):
        """Take an event that was tried as often as any is."""
        self.hears_again(event, len(RETRY_DELAYS_SECONDS) + 1)

    def waiting(self):
        """Return every message that waits to be published."""
        with self.database.reading() as connection:
            return [each.message for each in outbox.next_in_line(connection, limit=100_000)]

    def sent(self, type_="price.changed.v1"):
        """Return the events of a type that wait to be published."""
        return [decode(each.body) for each in self.waiting() if each.type == type_]

    def fates(self):
        """Return the routing keys of everything that did not go to plan, with the reasons."""
        return [
            json.loads(each.body)["data"]["reason"]
            for each in self.waiting()
            if each.type == "message.rejected.v1"
        ]

    def rejections(self):
        """Return the field and the reason of everything that did not go to plan."""
        told = [event.data for event in self.sent("message.rejected.v1")]
        return [(each.field, each.reason) for each in told]

    def retried(self):
        return [each for each in self.waiting() if "retry" in each.exchange]

    def has_fees(self, weekly="900.00", *, families=(FAMILY,), valid_from=date(2022, 4, 1)):
        return self.imports(
            *(tendered(weekly, band, family, valid_from) for family in families for band in BANDS)
        )

    def imports(self, *fees):
        return import_fees(self.desk, fees, cause_id="pack")

    def has_figures(self):
        with self.database.transaction() as connection:
            import_index(connection, read_index_file(NATIONAL / "ons_d7g7.csv"), MORNING)
            import_wages(connection, read_wages(NATIONAL / "minimum_wage.csv"), MORNING)

    def drafts(self, effective_from=APRIL_2026, **told):
        return draft(self.desk, self.terms, effective_from, **({"actor": "a.analyst"} | told))

    def previews(self, review_id, actor="a.analyst"):
        return preview(self.desk, review_id, actor=actor)

    def approves(self, review, **told):
        usual = {
            "actor": "b.director",
            "decision_reference": "26/00001",
            "digest": review.last(PREVIEWED).body["digest"],
        }
        return approve(self.desk, review.id, **(usual | told))

    def applies(self, review_id):
        return apply(self.desk, review_id, actor="a.analyst")

    def reviews(self, effective_from=APRIL_2026, **told):
        """Take a review through all its steps; return what finance is told at the end."""
        review = self.previews(self.drafts(effective_from, **told).id)
        self.approves(review)
        return self.applies(review.id)[0]

    def timelines(self):
        """Return every placement's timeline as it holds now."""
        shelf = FeeShelf()
        with self.desk.work("test") as work:
            fees = shelf.up_to_date(work.connection)
            known = events_of(work.connection, every_id(work.connection))
            return {
                placement_id: current_timeline(
                    work, placement_of(one.events, framework()), fees, framework()
                )
                for placement_id, one in known.items()
            }

    def mismatches(self):
        """Return in what finance, had it received all that waits, would differ."""
        return reconcile([told_change(event.data) for event in self.sent()], self.timelines())


def told_change(data):
    account = Account(data.agency, data.purchaser, data.service_line, data.funding)
    return ToldChange(
        data.placement_id,
        data.sequence,
        data.effective_from,
        data.effective_to,
        account,
        data.old_weekly,
        data.new_weekly,
    )


def tendered(weekly, band, family=FAMILY, valid_from=date(2022, 4, 1), kind="tender", ref=TENDER):
    return TenderedFee(key(band, family=family), valid_from, pounds(weekly), FeeCause(kind, ref))


def started(placement_id="P1", *, event_id=None, **told):
    usual = {
        "placement_id": placement_id,
        "child_ref": "C1",
        "date_of_birth": date(2017, 6, 10),
        **FAMILY._asdict(),
        "start_date": date(2026, 3, 2),
        "duration": "short_term",
        "solo": False,
        "disability": False,
        "uasc": False,
        "agreement": "framework",
    }
    data = PlacementStarted(**(usual | told))
    return event("placement.started.v1", placement_id, data, event_id)


def amended(placement_id="P1", *, event_id=None, **told):
    usual = {"placement_id": placement_id, "effective_from": date(2026, 3, 2)}
    data = PlacementAmended(**(usual | told))
    return event("placement.amended.v1", placement_id, data, event_id, hour=10)


def ended(end_date, placement_id="P1", *, event_id=None, hour=11):
    data = PlacementEnded(placement_id=placement_id, end_date=end_date)
    return event("placement.ended.v1", placement_id, data, event_id, hour=hour)


def member(agency, valid_from, valid_to=None, *, event_id=None, hour=9):
    """Return that an agency is on the framework on some days."""
    fact = Membership(fact="membership", valid_from=valid_from, valid_to=valid_to)
    data = ProviderUpdated(agency=agency, facts=(fact,))
    told = event_id or f"member-{agency}-{valid_from}-{valid_to}"
    return event("provider.updated.v1", agency, data, told, hour=hour)


def event(type_, subject, data, event_id=None, hour=9):
    return Event(
        id=event_id or f"{type_}-{subject}",
        type=type_,
        source="urn:test:case-management",
        subject=subject,
        time=MORNING.replace(hour=hour),
        data=data,
    )


def delivery(told):
    return Delivery(
        queue=QUEUES.get(told.type, "pricing.placements"),
        routing_key=told.type,
        body=encode(told),
        message_id=told.id,
        type=told.type,
        correlation_id=told.subject,
        headers={},
        is_redelivered=False,
        tag=1,
    )
