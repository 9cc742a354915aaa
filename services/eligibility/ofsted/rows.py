"""Reads the rows of Ofsted's provider files: what each tells of one fostering agency."""

from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, TypeVar

from services.eligibility.facts import Grade, SubGrade
from services.eligibility.ofsted.sheets import Numbered, ProviderSheet, provider_sheets
from services.eligibility.ofsted.words import (
    COLUMNS,
    PROVISION,
    Cell,
    Meaning,
    NotSaidSo,
    Status,
    day_in,
    grade_in,
    plain,
    status_in,
    sub_grade_in,
    text_in,
    urn_in,
)
from shared.errors import Fault
from shared.framework.faults import shown

OTHER_PROVISION: Final = "other_provision"
NOT_ON_FRAMEWORK: Final = "not_on_the_framework"
VISITS: Final = "visits_without_a_grade"

_FULL: Final = "full"
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class OfstedRow:
    """What one row tells of an agency; what is none it leaves open.

    Args:
        sheet, line: where the row stands.
    """

    sheet: ProviderSheet
    line: int
    urn: str
    owner: str
    status: Status | None
    registered: date | None
    ended: date | None
    inspected: date | None = None
    published: date | None = None
    overall: Grade | None = None
    helped_and_protected: SubGrade = "unknown"
    leaders_and_managers: SubGrade = "unknown"

    def fault(self, meaning: Meaning, found: object, allowed: str) -> Fault:
        """Return what is wrong with what the row tells."""
        column = self.sheet.name_of(meaning)
        return Fault(self.sheet.label, self.line, column, shown(found), allowed)


@dataclass(frozen=True, slots=True)
class OfstedFile:
    """What a file tells of fostering agencies.

    Args:
        refused: what cannot be read, each with its row.
        skipped: how many rows are about something else, by what.
        notices: what a reader should know of how the file was read.
    """

    rows: list[OfstedRow]
    refused: list[Fault]
    skipped: Counter[str]
    notices: list[str]


def read_ofsted(name: str, body: bytes, agencies: Container[str]) -> OfstedFile:
    """Return what one of Ofsted's provider files tells of independent fostering agencies.

    Args:
        name: what the file is called.
        body: what it holds.
        agencies: the numbers of those on the register; the rows of others are only counted.

    Raises:
        FileRefused: it is no CSV, ODS or XLSX, or holds no table of providers.
    """
    sheets, notices = provider_sheets(name, body)
    read = OfstedFile([], [], Counter(), notices)
    for sheet in sheets:
        if "overall" not in sheet.columns:
            names = ", ".join(COLUMNS["overall"])
            notices.append(f"{sheet.label} tells no overall judgement, in none of: {names}.")
        if not {"status", "ended"} & set(sheet.columns):
            names = ", ".join((*COLUMNS["status"], *COLUMNS["ended"]))
            notices.append(f"{sheet.label} ends no registration: it has none of: {names}.")
        for numbered in sheet.rows:
            _read_row(read, _Reading(sheet, numbered), agencies)
    if not read.rows and not read.refused and not read.skipped[NOT_ON_FRAMEWORK]:
        notices.append(f"No row is about an {PROVISION}.")
    return read


@dataclass
class _Reading:
    """One row while it is read, with what is wrong so far."""

    sheet: ProviderSheet
    numbered: Numbered
    faults: list[Fault] = field(default_factory=list)

    def cell(self, meaning: Meaning) -> Cell:
        """Return what stands in a column; nothing where the file has no such column."""
        place, _ = self.sheet.columns.get(meaning, (len(self.numbered[1]), ""))
        return self.numbered[1][place] if place < len(self.numbered[1]) else None

    def read(self, meaning: Meaning, reading: Callable[[Cell], _R | None]) -> _R | None:
        """Return what a column tells, and keep what is wrong with it."""
        try:
            return reading(self.cell(meaning))
        except NotSaidSo as wrong:
            self._wrong(self.sheet.name_of(meaning), self.cell(meaning), str(wrong))
            return None

    def refuse_more_cells(self) -> None:
        """Refuse a row that says something beyond the last column."""
        beyond = [text_in(cell) for cell in self.numbered[1][self.sheet.width :]]
        if any(beyond):
            found = f"{len(self.numbered[1])} cells"
            self._wrong("row", found, f"{self.sheet.width}, as the header has")

    def _wrong(self, column: str, found: object, allowed: str) -> None:
        label, line = self.sheet.label, self.numbered[0]
        self.faults.append(Fault(label, line, column, shown(found), allowed))


def _read_row(read: OfstedFile, reading: _Reading, agencies: Container[str]) -> None:
    if plain(text_in(reading.cell("provision"))) != PROVISION:
        read.skipped[OTHER_PROVISION] += 1
        return
    urn = reading.read("urn", urn_in)
    if urn is not None and urn not in agencies:
        read.skipped[NOT_ON_FRAMEWORK] += 1
        return
    event = plain(text_in(reading.cell("event")))
    is_visit = bool(event) and not event.startswith(_FULL)
    if is_visit:
        # Such a visit leads to no judgement on the four-point scale: what it says is not read.
        read.skipped[VISITS] += 1
    reading.refuse_more_cells()
    if urn is not None:
        row = _row(reading, urn, is_visit=is_visit)
        if not reading.faults:
            read.rows.append(row)
    read.refused.extend(reading.faults)


def _row(reading: _Reading, urn: str, *, is_visit: bool) -> OfstedRow:
    row = OfstedRow(
        sheet=reading.sheet,
        line=reading.numbered[0],
        urn=urn,
        owner=text_in(reading.cell("owner")),
        status=reading.read("status", status_in),
        registered=reading.read("registered", day_in),
        ended=reading.read("ended", day_in),
    )
    if is_visit:
        return row
    return replace(
        row,
        inspected=reading.read("inspected", day_in),
        published=reading.read("published", day_in),
        overall=reading.read("overall", grade_in),
        helped_and_protected=reading.read("helped_and_protected", sub_grade_in) or "unknown",
        leaders_and_managers=reading.read("leaders_and_managers", sub_grade_in) or "unknown",
    )
