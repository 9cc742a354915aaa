"""The register: every fact about every agency, when it holds and when it became known."""

import hashlib
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Final

from services.eligibility.panel import Agency, Panel, agency_on
from services.eligibility.provider import (
    Judgement,
    Name,
    ProviderFact,
    fact_text,
    kind_of,
)

PANELS_KEPT: Final = 32
"""How many panels a register remembers; each is the register between two days of change."""

EMPTY_VERSION: Final = hashlib.sha256(b"fosterframe:register").hexdigest()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact about one agency, and the instant from which we knew it.

    Args:
        said_at: when somebody said it; none for what a file tells, which says no time. Of two
            facts that were said between two files the one that was said later counts, whichever
            came first.
    """

    urn: str
    fact: ProviderFact
    recorded_at: datetime
    said_at: datetime | None = None


class Register:
    """The facts in the order in which they were recorded. It never changes: a new fact, a new one.

    Its version is a digest of all its facts, made link by link, so that the version of each
    beginning of the register is known.
    """

    def __init__(self, recorded: Sequence[Recorded], *, version: str | None = None) -> None:
        self._recorded = tuple(recorded)
        self.version = version_after(EMPTY_VERSION, recorded) if version is None else version
        self._facts: dict[str, list[ProviderFact]] = {}
        for each in _in_order(self._recorded):
            self._facts.setdefault(each.urn, []).append(each.fact)
        self._change_points = sorted({day for each in recorded for day in _days(each.fact)})
        self._panels: OrderedDict[int, Panel] = OrderedDict()

    def __len__(self) -> int:
        return len(self._facts)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._facts))

    def __contains__(self, urn: object) -> bool:
        return urn in self._facts

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """Every fact, in the order in which they were recorded."""
        return self._recorded

    def history(self, urn: str) -> list[Recorded]:
        """Return all that was ever recorded of an agency, the oldest word first."""
        return [each for each in self._recorded if each.urn == urn]

    def agency(self, urn: str, on: date) -> Agency:
        """Return one agency as it stands on a day.

        Raises:
            KeyError: the agency is not on the register.
        """
        return agency_on(urn, self._facts[urn], on)

    def change_days(self, urn: str) -> list[date]:
        """Return the days on which a fact about an agency begins or ends, the earliest first.

        Between two of them it stands as it stands on the first.
        """
        return sorted({day for fact in self._facts.get(urn, ()) for day in _days(fact)})

    def facts_of(self, urn: str) -> tuple[ProviderFact, ...]:
        """Return the facts of an agency in the order in which they count; none, if none is told."""
        return tuple(self._facts.get(urn, ()))

    def with_(self, recorded: Sequence[Recorded]) -> "Register":
        """Return the register as it is after more facts were recorded, in that order."""
        version = version_after(self.version, recorded)
        return Register([*self._recorded, *recorded], version=version)

    def as_known_at(self, instant: datetime) -> "Register":
        """Return the register without what was recorded after an instant."""
        return Register([each for each in self._recorded if each.recorded_at <= instant])

    def panel(self, on: date) -> Panel:
        """Return all agencies with their facts as they stand on a day.

        Between two days on which any fact begins or ends it is one and the same panel.
        """
        interval = bisect_right(self._change_points, on)
        panel = self._panels.get(interval)
        if panel is None:
            panel = self._panels[interval] = self._made(on)
            if len(self._panels) > PANELS_KEPT:
                self._panels.popitem(last=False)
        else:
            self._panels.move_to_end(interval)
        return panel

    def _made(self, on: date) -> Panel:
        agencies = tuple(agency_on(urn, facts, on) for urn, facts in sorted(self._facts.items()))
        return Panel(self.version, agencies)


def version_after(version: str, recorded: Sequence[Recorded]) -> str:
    """Return the version of a register after more facts were recorded, in that order."""
    for each in recorded:
        known = each.recorded_at.astimezone(UTC).isoformat()
        said = each.said_at.astimezone(UTC).isoformat() if each.said_at else ""
        what = f"{each.urn}|{kind_of(each.fact)}|{fact_text(each.fact)}"
        told = f"{version}|{what}|{known}|{said}"
        version = hashlib.sha256(told.encode()).hexdigest()
    return version


def _in_order(recorded: Iterable[Recorded]) -> Iterator[Recorded]:
    """Yield facts in the order in which they count.

    A broker may hand over last what was said first. What a file tells stands where it came.
    """
    for is_said, run in groupby(recorded, key=lambda each: each.said_at is not None):
        facts = list(run)
        yield from sorted(facts, key=_when_said) if is_said else facts


def _when_said(recorded: Recorded) -> datetime:
    return recorded.said_at or recorded.recorded_at


def _days(fact: ProviderFact) -> list[date]:
    """Return the days on which the fact changes what is so."""
    if isinstance(fact, Name):
        return []
    if isinstance(fact, Judgement):
        return [fact.published_on]
    return [day for day in (fact.valid_from, fact.valid_to) if day is not None]
