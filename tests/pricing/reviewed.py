"""Reads back what reviews have made of fees and placements."""

from services.pricing.store.review_lines import lines_of
from tests.pricing.builders import FAMILY

ID = "kent-medway-2026-04-01-final"


def fee_of(pricing, day, family=FAMILY, band="5-10"):
    """Return the fee of a key on a day."""
    points = [each for each in points_of(pricing, family, band) if each.valid_from <= day]
    return f"{points[-1].weekly}"


def points_of(pricing, family=FAMILY, band="5-10"):
    with pricing.desk.work("test") as work:
        return pricing.shelf.up_to_date(work.connection).points(family, band)


def lines_by_type(pricing, review_id):
    with pricing.database.reading() as connection:
        return {line.key.placement_type: line for line in lines_of(connection, review_id)}


def told(pricing):
    """Return what finance was told of each placement, the newest last."""
    return [
        (event.data.placement_id, event.data.effective_from, f"{event.data.new_weekly}")
        for event in pricing.sent()
    ]
