"""The time comes from a clock that is passed in, so that a day can be replayed."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from shared.days import london_day


class Clock(Protocol):
    """Tells the time; nothing else in the services does."""

    def now(self) -> datetime:
        """Return the present instant, with its offset."""

    def today(self) -> date:
        """Return the present day in London."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the present day in London."""
        return london_day(self.now())


class SetClock:
    """A clock that stands where it is set: for the demo, replays and tests."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """Return the instant at which the clock is set."""
        return self._instant

    def today(self) -> date:
        """Return the day in London at which the clock is set."""
        return london_day(self._instant)

    def set(self, instant: datetime) -> None:
        """Put the clock at another instant."""
        self._instant = instant

    def advance(self, by: timedelta) -> None:
        """Move the clock on."""
        self._instant += by
