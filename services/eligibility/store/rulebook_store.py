"""Keeps every rulebook that decides, so that its decisions can be derived again later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from services.eligibility.rulebooks.rulebook import Rulebook
from services.eligibility.store.tables import rulebooks
from shared.days import Period
from shared.errors import FosterframeError


class NoSuchRulebook(FosterframeError):  # noqa: N818 - a fact about the store
    """No rulebook with that digest was ever kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A rulebook that is kept: what it is called and when it is to hold, without its criteria."""

    digest: str
    name: str
    version: str
    in_force: Period
    recorded_at: datetime

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def keep(connection: Connection, told: Iterable[Rulebook], recorded_at: datetime) -> None:
    """Keep rulebooks as they were written, those that are not kept yet."""
    rows = [
        {
            "digest": rulebook.digest,
            "name": rulebook.name,
            "version": rulebook.version,
            "in_force_from": rulebook.in_force.start,
            "in_force_to": rulebook.in_force.end,
            "content": rulebook.content.decode(),
            "recorded_at": recorded_at,
        }
        for rulebook in told
    ]
    # Several workers start at once, and each brings the same rulebooks.
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(rulebooks).on_conflict_do_nothing(), rows)


def kept_rulebooks(connection: Connection) -> dict[str, Kept]:
    """Return every rulebook that is kept, by its digest, the first to be kept first."""
    told = [column for column in rulebooks.c if column is not rulebooks.c.content]
    rows = connection.execute(select(*told).order_by(rulebooks.c.recorded_at, rulebooks.c.digest))
    return {
        row.digest: Kept(
            row.digest,
            row.name,
            row.version,
            Period(row.in_force_from, row.in_force_to),
            row.recorded_at,
        )
        for row in rows
    }


def content(connection: Connection, digest: str) -> bytes:
    """Return a rulebook as it was written.

    Raises:
        NoSuchRulebook: none with that digest was ever kept.
    """
    kept = connection.scalar(select(rulebooks.c.content).where(rulebooks.c.digest == digest))
    if kept is None:
        raise NoSuchRulebook(f"No rulebook with the digest {digest} is kept in this database.")
    return str(kept).encode()
