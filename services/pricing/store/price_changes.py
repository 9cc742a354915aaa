"""Reads back what finance was told of placements."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from services.pricing.placement import Account
from services.pricing.reconcile import ToldChange
from services.pricing.store.tables import PRICE_CHANGES


def placements_changed_by(connection: Connection, cause_begins: str) -> int:
    """Return of how many placements finance was told anything by causes of that name."""
    changed = select(func.count(PRICE_CHANGES.c.placement_id.distinct()))
    caused = PRICE_CHANGES.c.caused_by.startswith(cause_begins, autoescape=True)
    return connection.execute(changed.where(caused)).scalar_one()


def told_changes(connection: Connection, placement_id: str) -> Iterator[ToldChange]:
    """Yield everything that finance was told of one placement, in sequence."""
    found = (
        select(PRICE_CHANGES)
        .where(PRICE_CHANGES.c.placement_id == placement_id)
        .order_by(PRICE_CHANGES.c.sequence)
    )
    for row in connection.execute(found):
        yield ToldChange(
            placement_id=row.placement_id,
            sequence=row.sequence,
            start=row.effective_from,
            end=row.effective_to,
            account=Account(row.agency, row.purchaser, row.service_line, row.funding),
            old_weekly=row.old_weekly,
            new_weekly=row.new_weekly,
        )
