"""Reads a pack's tendered fees: each with its key, its first day and where it was decided."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from services.pricing.fees import FeeCause, FeeKey
from shared.contracts.fields import AgeBand, AgencyUrn, Reference, WireMoney, Word
from shared.errors import Fault, FileRefused
from shared.framework.csv_file import CsvFile
from shared.framework.fields import Day, Told
from shared.framework.framework import Framework
from shared.money import Money


class TenderedFee(NamedTuple):
    """A weekly fee as a pack tells it, before it is recorded."""

    key: FeeKey
    valid_from: date
    weekly: Money
    cause: FeeCause


class _Row(Told):
    """One weekly fee from a day on."""

    urn: AgencyUrn
    purchaser: Word
    placement_type: Word
    need_category: Word
    age_band: AgeBand
    weekly: WireMoney
    from_: Annotated[Day, Field(alias="from")]
    cause: Literal["tender", "correction"]
    reference: Reference


def read_prices(path: Path, framework: Framework) -> list[TenderedFee]:
    """Return the fees of a prices file, in its order.

    Raises:
        FileRefused: as `prices_of`, or there is no such file.
    """
    return prices_of(CsvFile.read(path), framework)


def prices_of(file: CsvFile, framework: Framework) -> list[TenderedFee]:
    """Return the fees that a prices file tells, in its order.

    Raises:
        FileRefused: a word is not the framework's, a fee is nothing or stands twice, or a cell
            cannot be read; with every fault and its line. Nothing of it is taken.
    """
    rows = file.as_rows(_Row)
    faults: list[Fault] = []
    fees: list[TenderedFee] = []
    known: set[tuple[FeeKey, date]] = set()
    for position, row in enumerate(rows):
        faults.extend(_strange_words(file, position, row, framework))
        key = FeeKey(row.urn, row.purchaser, row.placement_type, row.need_category, row.age_band)
        if row.weekly <= 0:
            faults.append(file.fault(position, "weekly", row.weekly, "more than nothing"))
        if (key, row.from_) in known:
            faults.append(file.fault(position, "from", row.from_, "each fee once from a day"))
        known.add((key, row.from_))
        fees.append(TenderedFee(key, row.from_, row.weekly, FeeCause(row.cause, row.reference)))
    if faults:
        raise FileRefused(faults)
    return fees


def _strange_words(
    file: CsvFile, position: int, row: _Row, framework: Framework
) -> Iterator[Fault]:
    for column, word, words in (
        ("purchaser", row.purchaser, framework.purchasers),
        ("placement_type", row.placement_type, framework.placement_types),
        ("need_category", row.need_category, framework.need_categories),
        ("age_band", row.age_band, framework.age_bands.labels),
    ):
        if word not in words:
            yield file.fault(position, column, word, ", ".join(words))
