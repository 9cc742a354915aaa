"""Other review terms than those agreed, said in a few words, for a comparison."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from services.pricing.terms.agreed import (
    LOWEST_RATE,
    ONE,
    Component,
    FixedShare,
    IndexShare,
    ReviewTerms,
    WageAtAgeShare,
    WageShare,
)
from shared.errors import FosterframeError
from shared.money import Percentage, percentage

_SERIES: Final = "cpi"
_NONE: Final = "none"
_MONTHS: Final = range(1, 13)
_ZERO: Final = Decimal(0)


class NotTerms(FosterframeError):  # noqa: N818 - what was said of terms
    """What was said does not make other terms; says what can be said."""


def varied(terms: ReviewTerms, said: str) -> ReviewTerms:
    """Return terms with some things otherwise: `month=12`, `nlw=0.20`, `cap=3.0,floor=none`.

    The share of a component that is named is set; what is left goes to the index, or where the
    index itself is named, to the first of the others. A wage band that the terms do not have is
    added.

    Raises:
        NotTerms: that cannot be said, or makes no terms.
    """
    for part in said.split(","):
        name, sign, value = (word.strip() for word in part.partition("="))
        if not sign or not name or not value:
            raise NotTerms(f"{part.strip() or 'Nothing'} is not said as NAME=VALUE. {_ADVICE}")
        change = _CHANGES.get(name)
        try:
            terms = change(terms, value) if change else _with_share(terms, name, value)
        except ValueError as wrong:
            raise NotTerms(f"{name}={value} makes no terms: {wrong}. {_ADVICE}") from None
    if terms.floor is not None and terms.cap is not None and terms.floor > terms.cap:
        raise NotTerms(f"With {said} the floor is above the cap. {_ADVICE}")
    return terms


def _with_share(terms: ReviewTerms, name: str, value: str) -> ReviewTerms:
    """Set the share of one component, and let another take what is left."""
    share = percentage(value)
    if not 0 <= share <= 1:
        raise ValueError("a share is from 0 to 1")
    components = list(terms.components)
    at = next((at for at, each in enumerate(components) if _name(each) == name), None)
    if at is None:
        if not name.replace("_", "").isalnum() or name[0].isdigit():
            raise ValueError("it is no wage band")
        components.append(WageShare(_ZERO, name))
        at = len(components) - 1
    components[at] = _sharing(components[at], share)
    others = [other for other in range(len(components)) if other != at]
    if not others:
        if share != ONE:
            raise ValueError("there is no other component to take what is left")
        return terms
    takes = next((each for each in others if _name(components[each]) == _SERIES), others[0])
    left = ONE - sum((components[each].share for each in {at, *others} - {takes}), _ZERO)
    if left < 0:
        raise ValueError("the shares are more than 1 together")
    components[takes] = _sharing(components[takes], left)
    return replace(terms, components=tuple(components))


def _with_month(terms: ReviewTerms, value: str) -> ReviewTerms:
    if not value.isdecimal() or int(value) not in _MONTHS:
        raise ValueError("a month is from 1 to 12")
    moved = tuple(
        replace(each, month=int(value)) if isinstance(each, IndexShare) else each
        for each in terms.components
    )
    return replace(terms, components=moved)


def _with_rate(terms: ReviewTerms, value: str) -> ReviewTerms:
    return replace(terms, components=(FixedShare(ONE, _not_below(percentage(value))),))


def _with_decimals(terms: ReviewTerms, value: str) -> ReviewTerms:
    if value == _NONE:
        return replace(terms, percentage_decimals=None)
    return replace(terms, percentage_decimals=_small_number(value, 6))


def _with_first_uplift(terms: ReviewTerms, value: str) -> ReviewTerms:
    return replace(terms, first_uplift_after_months=_small_number(value, 60))


def _limit(value: str) -> Percentage | None:
    return None if value == _NONE else _not_below(percentage(value))


def _not_below(rate: Percentage) -> Percentage:
    if rate < LOWEST_RATE:
        raise ValueError(f"a rate is {LOWEST_RATE} or more")
    return rate


def _small_number(value: str, largest: int) -> int:
    if not value.isdecimal() or len(value) > len(str(largest)) or int(value) > largest:
        raise ValueError(f"it is a whole number from 0 to {largest}")
    return int(value)


def _name(component: Component) -> str:
    """Return what a component is called: an index, a wage band, or what else it follows."""
    match component:
        case IndexShare():
            return _SERIES
        case WageShare(band=band):
            return band
        case WageAtAgeShare(age=age):
            return f"wage_at_{age}"
        case _:
            return "fixed"


def _sharing(component: Component, share: Decimal) -> Component:
    return replace(component, share=share)


_CHANGES: Final[Mapping[str, Callable[[ReviewTerms, str], ReviewTerms]]] = {
    "month": _with_month,
    "rate": _with_rate,
    "cap": lambda terms, value: replace(terms, cap=_limit(value)),
    "floor": lambda terms, value: replace(terms, floor=_limit(value)),
    "lower_of": lambda terms, value: replace(terms, lower_of=_limit(value)),
    "decimals": _with_decimals,
    "first_uplift": _with_first_uplift,
}
_ADVICE: Final = (
    "Say some of month=12, cap=3.0, floor=none, lower_of=5.0, decimals=1, first_uplift=0, "
    "rate=4.0, or the share of a component such as cpi=0.80 or nlw=0.20, with commas between."
)
