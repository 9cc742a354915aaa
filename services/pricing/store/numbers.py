"""Gives numbers that rise in the order of the commits, so that a reader never skips one."""

from sqlalchemy import Connection, insert, select, update

from services.pricing.store.tables import COUNTERS


def allot(connection: Connection, name: str, count: int) -> range:
    """Return the next numbers of a kind.

    Who was given numbers holds the counter until the commit: numbers given later are committed
    later, too. A reader that remembers the last number has seen every one before it.
    """
    raised = (
        update(COUNTERS)
        .where(COUNTERS.c.name == name)
        .values(last=COUNTERS.c.last + count)
        .returning(COUNTERS.c.last)
    )
    last = connection.execute(raised).scalar()
    if last is None:
        connection.execute(insert(COUNTERS), [{"name": name, "last": count}])
        last = count
    return range(last - count + 1, last + 1)


def stand_still(connection: Connection, name: str) -> None:
    """Let nobody else be given numbers of a kind, nor rely on the last one, until the commit."""
    allot(connection, name, 0)


def held(connection: Connection, name: str) -> int:
    """Return the last number of a kind; no other is given until the commit.

    Many may rely on it at once. Who wants to give one waits for them.
    """
    last = select(COUNTERS.c.last).where(COUNTERS.c.name == name).with_for_update(read=True)
    return connection.execute(last).scalar() or 0


def last_given(connection: Connection, name: str) -> int:
    """Return the last number of a kind, 0 before the first."""
    return connection.execute(select(COUNTERS.c.last).where(COUNTERS.c.name == name)).scalar() or 0
