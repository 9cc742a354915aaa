"""What `finance_books.py` checks of a price change by itself before it is booked."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any


class CannotBookError(Exception):
    """Something is wrong with a message; the text says what."""


def number_of(change: dict[str, Any]) -> int:
    """Return the number of a change: a whole one from 1 on, and nothing that only looks like it."""
    number = change["sequence"]
    if type(number) is not int or number < 1:
        raise ValueError(f"its sequence is {number!r}, and no whole number from 1 on")
    return number


def check_arrears(change: dict[str, Any]) -> None:
    """Work each arrears line out again: the difference x days / 7, rounded once, half up."""
    total = Decimal("0.00")
    for line in change["arrears"]:
        days = date.fromisoformat(line["day_after_last"]) - date.fromisoformat(line["first_day"])
        differs = Decimal(line["new_weekly"]) - Decimal(line["old_weekly"])
        owed = (differs * days.days / 7).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        if owed != Decimal(line["amount"]) or days.days != line["days"]:
            raise CannotBookError(f"its arrears say {line['amount']} and come to {owed}")
        total += owed
    if total != Decimal(change["arrears_total"]):
        raise CannotBookError(f"its arrears say {change['arrears_total']} and come to {total}")
