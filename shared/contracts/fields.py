"""The types of the fields of messages: what is written in JSON, what it means here."""

from datetime import MAXYEAR, MINYEAR, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from shared.money import (
    MONEY_PATTERN,
    PERCENTAGE_PATTERN,
    Money,
    Percentage,
    money_text,
    percentage,
    percentage_text,
    pounds,
)

URN_PATTERN: Final = r"^(SC[0-9]{6}|[0-9]{7})$"


Area = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}[0-9]{0,2}$")]
"""A postcode area (`CT`) or district (`CT9`)."""


class Data(BaseModel):
    """The data of a message: strict, unchangeable, and no field beside those named."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    def contradictions(self) -> list[tuple[str, str]]:
        """Return what contradicts itself, as (field, reason), without any value."""
        return []


def _read_money(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("money", "money is a JSON string, never a number")
    try:
        return pounds(value)
    except ValueError as fault:
        raise PydanticCustomError("money", str(fault)) from None


def _read_percentage(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("percentage", "a percentage is a JSON string, never a number")
    try:
        return percentage(value)
    except ValueError as fault:
        raise PydanticCustomError("percentage", str(fault)) from None


def _within_calendar(instant: datetime) -> datetime:
    if not MINYEAR < instant.year < MAXYEAR:
        raise PydanticCustomError("datetime_year", "the instant has no day in London")
    return instant


WireInstant = Annotated[AwareDatetime, AfterValidator(_within_calendar)]
"""An instant with its offset, far enough from both ends of the calendar to be told in any zone."""

WireMoney = Annotated[
    Money,
    BeforeValidator(_read_money),
    PlainSerializer(money_text, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": MONEY_PATTERN, "description": "Pounds, two decimals."}
    ),
]
"""Pounds as a JSON string with exactly two decimals."""

WirePercentage = Annotated[
    Percentage,
    BeforeValidator(_read_percentage),
    PlainSerializer(percentage_text, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": PERCENTAGE_PATTERN, "description": "Per cent: 3.8 is 3.8 %."}
    ),
]
"""Per cent as a JSON string."""

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A word of the framework's vocabulary, such as `parent_and_child`."""

CriterionId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
"""The id of a criterion of the rulebook, such as `ofsted-quality`."""

Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,79}$")]
"""A reference that another system made: a referral, a placement, a child, a decision."""

AgencyUrn = Annotated[str, StringConstraints(pattern=URN_PATTERN)]
"""The Ofsted unique reference number of an agency: SC and six digits, or seven digits."""

AgeBand = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}-[0-9]{1,2}$")]
"""An age band of the framework, such as `11-15`, by age last birthday."""

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=600)]
"""A sentence for a person."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest in hexadecimal."""

YesNoUnknown = Literal["yes", "no", "not_established"]
