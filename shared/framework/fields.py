"""The types of what stands in a pack's files: how it is written, what it means here."""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from shared.contracts.fields import Word

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_ANSWERS: Final = {"yes": True, "no": False}


class Told(BaseModel):
    """A mapping of a pack: strict, unchangeable, and no key beside those named."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _read_day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("day", "a day that exists, such as 2024-04-01") from None
    raise PydanticCustomError("day", "a day such as 2024-04-01")


def _read_answer(value: object) -> bool:
    if isinstance(value, str) and value in _ANSWERS:
        return _ANSWERS[value]
    raise PydanticCustomError("answer", "yes or no")


def _read_whole(value: object) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise PydanticCustomError("whole", "a whole number such as 3")


def _read_set(value: object) -> tuple[str, ...]:
    if not isinstance(value, str):
        raise PydanticCustomError("set", "words with a space between them")
    members = tuple(value.split())
    if len(set(members)) < len(members):
        raise PydanticCustomError("set", "each word once")
    return members


def _blank_is_none(value: object) -> object:
    return None if value == "" else value


Day = Annotated[date, BeforeValidator(_read_day)]
"""A day, written as 2024-04-01."""

DayOrBlank = Annotated[Day | None, BeforeValidator(_blank_is_none)]
"""A day, or nothing in the cell."""

Answer = Annotated[bool, BeforeValidator(_read_answer)]
"""A cell that says `yes` or `no`."""

TextSet = Annotated[tuple[str, ...], BeforeValidator(_read_set)]
"""A cell with words that have spaces between them, none twice; it may be empty."""

WordSet = Annotated[tuple[Word, ...], BeforeValidator(_read_set)]
"""A cell with words of the framework's vocabulary, such as `core sibling_group`."""

WholeNumber = Annotated[int, BeforeValidator(_read_whole)]
"""A cell with a whole number from 0, such as `3`."""
