"""Which purges there were: what they took away is not missing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from shared.persistence.tables import DELIVERY

PURGE_BEGUN: Final = "purge.begun"
PURGE_DONE: Final = "purge.done"

_acts = DELIVERY.acts


@dataclass(frozen=True, slots=True)
class Purge:
    """A purge: what ended before its horizon went from the instant on at which it began."""

    begun_at: datetime
    horizon: datetime


def purges(connection: Connection) -> list[Purge]:
    """Return every purge that was begun, the first one first."""
    begun = select(_acts.c.told, _acts.c.recorded_at).where(_acts.c.kind == PURGE_BEGUN)
    return [
        Purge(row.recorded_at, datetime.fromisoformat(json.loads(row.told)["horizon"]))
        for row in connection.execute(begun.order_by(_acts.c.number))
    ]


def purged_at(known: Sequence[Purge], recorded_at: datetime) -> datetime | None:
    """Return when the first purge began that took what was recorded then, if one did."""
    return next((one.begun_at for one in known if recorded_at < one.horizon), None)
