"""Which decisions and withdrawals are old enough to go, a portion at a time."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
)

from services.eligibility.store.open_referrals import start_date_told
from services.eligibility.store.tables import (
    concerns,
    decisions,
    shadow_differences,
    withdrawals,
)
from shared.persistence.old_rows import Horizon, OldRows, Removed

IsOver = Callable[[Connection, Horizon], ColumnElement[bool]]


def _old(table: Table, key: "Column[str]", is_over: IsOver) -> OldRows:
    def count(connection: Connection, horizon: Horizon) -> Mapping[str, int]:
        old = select(func.count()).select_from(table).where(is_over(connection, horizon))
        return {table.name: connection.execute(old).scalar_one()}

    def remove(connection: Connection, horizon: Horizon, after: str, limit: int) -> Removed:
        old = select(key).where(is_over(connection, horizon), key > after)
        old = old.order_by(key).limit(limit)
        keys = connection.scalars(old).all()
        if keys:
            connection.execute(delete(table).where(key.in_(keys)))
        return Removed({table.name: len(keys)}, keys[-1] if len(keys) == limit else None)

    return OldRows(count, remove)


def _is_decision_over(connection: Connection, horizon: Horizon) -> ColumnElement[bool]:
    started = or_(
        and_(decisions.c.start_date.is_not(None), decisions.c.start_date < horizon.day),
        and_(
            decisions.c.start_date.is_(None),
            start_date_told(connection) < horizon.day.isoformat(),
        ),
    )
    return and_(decisions.c.decided_at < horizon.instant, started)


def _is_difference_over(connection: Connection, horizon: Horizon) -> ColumnElement[bool]:
    of = shadow_differences.c
    stays = _stays(decisions.c.decision_id == of.decision_id, connection, horizon)
    return and_(of.recorded_at < horizon.instant, not_(stays))


def _is_withdrawal_over(connection: Connection, horizon: Horizon) -> ColumnElement[bool]:
    of = withdrawals.c
    stays = _stays(decisions.c.referral_id == of.referral_id, connection, horizon)
    return and_(of.recorded_at < horizon.instant, not_(stays))


def _is_concern_over(_: Connection, horizon: Horizon) -> ColumnElement[bool]:
    return concerns.c.recorded_at < horizon.instant


def _stays(
    which: ColumnElement[bool], connection: Connection, horizon: Horizon
) -> ColumnElement[bool]:
    return exists().where(which, not_(_is_decision_over(connection, horizon)))


OLD_ROWS: Final = (
    _old(decisions, decisions.c.decision_id, _is_decision_over),
    _old(shadow_differences, shadow_differences.c.decision_id, _is_difference_over),
    _old(withdrawals, withdrawals.c.event_id, _is_withdrawal_over),
    _old(concerns, concerns.c.concern_id, _is_concern_over),
)
"""A decision is over when the day on which its referral was to start is past: until then a home is
looked for, and an agency that changes may have it decided again. With it go what a rulebook in
shadow would have decided and the withdrawal of its referral, which would be open again without.
A concern is over when it is told. Where a child lives is kept: a placement may last for many
years, and nothing is kept of the child."""
