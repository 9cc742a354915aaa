"""Waits for a database that is just starting, and says so; for a while, and not for ever."""

import logging
import time
from typing import Final

from sqlalchemy import text

from shared.errors import DatabaseAway
from shared.logs import told
from shared.persistence.backing_off import pauses
from shared.persistence.database import Database

START_SECONDS: Final = 60
"""How long a server may take to start; in a fresh container it makes its files first."""

_log: Final = logging.getLogger(__name__)


def await_database(
    database: Database, service: str, *, patience_seconds: float = START_SECONDS
) -> None:
    """Return as soon as the database answers. A file is there, or it is not: it is asked once.

    Raises:
        DatabaseAway: it did not answer; says what was heard from it last.
    """
    ends = time.monotonic() + (0 if database.is_sqlite else patience_seconds)
    for pause in pauses():
        try:
            with database.reading() as connection:
                connection.execute(text("SELECT 1"))
        except DatabaseAway as away:
            heard = _heard(away)
            if time.monotonic() + pause > ends:
                waited = "" if database.is_sqlite else f" within {patience_seconds:.0f} s"
                raise DatabaseAway(
                    f"The database of {service} did not answer{waited}: {heard}. Is it running, "
                    "and are its address, name, user and password right?"
                ) from away
            _log.warning(
                "the database of %s does not answer yet: %s",
                service,
                heard,
                extra=told(part=service),
            )
            time.sleep(pause)
        else:
            return


def _heard(away: DatabaseAway) -> str:
    """Return what the driver said, on one line; it names hosts and users, and no passwords."""
    cause = away.__cause__
    said = str(getattr(cause, "orig", None) or cause or away)
    return " ".join(said.split())[:300].rstrip(".?! ") or type(cause).__name__
