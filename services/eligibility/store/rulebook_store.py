"""Keeps every rulebook that decides, so that its decisions can be derived again later."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from services.eligibility.rulebook import Rulebook
from services.eligibility.store.tables import rulebooks
from shared.errors import FosterframeError


class NoSuchRulebook(FosterframeError):  # noqa: N818 - a fact about the store
    """No rulebook with that digest was ever kept."""


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


def content(connection: Connection, digest: str) -> bytes:
    """Return a rulebook as it was written.

    Raises:
        NoSuchRulebook: none with that digest was ever kept.
    """
    kept = connection.scalar(select(rulebooks.c.content).where(rulebooks.c.digest == digest))
    if kept is None:
        raise NoSuchRulebook(f"No rulebook with the digest {digest} is kept in this database.")
    return str(kept).encode()
