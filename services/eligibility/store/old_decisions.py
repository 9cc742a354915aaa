"""Which decisions and withdrawals are old enough to go, a portion at a time."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Column, Connection, Table, delete, func, select

from services.eligibility.store.tables import (
    concerns,
    decisions,
    shadow_differences,
    withdrawals,
)
from shared.persistence.old_rows import Horizon, OldRows, Removed


def _old(table: Table, key: "Column[str]", instant: "Column[object]") -> OldRows:
    def count(connection: Connection, horizon: Horizon) -> Mapping[str, int]:
        old = select(func.count()).select_from(table).where(instant < horizon.instant)
        return {table.name: connection.execute(old).scalar_one()}

    def remove(connection: Connection, horizon: Horizon, after: str, limit: int) -> Removed:
        old = select(key).where(instant < horizon.instant, key > after).order_by(key).limit(limit)
        keys = connection.scalars(old).all()
        if keys:
            connection.execute(delete(table).where(key.in_(keys)))
        return Removed({table.name: len(keys)}, keys[-1] if len(keys) == limit else None)

    return OldRows(count, remove)


OLD_ROWS: Final = (
    _old(decisions, decisions.c.decision_id, decisions.c.decided_at),
    _old(shadow_differences, shadow_differences.c.decision_id, shadow_differences.c.recorded_at),
    _old(withdrawals, withdrawals.c.event_id, withdrawals.c.recorded_at),
    _old(concerns, concerns.c.concern_id, concerns.c.recorded_at),
)
"""A decision and a concern are over when they are told, and what a rulebook in shadow would have
decided goes with the decision. Where a child lives is kept: a placement may last for many years,
and nothing is kept of the child."""
