"""On which days an agency stands otherwise than was known before."""

from collections.abc import Iterable, Mapping
from datetime import date

from services.eligibility.register.register import Register
from shared.days import Period


def changed_agencies(
    before: Register, after: Register, urns: Iterable[str], since: date
) -> Mapping[str, tuple[Period, ...]]:
    """Return each agency that stands otherwise on any day since one, with those days."""
    found = {urn: tuple(_otherwise(urn, before, after, since)) for urn in sorted(set(urns))}
    return {urn: days for urn, days in found.items() if days}


def _otherwise(urn: str, before: Register, after: Register, since: date) -> Iterable[Period]:
    changes = {*before.change_days(urn), *after.change_days(urn)}
    days = [since, *sorted(day for day in changes if day > since)]
    for day, following in zip(days, [*days[1:], None], strict=True):
        is_new = urn not in before
        if is_new or before.agency(urn, day) != after.agency(urn, day):
            yield Period(day, following)
