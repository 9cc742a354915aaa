"""Reads the table of minimum wage rates: each rate with its band, first day, status and source."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator

from services.pricing.wages import WageRate
from shared.contracts.fields import Sentence, WireMoney, Word
from shared.errors import Fault, FileRefused
from shared.framework.csv_file import CsvFile
from shared.framework.faults import WHOLE_FILE, read_text
from shared.framework.fields import Day, Told, WholeNumber

_MOST_ROWS: Final = 1000
_USUAL: Final = (Decimal("2.00"), Decimal("50.00"))
"""From what to what an hourly rate is taken unasked: pence taken for pounds are beyond it."""

_Age = Annotated[WholeNumber | None, BeforeValidator(lambda value: None if value == "" else value)]


class _Row(Told):
    """One rate."""

    effective_from: Day
    band: Word
    from_age: _Age
    to_age: _Age
    hourly: WireMoney
    status: Literal["estimate", "announced", "in_force"]
    source: Sentence


def read_wages(path: Path, *, unusual: bool = False) -> list[WageRate]:
    """Return the rates of a wage table, in the order of the file.

    Args:
        path: the file.
        unusual: a person has checked rates that are out of the ordinary.

    Raises:
        FileRefused: with every fault and its line. Nothing of it is taken.
    """
    return wages_of(path, read_text(path), unusual=unusual)


def wages_of(path: Path, text: str, *, unusual: bool = False) -> list[WageRate]:
    """Return the rates that a wage table's text holds; `path` is what it is called.

    Raises:
        FileRefused: as for a file.
    """
    file = CsvFile.of_text(path, text)
    rows = file.as_rows(_Row)
    if len(rows) > _MOST_ROWS:
        allowed = f"at most {_MOST_ROWS}: six bands have had some sixty rates in eleven years"
        raise FileRefused([Fault(str(path), None, WHOLE_FILE, f"{len(rows)} rates", allowed)])
    faults = []
    known = set[tuple[str, date]]()
    for position, row in enumerate(rows):
        for column, found, allowed in _slips(row, unusual=unusual):
            faults.append(file.fault(position, column, found, allowed))
        if (row.band, row.effective_from) in known:
            faults.append(file.fault(position, "band", row.band, "each band once from a day"))
        known.add((row.band, row.effective_from))
    if faults:
        raise FileRefused(faults)
    return [
        WageRate(
            band=row.band,
            effective_from=row.effective_from,
            hourly=row.hourly,
            status=row.status,
            source=row.source,
            from_age=row.from_age,
            to_age=row.to_age,
            place=f"{path}:{file.line_of(position)}",
        )
        for position, row in enumerate(rows)
    ]


def _slips(row: _Row, *, unusual: bool) -> Iterator[tuple[str, object, str]]:
    """Yield the columns of a row that cannot be so, with what is found and what is allowed."""
    lowest, highest = _USUAL
    if row.hourly <= 0:
        yield "hourly", row.hourly, "more than nothing"
    elif not (unusual or lowest <= row.hourly <= highest):
        allowed = (
            f"pounds from {lowest} to {highest} (from 2015 to 2026 rates were 3.30 to 12.71); if "
            "this one was laid down, import the table as unusual (--unusual)"
        )
        yield "hourly", row.hourly, allowed
    if row.from_age is None and row.to_age is not None:
        yield "from_age", "", "the age from which it is due, where there is a to_age"
    elif row.from_age is not None and row.to_age is not None and row.to_age <= row.from_age:
        yield "to_age", row.to_age, "an age above from_age"
