"""Compares every price change that finance was told of with what the log says of it."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, select

from services.operating.audit.finance import AcknowledgementsKept
from services.operating.audit.verification import Comparison, Placed, Seen
from services.pricing.changes import Change
from services.pricing.placement import Account
from services.pricing.placements.telling import sealed
from services.pricing.store.old_placements import purged_among
from services.pricing.store.price_changes import arrears_told
from services.pricing.store.tables import DELIVERY, PRICE_CHANGES
from shared.contracts.catalogue import PRICE_CHANGED
from shared.money import NOTHING
from shared.persistence.chain import Break
from shared.persistence.purges import purged_at
from shared.settings import Settings

_AT_A_TIME: Final = 500
_log = DELIVERY.log


class PriceChangesKept:
    """Compares price changes with the log: their days, their account and their pounds."""

    kinds: Sequence[str] = (PRICE_CHANGED,)

    def compare(self, connection: Connection, entries: Sequence[Placed], seen: Seen) -> list[Break]:
        """Return the first price change that is gone, or says something else now."""
        for start in range(0, len(entries), _AT_A_TIME):
            some = entries[start : start + _AT_A_TIME]
            placements = {entry.subject for _, entry in some}
            kept = sealed_rows(connection, placements, {entry.recorded_at for _, entry in some})
            purged = purged_among(connection, placements)
            for position, entry in some:
                if entry.body_digest in kept[entry.subject]:
                    seen.compared[PRICE_CHANGED] += 1
                elif entry.subject in purged and purged_at(seen.purges, entry.recorded_at):
                    seen.purged[PRICE_CHANGED] += 1
                else:
                    which = f"a price change of the placement {entry.subject}"
                    return [Break(position, f"{which} was altered or removed")]
        return []

    def unlogged(self, connection: Connection) -> str:
        """Say of which placement more price changes are kept than were logged, or nothing."""
        key = (PRICE_CHANGES.c.placement_id, PRICE_CHANGES.c.recorded_at)
        stored = select(*key, func.count().label("n")).group_by(*key).subquery()
        of_log = (_log.c.subject, _log.c.recorded_at)
        logged = (
            select(*of_log, func.count().label("n"))
            .where(_log.c.kind == PRICE_CHANGED)
            .group_by(*of_log)
            .subquery()
        )
        same = and_(
            logged.c.subject == stored.c.placement_id,
            logged.c.recorded_at == stored.c.recorded_at,
        )
        found = select(stored.c.placement_id).outerjoin_from(stored, logged, same)
        strange = found.where(func.coalesce(logged.c.n, 0) < stored.c.n).limit(1)
        placement_id = connection.scalar(strange)
        if placement_id is None:
            return ""
        return f"a price change of the placement {placement_id} is kept and was never logged"


def sealed_rows(
    connection: Connection, placements: set[str], instants: set[datetime]
) -> defaultdict[str, dict[str, Row[Any]]]:
    """Return the price changes that were recorded then, by placement and what the log should say.

    What was altered since is not found by what the log says of it.
    """
    found: defaultdict[str, dict[str, Row[Any]]] = defaultdict(dict)
    wanted = select(PRICE_CHANGES).where(
        PRICE_CHANGES.c.placement_id.in_(placements), PRICE_CHANGES.c.recorded_at.in_(instants)
    )
    for row in connection.execute(wanted):
        change = Change(
            start=row.effective_from,
            end=row.effective_to,
            account=Account(row.agency, row.purchaser, row.service_line, row.funding),
            old_weekly=row.old_weekly,
            new_weekly=row.new_weekly,
            causes=(),
            arrears=(),
        )
        told = sealed(row.placement_id, row.sequence, change, row.arrears)
        if _adds_up(row):
            found[row.placement_id][hashlib.sha256(told).hexdigest()] = row
    return found


def _adds_up(row: Row[Any]) -> bool:
    """Say whether the lines of the arrears come to the arrears, which the log proves."""
    if row.lines is None:
        return True
    try:
        return bool(sum((line.amount for line in arrears_told(row)), NOTHING) == row.arrears)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        # They are no lines any more.
        return False


def comparisons(_settings: Settings) -> Sequence[Comparison]:
    """Return what is compared in the pricing service's database."""
    return (PriceChangesKept(), AcknowledgementsKept())
