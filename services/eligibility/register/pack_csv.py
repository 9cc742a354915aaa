"""Reads the register of a framework pack, one row for each agency, and checks every word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, StringConstraints

from services.eligibility.facts import LARGEST_GROUP, LOWEST_TIER, Grade, SubGrade
from services.eligibility.provider import (
    Judgement,
    Membership,
    Name,
    Offer,
    ProviderFact,
    Registration,
    Suspension,
)
from shared.contracts.fields import AgencyUrn, Word
from shared.contracts.provider import contradictory_grades
from shared.errors import Fault, FileRefused
from shared.framework.csv_file import CsvFile
from shared.framework.fields import Answer, Day, DayOrBlank, TextSet, Told, WholeNumber, WordSet
from shared.framework.framework import Framework

REGISTER_FILE: Final = "register.csv"


PartGrade = Annotated[SubGrade, BeforeValidator(lambda told: "unknown" if told == "" else told)]
"""Ofsted's judgement of one part, or nothing in the cell."""


class RegisterRow(Told):
    """A row of the file; the columns with a default may be missing.

    Args:
        offered_from: from which day what the row offers holds; blank for the day of joining.
    """

    urn: AgencyUrn
    name: Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
    joined: Day
    left: DayOrBlank
    registered: Day
    tier: Annotated[WholeNumber, Field(ge=1, le=LOWEST_TIER)]
    lots: WordSet
    age_bands: TextSet
    need_categories: WordSet
    purchasers: WordSet
    areas: TextSet
    largest_group: Annotated[WholeNumber, Field(ge=0, le=LARGEST_GROUP)]
    emergency: Answer
    solo: Answer
    disabled_children: Answer
    long_term: Answer
    ofsted_overall: Grade
    inspected: DayOrBlank
    published: DayOrBlank
    suspended_from: DayOrBlank
    suspended_to: DayOrBlank
    suspension_reason: Word | Annotated[str, StringConstraints(max_length=0)]
    helped_and_protected: PartGrade = "unknown"
    leaders_and_managers: PartGrade = "unknown"
    offered_from: DayOrBlank = None


@dataclass(frozen=True, slots=True)
class AgencyTold:
    """What one row tells of an agency, and on which line it stands."""

    urn: str
    line: int
    facts: tuple[ProviderFact, ...]


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """What a file tells, row by row, and every fault of the rows that it tells nothing by."""

    rows: list[AgencyTold]
    refused: list[Fault]


def read_register(path: Path, framework: Framework) -> list[tuple[str, list[ProviderFact]]]:
    """Return each agency's number with all that the file tells of it.

    Raises:
        FileRefused: with every fault: file, line, column, what was found and what is allowed.
    """
    read = read_rows(CsvFile.read(path), framework)
    if read.refused:
        raise FileRefused(read.refused)
    return [(row.urn, list(row.facts)) for row in read.rows]


def read_rows(file: CsvFile, framework: Framework) -> RegisterFile:
    """Return what the sound rows of a file tell, and what is wrong with the others.

    Raises:
        FileRefused: the header has faults, so that no row can be read.
    """
    readable, rows, refused = _readable(file)
    refused += _faults(readable, rows, framework)
    unsound = {fault.line for fault in refused}
    told = [
        AgencyTold(row.urn, line, tuple(_facts(row)))
        for row, line in zip(rows, readable.row_lines, strict=True)
        if line not in unsound
    ]
    return RegisterFile(told, sorted(refused, key=lambda fault: fault.line or 0))


def _readable(file: CsvFile) -> tuple[CsvFile, list[RegisterRow], list[Fault]]:
    """Return the rows of which every cell can be read, and the faults of the others."""
    refused: list[Fault] = []
    while file.rows:
        try:
            return file, file.as_rows(RegisterRow), refused
        except FileRefused as unread:
            # Only so many faults are told at once, so the rest of the file is looked at again.
            found = [fault for fault in unread.faults if fault.line in set(file.row_lines)]
            if not found:
                raise
            refused += found
            file = _without(file, {fault.line for fault in found})
    return file, [], refused


def _without(file: CsvFile, lines: set[int | None]) -> CsvFile:
    kept = [(row, at) for row, at in zip(file.rows, file.row_lines, strict=True) if at not in lines]
    return replace(file, rows=[row for row, _ in kept], row_lines=[at for _, at in kept])


