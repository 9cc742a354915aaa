"""Refuses days in messages that lie so far off that no week of them can be reckoned with."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from shared.days import Period
from shared.errors import CannotSucceed

RECKONED: Final = Period(date(1900, 1, 1), date(2200, 1, 1))
"""The days that messages may name: a birthday or a year more still lies in the calendar."""


def check_days(told: Mapping[str, date | None]) -> None:
    """Refuse a day beyond those that can be reckoned with.

    Args:
        told: days of the data, by their fields.

    Raises:
        CannotSucceed: one lies too far off.
    """
    for field, day in told.items():
        if day is not None and day not in RECKONED:
            raise CannotSucceed(
                "the day lies too far off",
                field=f"data.{field}",
                advice=f"Days run from {RECKONED.start} to before {RECKONED.end}; "
                "what has no end is sent without one.",
            )
