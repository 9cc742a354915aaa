"""Both services with a past, on each kind of database."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.eligibility.service import MIGRATIONS
from shared.clock import SetClock
from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.messaging.topology import topology
from shared.persistence.database import Database
from shared.persistence.migrate import migrate
from tests.delivery.worker_promises import QUICK_LADDER
from tests.eligibility.running import JUDGED, NOW, Running, referral, update
from tests.operating.commands import Operator
from tests.operating.resending import TRACE, emergency, in_a_trace
from tests.pricing.builders import FAMILY, OTHER_URN, URN
from tests.pricing.pricing_service import PricingService, amended, ended, started
from tests.pricing.test_shortlists import decided, judged

LATER = datetime(2032, 6, 1, 12, 0, tzinfo=UTC)
"""Six years and some months after all that happened."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/service.sqlite"
    return request.getfixturevalue("postgresql").url


@pytest.fixture
def eligibility(url):
    """An eligibility service that decided on five referrals; its register was changed between."""
    database = Database.open(url)
    migrate(database, MIGRATIONS)
    running = Running(database, SetClock(NOW))
    running.import_pack()
    running.take(*[referral(f"R{number}") for number in range(3)])
    running.take(update(JUDGED))
    running.take(*[referral(f"R{number}", solo=True) for number in range(3, 5)])
    yield running
    database.close()


@pytest.fixture
def pricing(url):
    """A pricing service with a placement that ended, one that was corrected, and one that lives."""
    service = PricingService(url)
    service.has_fees(families=(FAMILY, FAMILY._replace(agency=OTHER_URN)))
    service.hears(
        started("P-ended"),
        started("P-moved", date_of_birth=date(2016, 3, 20)),
        started("P-lives"),
        amended("P-moved", effective_from=date(2026, 3, 5), agency=OTHER_URN),
    )
    service.on(date(2026, 3, 20))
    service.hears(ended(date(2026, 3, 16), "P-ended"), ended(date(2026, 3, 17), "P-moved"))
    yield service
    service.database.close()


@pytest.fixture
def broker(rabbitmq):
    found = RabbitBroker(rabbitmq.url)
    link = found.connect()
    link.declare(topology(QUICK_LADDER))
    link.close()
    return found


@pytest.fixture
def operator(rabbitmq, tmp_path):
    return Operator(state=tmp_path, amqp_url=rabbitmq.url)


@pytest.fixture
def busy(eligibility):
    """An eligibility service that has told of all that it can tell, in traces and without."""
    eligibility.take(emergency(), in_a_trace(referral("R1", id_="again", version=2)))
    suspended = {"fact": "suspension", "valid_from": "2026-02-10", "reason": "staffing"}
    eligibility.take(in_a_trace(update(suspended, urn="SC990002", id_="u2"), "CASE-8"))
    return eligibility


@pytest.fixture
def priced(pricing):
    """A pricing service that has told of all that it can tell, in traces and without."""
    pricing.has_figures()
    urgent = decided(judged(URN, 1), judged(OTHER_URN, 2, "refer"), emergency=True)
    pricing.hears(
        decided(judged(URN, 1)),
        replace(urgent, id="D-urgent", correlation_id="CASE-7", traceparent=TRACE),
        replace(amended("P-lives", solo=True), correlation_id="CASE-9", traceparent=TRACE),
    )
    pricing.on(date(2026, 5, 4))
    pricing.reviews()
    pricing.hears(started("P-other", start_date=date(2026, 4, 20)))
    pricing.hears(ended(date(2026, 5, 1), "P-lives"))
    return pricing
