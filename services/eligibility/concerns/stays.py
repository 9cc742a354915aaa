"""With which agency a child lives, from which day to which, by all that was said of a placement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

STARTED: Final = "started"
AMENDED: Final = "amended"
ENDED: Final = "ended"


@dataclass(frozen=True, slots=True)
class PlacementWord:
    """One thing that was said of where a child lives.

    Args:
        day: the day from which it holds: the start, the effective day, or the end; none where an
            end is taken back.
        start_date: the day on which the placement starts; it holds whatever the `day`.
        said_at: when it was said; of two words on the same day the later one counts.
    """

    event_id: str
    placement_id: str
    word: Literal["started", "amended", "ended"]
    said_at: datetime
    agency: str | None = None
    day: date | None = None
    start_date: date | None = None


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """The days that a child lives with one agency, `until` being the first day no more."""

    placement_id: str
    agency: str
    since: date
    until: date | None = None

    def lasts_beyond(self, day: date) -> bool:
        """Say whether the child lives there on a day, or comes to live there later."""
        return self.until is None or day < self.until


def stays(words: Iterable[PlacementWord]) -> list[Stay]:
    """Return where children live, in the order of the placements and of their days.

    In whatever order the words arrived, they come to the same: each counts by its day, and by
    when it was said. What was never said to have started is not there yet.
    """
    by_placement: dict[str, list[PlacementWord]] = {}
    for word in words:
        by_placement.setdefault(word.placement_id, []).append(word)
    found = []
    for _, said in sorted(by_placement.items()):
        found += _of_one(sorted(said, key=_when))
    return found


def _of_one(said: list[PlacementWord]) -> list[Stay]:
    """Return the stays of one placement, from its words in the order in which they were said."""
    # One that starts again, and otherwise, is refused by who pays for it: the first word counts.
    started = next((each for each in said if each.word == STARTED), None)
    if started is None or started.agency is None or started.day is None:
        return []
    amended = [each for each in said if each.word == AMENDED]
    start = started.day
    for each in amended:
        start = each.start_date or start
    end = next((each.day for each in reversed(said) if each.word == ENDED), None)
    agencies = _by_day(started.agency, start, amended)
    found: list[Stay] = []
    for (since, agency), following in zip(agencies, [*agencies[1:], None], strict=True):
        moved_on = following[0] if following else None
        until = min((day for day in (moved_on, end) if day is not None), default=None)
        if until is None or since < until:
            found.append(Stay(started.placement_id, agency, since, until))
    return found


def _by_day(agency: str, start: date, amended: list[PlacementWord]) -> list[tuple[date, str]]:
    """Return each agency with the day from which the child lives with it.

    What is amended from before the start holds from the start; of one day the last word counts.
    """
    by_day = {start: agency}
    told = [(each.day, each.agency) for each in amended if each.day and each.agency]
    for day, other in sorted(told, key=lambda each: each[0]):
        by_day[max(day, start)] = other
    moves: list[tuple[date, str]] = []
    for day, other in by_day.items():
        if not moves or moves[-1][1] != other:
            moves.append((day, other))
    return moves


def _when(word: PlacementWord) -> tuple[datetime, str]:
    return word.said_at, word.event_id
