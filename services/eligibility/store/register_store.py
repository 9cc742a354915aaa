"""Keeps the register: facts are appended one after the other, each with the version it makes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, Row, insert, select, text

from services.eligibility.provider import (
    Judgement,
    Name,
    ProviderFact,
    fact_from,
    fact_text,
    kind_of,
)
from services.eligibility.register.register import EMPTY_VERSION, Recorded, Register, version_after
from services.eligibility.store.tables import register_facts
from shared.errors import FosterframeError

_KEY: Final = 0x_666F_7374_7265_6769
"""Names the lock among those of one database: any number will do, always the same one."""

_LATEST = (
    select(register_facts.c.number, register_facts.c.version)
    .order_by(register_facts.c.number.desc())
    .limit(1)
)


class NoSuchVersion(FosterframeError):  # noqa: N818 - a fact about the register
    """The register never had that version."""


def latest_version(connection: Connection) -> str:
    """Return the version of the register as it is now."""
    return _latest(connection)[1]


def read_register(connection: Connection, *, version: str | None = None) -> Register:
    """Return the register as it is now, or as it was at a version.

    Raises:
        NoSuchVersion: the register never had that version.
    """
    rows = connection.execute(select(register_facts).order_by(register_facts.c.number)).all()
    if version is None:
        return Register([_recorded(row) for row in rows], version=_version_of(rows))
    if version == EMPTY_VERSION:
        return Register([])
    for place, row in enumerate(rows, start=1):
        if row.version == version:
            return Register([_recorded(each) for each in rows[:place]], version=version)
    raise NoSuchVersion(f"The register never had the version {version}.")


def append(
    connection: Connection,
    told: Iterable[tuple[str, ProviderFact]],
    recorded_at: datetime,
    cause: str,
    *,
    said_at: datetime | None = None,
) -> str:
    """Add facts about agencies, and return the version of the register that they make.

    Args:
        connection: the transaction to write in.
        told: the agency's number and the fact, in the order in which they count.
        recorded_at: the instant from which we know them.
        said_at: when they were said; none for what a file tells.
        cause: the event or the command that told them.
    """
    claim_register(connection)
    number, version = _latest(connection)
    rows = []
    for number, (urn, fact) in enumerate(told, start=number + 1):  # noqa: B020 - counts on from the last
        version = version_after(version, [Recorded(urn, fact, recorded_at, said_at)])
        valid_from, valid_to = _days(fact)
        rows.append(
            {
                "number": number,
                "urn": urn,
                "kind": kind_of(fact),
                "valid_from": valid_from,
                "valid_to": valid_to,
                "told": fact_text(fact),
                "recorded_at": recorded_at,
                "said_at": said_at,
                "cause": cause,
                "version": version,
            }
        )
    if rows:
        connection.execute(insert(register_facts), rows)
    return version


def rely_on_register(connection: Connection) -> None:
    """Let nobody append to the register until the commit; many may rely on it at once.

    A decision that was made beside a change, and committed after it, would be found by nobody who
    follows that change. SQLite has one writer anyhow.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _KEY})


def claim_register(connection: Connection) -> None:
    """Let nobody else append to the register, nor rely on it, until the commit.

    So its versions follow each other. Who decides and then appends takes this at the beginning: two
    who rely on the register and then wait for each other to let go would wait for ever.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _KEY})


def _latest(connection: Connection) -> tuple[int, str]:
    row = connection.execute(_LATEST).one_or_none()
    return (0, EMPTY_VERSION) if row is None else (row.number, row.version)


def _version_of(rows: Sequence[Row[*tuple[object, ...]]]) -> str:
    return str(rows[-1].version) if rows else EMPTY_VERSION


def _recorded(row: Row[*tuple[object, ...]]) -> Recorded:
    return Recorded(row.urn, fact_from(row.kind, row.told), row.recorded_at, row.said_at)


def _days(fact: ProviderFact) -> tuple[date | None, date | None]:
    if isinstance(fact, Name):
        return None, None
    if isinstance(fact, Judgement):
        return fact.published_on, None
    return fact.valid_from, fact.valid_to
