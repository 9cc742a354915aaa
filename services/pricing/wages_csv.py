"""Reads the table of minimum wage rates: each rate with its band, first day, status and source."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator

from services.pricing.wages import WageRate
from shared.contracts.fields import Sentence, WireMoney, Word
from shared.errors import FileRefused
from shared.framework.csv_file import CsvFile
from shared.framework.fields import Day, Told, WholeNumber

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


def read_wages(path: Path) -> list[WageRate]:
    """Return the rates of a wage table, in the order of the file.

    Raises:
        FileRefused: with every fault and its line. Nothing of it is taken.
    """
    file = CsvFile.read(path)
    rows = file.as_rows(_Row)
    faults = []
    known = set[tuple[str, date]]()
    for position, row in enumerate(rows):
        if row.hourly <= 0:
            faults.append(file.fault(position, "hourly", row.hourly, "more than nothing"))
        if row.from_age is not None and row.to_age is not None and row.to_age <= row.from_age:
            faults.append(file.fault(position, "to_age", row.to_age, "an age above from_age"))
        if (row.band, row.effective_from) in known:
            allowed = "each band once from a day"
            faults.append(file.fault(position, "band", row.band, allowed))
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
        )
        for row in rows
    ]