def _facts(row: RegisterRow) -> Iterator[ProviderFact]:
    yield Name(row.name)
    yield Membership(row.joined, row.left)
    yield Registration(row.registered)
    if row.ofsted_overall == "not_yet_inspected":
        # Nothing was inspected or published: it is so from the registration on.
        yield Judgement("not_yet_inspected", row.registered, row.registered)
    elif row.inspected is not None and row.published is not None:
        yield Judgement(
            row.ofsted_overall,
            row.inspected,
            row.published,
            row.helped_and_protected,
            row.leaders_and_managers,
        )
    if row.suspended_from is not None:
        yield Suspension(row.suspended_from, row.suspended_to, row.suspension_reason)
    yield Offer(
        valid_from=row.offered_from or row.joined,
        valid_to=None,
        lots=row.lots,
        age_bands=row.age_bands,
        need_categories=row.need_categories,
        purchasers=row.purchasers,
        tier=row.tier,
        largest_group=row.largest_group,
        takes_emergencies=row.emergency,
        takes_solo=row.solo,
        takes_disabled_children=row.disabled_children,
        takes_long_term=row.long_term,
        areas=row.areas,
    )


def _faults(file: CsvFile, rows: Sequence[RegisterRow], framework: Framework) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows):
        if row.urn in seen:
            first = f"no agency twice; it stands in line {file.line_of(seen[row.urn])} too"
            yield file.fault(number, "urn", row.urn, first)
        seen.setdefault(row.urn, number)
        yield from _unknown_words(file, number, row, framework)
        yield from _wrong_days(file, number, row)
        yield from _wrong_grades(file, number, row)


def _unknown_words(
    file: CsvFile, number: int, row: RegisterRow, framework: Framework
) -> Iterator[Fault]:
    for column, words, known in (
        ("lots", row.lots, tuple(framework.placement_types)),
        ("age_bands", row.age_bands, framework.age_bands.labels),
        ("need_categories", row.need_categories, tuple(framework.need_categories)),
        ("purchasers", row.purchasers, tuple(framework.purchasers)),
    ):
        for word in words:
            if word not in known:
                yield file.fault(
                    number, column, word, f"words of the framework: {', '.join(known)}"
                )


def _wrong_days(file: CsvFile, number: int, row: RegisterRow) -> Iterator[Fault]:
    was_inspected = row.ofsted_overall not in {"not_yet_inspected", "unknown"}
    for column, day in (("inspected", row.inspected), ("published", row.published)):
        if was_inspected and day is None:
            yield file.fault(number, column, "nothing", f"a day, for {row.ofsted_overall}")
        if not was_inspected and day is not None:
            yield file.fault(number, column, day, f"nothing, for {row.ofsted_overall}")
    for first, last, from_day, to_day in (
        ("joined", "left", row.joined, row.left),
        ("suspended_from", "suspended_to", row.suspended_from, row.suspended_to),
    ):
        if to_day is not None and (from_day is None or to_day <= from_day):
            yield file.fault(number, last, to_day, f"a day after {first}")
    if row.offered_from is not None and row.offered_from < row.joined:
        yield file.fault(number, "offered_from", row.offered_from, "the day of joining or later")
    if row.inspected and row.published and row.published < row.inspected:
        yield file.fault(number, "published", row.published, "the day of the inspection or later")
    if (row.suspended_from is None) != (not row.suspension_reason):
        wanted = "a word where suspended_from is told, else nothing"
        yield file.fault(number, "suspension_reason", row.suspension_reason or "nothing", wanted)


def _wrong_grades(file: CsvFile, number: int, row: RegisterRow) -> Iterator[Fault]:
    parts = {
        "helped_and_protected": row.helped_and_protected,
        "leaders_and_managers": row.leaders_and_managers,
    }
    told = {column: None if grade == "unknown" else grade for column, grade in parts.items()}
    if row.ofsted_overall == "unknown":
        for column, grade in told.items():
            if grade is not None:
                yield file.fault(number, column, grade, "nothing, for unknown")
    for column, reason in contradictory_grades(row.ofsted_overall, *told.values()):
        yield file.fault(number, column, parts[column], f"another judgement: {reason}")
