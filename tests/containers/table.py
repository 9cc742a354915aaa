"""The table that a run ends in: what was done to the system, and what became of it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT = Path(__file__).parents[2] / "var" / "containers.json"
HEAD = ("fault", "in flight", "lost", "twice", "down s", "recovered s", "caught up s")


@dataclass
class Outcome:
    """One fault.

    Args:
        in_flight: messages that were taken and not answered when it happened.
        down_seconds: from the fault until the part was there again.
        recovered_seconds: from there until something that was taken afterwards was answered.
        caught_up_seconds: from there until everything that was taken before was answered.
    """

    fault: str
    in_flight: int
    published: int = 0
    lost: int | None = None
    done_twice: int | None = None
    down_seconds: float | None = None
    recovered_seconds: float | None = None
    caught_up_seconds: float | None = None

    def cells(self):
        seconds = (self.down_seconds, self.recovered_seconds, self.caught_up_seconds)
        return (
            self.fault,
            str(self.in_flight),
            *("?" if count is None else str(count) for count in (self.lost, self.done_twice)),
            *("-" if each is None else f"{each:.1f}" for each in seconds),
        )


class Table:
    """All outcomes of a run, and the figures that it measured."""

    def __init__(self):
        self.outcomes = []
        self.figures = {}

    def lines(self):
        """Return the table as text."""
        rows = [HEAD, *(outcome.cells() for outcome in self.outcomes)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
        lines = ["  ".join(_set(row, widths)) for row in rows] if self.outcomes else []
        return lines + [f"{what}: {measured}" for what, measured in self.figures.items()]

    def keep(self):
        """Write it where it can be read by a program."""
        KEPT.parent.mkdir(exist_ok=True)
        told = {"faults": [asdict(one) for one in self.outcomes], "figures": self.figures}
        KEPT.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _set(row, widths):
    first, *numbers = row
    yield first.ljust(widths[0])
    for cell, width in zip(numbers, widths[1:], strict=True):
        yield cell.rjust(width)
