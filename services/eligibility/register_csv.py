"""Reads the register of a framework pack, one row for each agency, and checks every word."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from services.eligibility.facts import LARGEST_GROUP, LOWEST_TIER, Grade
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
from shared.errors import Fault, FileRefused
from shared.framework.csv_file import CsvFile
from shared.framework.fields import Answer, Day, DayOrBlank, TextSet, Told, WholeNumber, WordSet
from shared.framework.framework import Framework

REGISTER_FILE: Final = "register.csv"


class RegisterRow(Told):
    """A row of the file."""

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


def read_register(path: Path, framework: Framework) -> list[tuple[str, list[ProviderFact]]]:
    """Return each agency's number with all that the file tells of it.

    Raises:
        FileRefused: with every fault: file, line, column, what was found and what is allowed.
    """
    file = CsvFile.read(path)
    rows = file.as_rows(RegisterRow)
    faults = list(_faults(file, rows, framework))
    if faults:
        raise FileRefused(faults)
    return [(row.urn, list(_facts(row))) for row in rows]


def _facts(row: RegisterRow) -> Iterator[ProviderFact]:
    yield Name(row.name)
    yield Membership(row.joined, row.left)
    yield Registration(row.registered)
    if row.ofsted_overall == "not_yet_inspected":
        # Nothing was inspected or published: it is so from the registration on.
        yield Judgement("not_yet_inspected", row.registered, row.registered)
    elif row.inspected is not None and row.published is not None:
        yield Judgement(row.ofsted_overall, row.inspected, row.published)
    if row.suspended_from is not None:
        yield Suspension(row.suspended_from, row.suspended_to, row.suspension_reason)
    yield Offer(
        valid_from=row.joined,
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


def _faults(file: CsvFile, rows: list[RegisterRow], framework: Framework) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows):
        if row.urn in seen:
            first = f"no agency twice; it stands in line {file.line_of(seen[row.urn])} too"
            yield file.fault(number, "urn", row.urn, first)
        seen.setdefault(row.urn, number)
        yield from _unknown_words(file, number, row, framework)
        yield from _wrong_days(file, number, row)


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
    if row.inspected and row.published and row.published < row.inspected:
        yield file.fault(number, "published", row.published, "the day of the inspection or later")
    if (row.suspended_from is None) != (not row.suspension_reason):
        wanted = "a word where suspended_from is told, else nothing"
        yield file.fault(number, "suspension_reason", row.suspension_reason or "nothing", wanted)
