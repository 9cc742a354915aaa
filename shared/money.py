"""Money is Decimal pounds, made in one place and rounded in one place."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NewType

Money = NewType("Money", Decimal)
"""Pounds, always a whole number of pence. Arithmetic on it gives a plain Decimal, unrounded."""

Percentage = NewType("Percentage", Decimal)
"""Per cent, not a fraction: 3.8 is 3.8 %."""

PENNY: Final = Decimal("0.01")
NOTHING: Final = Money(Decimal("0.00"))
DAYS_IN_WEEK: Final = 7
_HUNDRED: Final = Decimal(100)
_EXACTLY: Final = Decimal(1).scaleb(-12)

MONEY_PATTERN: Final = r"^-?(0|[1-9][0-9]{0,8})\.[0-9]{2}$"
"""How money is written: pounds, a point, exactly two digits of pence; below a thousand million."""
PERCENTAGE_PATTERN: Final = r"^-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,12})?$"
"""How a percentage is written: a plain decimal of at most twelve places."""

_MONEY = re.compile(MONEY_PATTERN)
_PERCENTAGE = re.compile(PERCENTAGE_PATTERN)


def pounds(text: str) -> Money:
    """Return the money that a text such as `934.47` says.

    Raises:
        ValueError: the text is not pounds with exactly two decimals. The text is not repeated.
    """
    if not _MONEY.fullmatch(text):
        raise ValueError('money is written as pounds with exactly two decimals, such as "934.47"')
    return Money(Decimal(text))


def percentage(text: str) -> Percentage:
    """Return the percentage that a text such as `3.8` says, in per cent.

    Raises:
        ValueError: the text is not a plain decimal number. The text is not repeated.
    """
    if not _PERCENTAGE.fullmatch(text):
        raise ValueError('a percentage is written as a plain decimal, such as "3.8" for 3.8 %')
    return Percentage(Decimal(text))


def to_penny(amount: Decimal) -> Money:
    """Return the amount as money, rounded half up to the penny, away from zero on a half.

    This is the only place where pounds are rounded.
    """
    return Money(amount.quantize(PENNY, rounding=ROUND_HALF_UP))


def held_exactly(amount: Decimal) -> Decimal:
    """Return pounds before they are rounded to the penny, held to twelve decimal places.

    It is what a fee compounds on where the agreement says so, and the same in every database.
    """
    return amount.quantize(_EXACTLY, rounding=ROUND_HALF_UP)


def uplifted(fee_weekly: Money, rate: Percentage) -> Money:
    """Return the weekly fee after an uplift in per cent, rounded once."""
    return to_penny(fee_weekly * (1 + rate / _HUNDRED))


def for_days(fee_weekly: Decimal, days: int) -> Money:
    """Return what a weekly fee comes to over some days, in sevenths of a week, rounded once.

    A daily rate is never rounded first: 900.00 a week for 3 days is 385.71, not 3 x 128.57.
    """
    return to_penny(fee_weekly * days / DAYS_IN_WEEK)


def money_text(amount: Money) -> str:
    """Return money as it is written in messages and tables: `934.47`."""
    return f"{amount:.2f}"


def percentage_text(rate: Percentage) -> str:
    """Return a percentage as a plain decimal, without trailing zeros or an exponent: `3.8295`."""
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
