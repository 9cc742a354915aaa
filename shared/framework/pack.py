"""Loads a framework pack's agreement from `framework.yaml`, and hashes the whole pack."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, Field, StringConstraints

from shared.contracts.fields import AgeBand as BandLabel
from shared.contracts.fields import CriterionId, Sentence, Word
from shared.days import Period
from shared.errors import Fault, FileRefused
from shared.framework.adjustments_yaml import (
    AdjustmentTold,
    adjustment_faults,
    adjustments_of,
)
from shared.framework.age_bands import AgeBand, AgeBands, BandChange, gaps
from shared.framework.faults import WHOLE_FILE, Path_
from shared.framework.fields import Day, Told
from shared.framework.framework import (
    Conventions,
    EndedArrears,
    Framework,
    OrderKey,
    PlacementType,
    PricedPer,
    ServedBy,
    ServiceLine,
    Window,
)
from shared.framework.yaml_file import YamlFile

FRAMEWORK_FILE: Final = "framework.yaml"

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)

Name = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Words = Annotated[dict[Word, Name], Field(min_length=1)]


class _Days(Told):
    from_: Day = Field(alias="from")
    to: Day | None


class _Agreement(Told):
    id: CriterionId
    name: Name
    term: _Days


class _Window(Told):
    opens: Day
    name: Name


class _PlacementType(Told):
    name: Name
    priced_per: PricedPer


class _Band(Told):
    label: BandLabel
    from_birthday: Annotated[int, Field(ge=0, le=25)]
    until_birthday: Annotated[int, Field(ge=1, le=25)]


class _ServiceLine(Told):
    id: Word
    name: Name
    funding: Word
    for_: ServedBy = Field(alias="for")


class _Conventions(Told):
    """What is one word only cannot be chosen; the file states it for the reader."""

    age_band_changes_on: BandChange
    week_starts_on: Weekday
    week_days: Literal[7]
    day_of_arrival: Literal["paid"]
    day_of_leaving: Literal["not_paid"]
    adulthood_ends_placement: Literal["on_birthday"]
    birthday_of_29_february: Literal["1_march"]
    fee_rounding: Literal["half_up_to_penny"]
    adjustments_in_per_cent: Literal["of_the_framework_fee"] = "of_the_framework_fee"
    review_arrears_for_ended: EndedArrears = "paid"
    notice_days: Annotated[int, Field(ge=0, le=366)]
    referral_open_days: Annotated[int, Field(ge=0, le=366)] = 28


class _FrameworkFile(Told):
    agreement: _Agreement
    windows: Annotated[tuple[_Window, ...], Field(min_length=1)]
    purchasers: Words
    placement_types: Annotated[dict[Word, _PlacementType], Field(min_length=1)]
    need_categories: Words
    durations: dict[Literal["short_term", "long_term"], Name]
    age_bands: Annotated[tuple[_Band, ...], Field(min_length=1)]
    service_lines: Annotated[tuple[_ServiceLine, ...], Field(min_length=1)]
    shortlist_order: Annotated[tuple[OrderKey, ...], Field(min_length=1)]
    adjustments: tuple[AdjustmentTold, ...] = ()
    conventions: _Conventions
    working_assumptions: dict[str, Sentence] = Field(default_factory=dict)


def load_framework(folder: Path) -> Framework:
    """Return the framework agreement that a pack describes.

    Raises:
        FileRefused: with every fault of `framework.yaml`.
    """
    source = YamlFile.read(folder / FRAMEWORK_FILE)
    told = source.as_model(_FrameworkFile)
    faults = list(_faults_in(source, told))
    if faults:
        raise FileRefused(faults)
    return _framework(told, pack_digest(folder))


def pack_digest(folder: Path) -> str:
    """Return the SHA-256 over the names and contents of all files of a pack, in name order.

    Files whose name begins with a dot are an editor's or a desktop's, and do not count.

    Raises:
        FileRefused: the folder cannot be read.
    """
    digest = hashlib.sha256()
    try:
        for name, body in _files(folder):
            for part in (name.encode(), body):
                digest.update(len(part).to_bytes(8, "big"))
                digest.update(part)
    except OSError as unread:
        found = f"what cannot be read ({unread.strerror})"
        raise FileRefused([Fault(str(folder), None, WHOLE_FILE, found, "a folder")]) from None
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    named = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    for name in sorted(named):
        yield name, named[name].read_bytes()


def _framework(told: _FrameworkFile, digest: str) -> Framework:
    days = told.conventions
    week_starts_on = WEEKDAYS.index(days.week_starts_on)
    bands = AgeBands(_bands(told), days.age_band_changes_on, week_starts_on)
    return Framework(
        id=told.agreement.id,
        name=told.agreement.name,
        term=Period(told.agreement.term.from_, told.agreement.term.to),
        windows=tuple(Window(window.opens, window.name) for window in told.windows),
        purchasers=told.purchasers,
        placement_types={
            id_: PlacementType(id_, type_.name, type_.priced_per)
            for id_, type_ in told.placement_types.items()
        },
        need_categories=told.need_categories,
        durations={str(id_): name for id_, name in told.durations.items()},
        age_bands=bands,
        service_lines=tuple(
            ServiceLine(line.id, line.name, line.funding, line.for_) for line in told.service_lines
        ),
        shortlist_order=told.shortlist_order,
        conventions=Conventions(
            days.age_band_changes_on,
            week_starts_on,
            days.notice_days,
            days.review_arrears_for_ended,
            days.referral_open_days,
        ),
        assumptions=told.working_assumptions,
        digest=digest,
        adjustments=adjustments_of(told.adjustments),
    )


def _bands(told: _FrameworkFile) -> tuple[AgeBand, ...]:
    return tuple(
        AgeBand(band.label, band.from_birthday, band.until_birthday) for band in told.age_bands
    )


def _faults_in(source: YamlFile, told: _FrameworkFile) -> Iterator[Fault]:
    """Yield what contradicts itself although each value alone is allowed."""
    term = told.agreement.term
    if term.to is not None and term.to <= term.from_:
        yield source.fault(("agreement", "term", "to"), term.to, f"a day after {term.from_}")
    for position, window in enumerate(told.windows):
        if window.opens < term.from_ or (term.to is not None and window.opens >= term.to):
            path: Path_ = ("windows", position, "opens")
            yield source.fault(path, window.opens, "a day within the term")
    for position, reason in gaps(_bands(told)):
        band = told.age_bands[position]
        yield source.fault(("age_bands", position), band.label, f"no gap or overlap: {reason}")
    yield from _repeated(source, told)
    yield from adjustment_faults(source, told.adjustments)
    last = len(told.service_lines) - 1
    for position, line in enumerate(told.service_lines):
        if (line.for_ == "every_other") != (position == last):
            path = ("service_lines", position, "for")
            yield source.fault(path, line.for_, "every_other for the last line, and only there")
    for key in told.working_assumptions:
        if tuple(key.split(".")) not in source.lines:
            yield source.fault(("working_assumptions", key), key, "a key of this file")


def _repeated(source: YamlFile, told: _FrameworkFile) -> Iterator[Fault]:
    lists: dict[str, tuple[str | BaseModel, ...]] = {
        "age_bands": tuple(band.label for band in told.age_bands),
        "service_lines": tuple(line.id for line in told.service_lines),
        "shortlist_order": told.shortlist_order,
    }
    for key, names in lists.items():
        for position, name in enumerate(names):
            if name in names[:position]:
                yield source.fault((key, position), name, "each one once")
