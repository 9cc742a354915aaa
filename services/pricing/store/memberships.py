"""Reads back on which days each agency is on the framework, as commissioning told it."""

from collections import defaultdict

from sqlalchemy import Connection, func, select

from services.pricing.membership import periods_of
from services.pricing.store.tables import PROVIDER_FACTS
from shared.days import Period

_MEMBERSHIP = "membership"
_as_told = (
    func.coalesce(PROVIDER_FACTS.c.told_at, PROVIDER_FACTS.c.recorded_at),
    PROVIDER_FACTS.c.id,
)


def memberships(connection: Connection) -> dict[str, tuple[Period, ...]]:
    """Return the days of every agency's membership; an agency of which none was told is not in."""
    told: defaultdict[str, list[Period]] = defaultdict(list)
    facts = (
        select(PROVIDER_FACTS.c.agency, PROVIDER_FACTS.c.valid_from, PROVIDER_FACTS.c.valid_to)
        .where(PROVIDER_FACTS.c.fact == _MEMBERSHIP)
        .order_by(*_as_told)
    )
    for agency, start, end in connection.execute(facts):
        told[agency].append(Period(start, end))
    return {agency: periods_of(periods) for agency, periods in told.items()}


def memberships_of(connection: Connection, agency: str) -> tuple[Period, ...]:
    """Return the days of one agency's membership; none where none was told."""
    facts = (
        select(PROVIDER_FACTS.c.valid_from, PROVIDER_FACTS.c.valid_to)
        .where(PROVIDER_FACTS.c.fact == _MEMBERSHIP, PROVIDER_FACTS.c.agency == agency)
        .order_by(*_as_told)
    )
    return periods_of(Period(start, end) for start, end in connection.execute(facts))


def last_fact(connection: Connection) -> int:
    """Return the number of the last fact that was told of any agency, 0 before the first."""
    return connection.execute(select(func.max(PROVIDER_FACTS.c.id))).scalar() or 0


def agencies_told_after(connection: Connection, fact: int) -> list[str]:
    """Return the agencies of whose membership something was told after a fact."""
    told = select(PROVIDER_FACTS.c.agency).where(
        PROVIDER_FACTS.c.fact == _MEMBERSHIP, PROVIDER_FACTS.c.id > fact
    )
    return sorted(set(connection.scalars(told)))
