"""How what was counted of a price review is kept with its preview, and told."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, Final, get_args

from services.pricing.reviews.distribution import Band
from services.pricing.reviews.review import Outcome
from services.pricing.reviews.totals import Counted, Paid, Totals
from shared.money import NOTHING, Money, Percentage, money_text, percentage_text, pounds

Json = dict[str, Any]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)


def counted_told(counted: Counted) -> Json:
    """Return control totals, the cost to the budget, and how fees move, as they are kept."""
    total = counted.total()
    return {
        "days": counted.stretch.days,
        "remaining_days": counted.stretch.remaining_days,
        "total": totals_told(total),
        "by_purchaser": _each(counted.by_purchaser()),
        "by_agency": _each(counted.by_agency()),
        "by_placement_type": _each(counted.by_placement_type()),
        "by_service_line": {
            name: paid_told(paid) for name, paid in sorted(counted.by_service_line().items())
        },
        "service_lines": [
            {"purchaser": purchaser, "service_line": name, **paid_told(paid)}
            for (purchaser, name), paid in sorted(counted.service_lines.items())
        ],
        "distribution": {
            "pounds_a_week": _bands_told(counted.fees.by_pounds(), _pounds_text),
            "per_cent": _bands_told(counted.fees.by_per_cent(), _per_cent_text),
        },
        "spot": _spot_told(total),
    }


def totals_told(totals: Totals) -> Json:
    """Return control totals: the fee keys, and what the live placements pay for them."""
    paid = totals.paid
    return {
        "fees_uplifted": totals.fees.get("uplifted", 0),
        "fees_excluded": totals.fees.get("excluded", 0),
        "fees_restored": totals.fees.get("restored", 0),
        "weekly_before": money_text(totals.weekly_before),
        "weekly_after": money_text(totals.weekly_after),
        "placements": paid.moved,
        "placements_live": paid.placements,
        "paid_before": money_text(paid.weekly_before),
        "paid_after": money_text(paid.weekly_after),
        "annual_effect": money_text(paid.annual_effect),
        "remaining_effect": money_text(paid.remaining_effect),
    }


def together(totals: Sequence[Json]) -> Json:
    """Return what reviews of one day come to together, of which each superseded the one before.

    Each counts from what held without it, so their rises add up; the rest is that of the last.
    """
    told = dict(totals[-1])
    for after, before in (("weekly_after", "weekly_before"), ("paid_after", "paid_before")):
        if all(before in each for each in totals):
            rise = sum(pounds(each[after]) - pounds(each[before]) for each in totals)
            told[before] = money_text(Money(pounds(told[after]) - rise))
    for name in ("annual_effect", "remaining_effect"):
        if all(name in each for each in totals):
            told[name] = money_text(Money(sum((pounds(each[name]) for each in totals), NOTHING)))
    return told


def paid_told(paid: Paid) -> Json:
    """Return what live placements pay a week, before and after, and what that comes to."""
    return {
        "placements": paid.placements,
        "placements_moved": paid.moved,
        "weekly_before": money_text(paid.weekly_before),
        "weekly_after": money_text(paid.weekly_after),
        "annual_effect": money_text(paid.annual_effect),
        "remaining_effect": money_text(paid.remaining_effect),
    }


def _each(every: dict[str, Totals]) -> Json:
    return {name: totals_told(one) for name, one in sorted(every.items())}


def _spot_told(total: Totals) -> Json:
    return {f"placements_{outcome}": total.spot.get(outcome, 0) for outcome in OUTCOMES}


def _bands_told(bands: Iterable[Band], said: Callable[[Decimal], str]) -> list[Json]:
    return [
        {
            "above": said(band.above),
            "up_to": said(band.up_to),
            "fees": band.fees,
            "placements": band.placements,
        }
        for band in bands
    ]


def _pounds_text(amount: Decimal) -> str:
    return money_text(Money(amount))


def _per_cent_text(rate: Decimal) -> str:
    return percentage_text(Percentage(rate))
