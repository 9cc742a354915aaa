"""What may be long is fetched from PostgreSQL as it is asked for, and not all at once."""

from datetime import date

import pytest
from sqlalchemy import func, select, table

from services.pricing.store.fees import every_point
from services.pricing.store.price_changes import sent_changes, told_to_agency
from services.pricing.store.review_lines import lines_of, spot_lines_of
from shared.days import Period
from tests.pricing.builders import URN
from tests.pricing.pricing_service import PricingService, started

pytestmark = pytest.mark.postgresql

OPEN_CURSORS = select(func.count()).select_from(table("pg_cursors"))
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


@pytest.fixture
def drafted(postgresql):
    """Return a service with something to read of each kind."""
    pricing = PricingService(postgresql.url)
    pricing.has_fees()
    pricing.has_figures()
    spot = {"agreement": "spot", "agreed_weekly": "1100.00"}
    pricing.hears(started("P1"), started("P2"), started("P3", **spot))
    pricing.previews(pricing.drafts(review_id="R").id)
    yield pricing
    pricing.database.close()


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(sent_changes, id="price changes"),
        pytest.param(lambda c: told_to_agency(c, URN, YEAR), id="what an agency is due"),
        pytest.param(lambda c: lines_of(c, "R"), id="review lines"),
        pytest.param(lambda c: spot_lines_of(c, "R"), id="spot lines"),
        pytest.param(every_point, id="fees"),
    ],
)
def test_after_the_first_row_the_server_still_holds_the_others(drafted, read):
    with drafted.database.reading() as connection:
        rows = read(connection)
        next(rows)

        held = connection.execute(OPEN_CURSORS).scalar_one()

        rows.close()
    assert held == 1
