"""Writes down what a review's uplift was read from, so that it can be worked out again."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from services.pricing.indices import IndexValue
from services.pricing.months import Month
from services.pricing.terms.agreed import Part
from services.pricing.wages import WageRate, WageRise
from shared.money import money_text, percentage, percentage_text, pounds


def parts_text(parts: Sequence[Part]) -> str:
    """Return the parts of an uplift as JSON text."""
    return json.dumps([_told(part) for part in parts])


def parts_from(text: str) -> tuple[Part, ...]:
    """Return the parts of an uplift that a JSON text tells."""
    return tuple(_part(told) for told in json.loads(text))


def _told(part: Part) -> dict[str, Any]:
    told: dict[str, Any] = {"share": f"{part.share:f}", "change": percentage_text(part.change)}
    if isinstance(part.figure, IndexValue):
        told["index"] = {
            "series": part.figure.series,
            "year": part.figure.month.year,
            "month": part.figure.month.month,
            "value": percentage_text(part.figure.value),
            "released_on": part.figure.released_on.isoformat(),
            "standing": part.figure.standing,
            "source": part.figure.source,
        }
    elif isinstance(part.figure, WageRise):
        told["before"] = _told_rate(part.figure.before)
        told["after"] = _told_rate(part.figure.after)
    return told


def _told_rate(rate: WageRate) -> dict[str, Any]:
    return {
        "band": rate.band,
        "effective_from": rate.effective_from.isoformat(),
        "hourly": money_text(rate.hourly),
        "status": rate.status,
        "source": rate.source,
        "from_age": rate.from_age,
        "to_age": rate.to_age,
    }


def _part(told: dict[str, Any]) -> Part:
    share, change = Decimal(told["share"]), percentage(told["change"])
    if "index" in told:
        return Part(share, change, _value(told["index"]))
    if "after" in told:
        return Part(share, change, WageRise(_rate(told["before"]), _rate(told["after"])))
    return Part(share, change, None)


def _value(told: dict[str, Any]) -> IndexValue:
    return IndexValue(
        series=told["series"],
        month=Month(told["year"], told["month"]),
        value=percentage(told["value"]),
        released_on=date.fromisoformat(told["released_on"]),
        source=told["source"],
        standing=told["standing"],
    )


def _rate(told: dict[str, Any]) -> WageRate:
    return WageRate(
        band=told["band"],
        effective_from=date.fromisoformat(told["effective_from"]),
        hourly=pounds(told["hourly"]),
        status=told["status"],
        source=told["source"],
        from_age=told["from_age"],
        to_age=told["to_age"],
    )
