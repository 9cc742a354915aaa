"""How Ofsted's provider files say things: their columns, their words, their blanks and days."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final, Literal, TypeVar

from services.eligibility.facts import Grade, SubGrade

Cell = str | float | date | datetime | time | timedelta | None
"""What stands in a cell: of a CSV file always text, of a sheet a number or a day too."""

Meaning = Literal[
    "urn",
    "provision",
    "owner",
    "status",
    "registered",
    "ended",
    "event",
    "inspected",
    "published",
    "overall",
    "helped_and_protected",
    "leaders_and_managers",
]

COLUMNS: Final[Mapping[Meaning, tuple[str, ...]]] = MappingProxyType(
    {
        "urn": ("URN",),
        "provision": ("Provision type", "Provider type"),
        "owner": ("Organisation which owns the provider", "Organisation name", "Owner name"),
        "status": ("Registration status", "Provider status"),
        "registered": ("Registration date",),
        "ended": ("Deregistration date", "Date closed", "Closed date"),
        "event": ("Event type",),
        "inspected": (
            "Inspection date",
            "Date of last full inspection",
            "Full inspection start date",
        ),
        "published": ("Publication date", "Inspection publication date"),
        "overall": (
            "Overall experiences and progress of children and young people",
            "Latest overall effectiveness grade from last full inspection",
            "Overall effectiveness",
        ),
        "helped_and_protected": (
            "How well children and young people are helped and protected",
            "CYP safety",
        ),
        "leaders_and_managers": (
            "The effectiveness of leaders and managers",
            "Leadership and management",
        ),
    }
)
"""What we read, by each name that a column has had; case and spaces do not count."""

NEEDED: Final[tuple[Meaning, ...]] = ("urn", "provision")
"""By these a header row is known."""

PROVISION: Final = "independent fostering agency"
"""The one provision that the register is about."""

GRADES_SAID: Final[Mapping[str, Grade | None]] = MappingProxyType(
    {
        "outstanding": "outstanding",
        "good": "good",
        "requires improvement to be good": "requires_improvement",
        "requires improvement": "requires_improvement",
        "adequate": "adequate",
        "inadequate": "inadequate",
        "no overall grade": "no_overall_grade",
        "not yet inspected": "not_yet_inspected",
        "not provided as service is inspected as part of the ilacs inspection": None,
    }
)
"""Each overall judgement; what is inspected with its council's services has none of its own."""

SUB_GRADES_SAID: Final[Mapping[str, SubGrade]] = MappingProxyType(
    {
        "outstanding": "outstanding",
        "good": "good",
        "requires improvement to be good": "requires_improvement",
        "requires improvement": "requires_improvement",
        "adequate": "adequate",
        "inadequate": "inadequate",
        "not yet inspected": "unknown",
        "not provided as service is inspected as part of the ilacs inspection": "unknown",
    }
)

Status = Literal["active", "ended"]
Said = TypeVar("Said")

STATUSES_SAID: Final[Mapping[str, Status]] = MappingProxyType(
    {
        "active": "active",
        "resigned": "ended",
        "cancelled": "ended",
        "deregistered": "ended",
        "closed": "ended",
    }
)
"""Whether the registration goes on. A suspension by Ofsted has days that the files do not tell."""

_BLANKS: Final = frozenset({"", "-", "–", "—"})  # noqa: RUF001 - dashes that stand for nothing
_URN: Final = re.compile(r"SC[0-9]{6}|[0-9]{7}")
_NOTE: Final = re.compile(r"\[notes? [0-9, ]+\]", re.IGNORECASE)
"""As the headers of official statistics point to a note: `Registration status [note 1]`."""
_BRITISH_DAY: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?: 00:00(?::00)?)?")
_ISO_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00:00(?:\.0+)?)?")


class NotSaidSo(ValueError):  # noqa: N818 - what is wrong with the cell
    """A cell says something that none of Ofsted's files says there; its text is what is allowed."""


def plain(text: str) -> str:
    """Return a text without what varies from file to file: case, spaces and curly quotes."""
    return " ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split()).casefold()


def meanings(header: Iterable[Cell]) -> dict[Meaning, list[int]]:
    """Return in which columns of a header each thing stands that we read."""
    said = [plain(_NOTE.sub("", cell)) if isinstance(cell, str) else "" for cell in header]
    found: dict[Meaning, list[int]] = {}
    for meaning, names in COLUMNS.items():
        known = {plain(name) for name in names}
        if places := [place for place, name in enumerate(said) if name in known]:
            found[meaning] = places
    return found


def text_in(cell: Cell) -> str:
    """Return the text of a cell, without the spaces around it; blank for what says nothing."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = " ".join(str(cell).split())
    return "" if text in _BLANKS else text


def urn_in(cell: Cell) -> str:
    """Return the reference number of a cell: a number where the file has lost the text.

    Raises:
        NotSaidSo: it is no reference number, such as the placeholder XXXXXXX.
    """
    text = text_in(cell).upper()
    if not _URN.fullmatch(text):
        raise NotSaidSo("SC and six digits, or seven digits")
    return text


def day_in(cell: Cell) -> date | None:
    """Return the day of a cell, if it tells one: a date, 01/08/2025, or 2025-08-01.

    Raises:
        NotSaidSo: it is no such day.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_in(cell)
    if not text:
        return None
    try:
        if british := _BRITISH_DAY.fullmatch(text):
            day, month, year = (int(part) for part in british.groups())
            return date(year, month, day)
        if iso := _ISO_DAY.fullmatch(text):
            return date.fromisoformat(iso[1])
    except ValueError:
        raise NotSaidSo("a day that exists, such as 01/08/2025") from None
    raise NotSaidSo("a day such as 01/08/2025 or 2025-08-01")


def grade_in(cell: Cell) -> Grade | None:
    """Return the overall judgement of a cell, if it tells one.

    Raises:
        NotSaidSo: it is none of Ofsted's words.
    """
    return _word(GRADES_SAID, cell) if text_in(cell) else None


def sub_grade_in(cell: Cell) -> SubGrade:
    """Return the judgement of one part that a cell tells; unknown, where it tells none.

    Raises:
        NotSaidSo: it is none of Ofsted's words.
    """
    return _word(SUB_GRADES_SAID, cell) if text_in(cell) else "unknown"


def status_in(cell: Cell) -> Status | None:
    """Return whether a registration goes on, if a cell tells it.

    Raises:
        NotSaidSo: it is another word, such as suspended, whose days the file does not tell.
    """
    return _word(STATUSES_SAID, cell) if text_in(cell) else None


def _word(said: Mapping[str, Said], cell: Cell) -> Said:
    try:
        return said[plain(text_in(cell))]
    except KeyError:
        raise NotSaidSo(", ".join(word.capitalize() for word in said)) from None
