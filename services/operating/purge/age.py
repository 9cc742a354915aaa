"""How long ago something must have ended to be purged: 90d, 18m or 6y."""

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final

from shared.clock import Clock
from shared.days import LONDON, london_day
from shared.errors import FosterframeError
from shared.persistence.old_rows import SHORTEST, Horizon

_AGE: Final = re.compile(r"([1-9][0-9]{0,4})([dmy])")
_OLDEST_YEAR: Final = 1900


class AgeRefused(FosterframeError):  # noqa: N818 - what became of it
    """That is no age, or one at which nothing may be purged."""


def horizon_of(age: str, clock: Clock) -> Horizon:
    """Return the midnight in London that lies that long ago; what ended before it goes.

    Raises:
        AgeRefused: it is not written as days, months or years, or is too short.
    """
    told = _AGE.fullmatch(age.strip().lower())
    if told is None:
        raise AgeRefused(
            f"{age!r} is no age. Write a number and d, m or y: 90d, 18m, 6y (days, months, years)."
        )
    today = clock.today()
    number, unit = int(told[1]), told[2]
    if unit == "d":
        day = today - timedelta(days=min(number, (today - today.replace(year=_OLDEST_YEAR)).days))
    else:
        months = today.year * 12 + today.month - 1 - number * (12 if unit == "y" else 1)
        year, month = max(months // 12, _OLDEST_YEAR), months % 12 + 1
        day = today.replace(year=year, month=month, day=1)
        day = day.replace(day=min(today.day, monthrange(year, month)[1]))
    now = clock.now()
    if day > london_day(now - SHORTEST):
        raise AgeRefused(
            f"Nothing younger than {SHORTEST.days} days is purged: until then a copy of a message "
            "may still come, from a queue, a sender that was down or a restored backup, and "
            "without its row in the inbox it would be taken as new."
        )
    return Horizon(datetime(day.year, day.month, day.day, tzinfo=LONDON), day, now)
