"""Says in sentences how a fee came about: the award, its figures, what is due on top or off."""

from decimal import Decimal

from services.pricing.adjusting import Due
from services.pricing.fees import VolumeCount
from services.pricing.indices import IndexValue
from services.pricing.placement import PlacementTerms
from services.pricing.terms.agreed import Figure
from services.pricing.wages import WageRate, WageRise
from shared.framework.adjustments import (
    Adjustment,
    Amount,
    ForLongStay,
    ForSibling,
    ForVolume,
)
from shared.money import Money, Percentage, money_text, percentage_text


def figure_sentence(change: Percentage, figure: Figure) -> str:
    """Return what a change was read from, with its release or its source."""
    if isinstance(figure, IndexValue):
        return (
            f"CPI ({figure.series}) for {figure.month}: {percentage_text(figure.value)} %, "
            f"{figure.standing}, release of {figure.released_on} ({figure.source})."
        )
    if isinstance(figure, WageRise):
        before, after = figure.before, figure.after
        return (
            f"{after.band}: {_rate(before)} to {_rate(after)}, {percentage_text(change)} % "
            f"({after.source})."
        )
    return f"Laid down in the terms: {percentage_text(change)} %."


def uplift_sentence(before: Decimal, rate: Percentage, after: Money) -> str:
    """Return an uplift worked out: the fee before, the rate, the exact product and its rounding."""
    exact = before * (1 + rate / 100)
    return (
        f"{exact_text(before)} x (1 + {percentage_text(rate)} / 100) = {exact_text(exact)}, "
        f"rounded half up to {money_text(after)}."
    )


def adjustment_sentence(
    adjustment: Adjustment,
    amount: Amount,
    terms: PlacementTerms,
    count: VolumeCount | None,
    counted_by: str,
) -> str:
    """Return what is due on top of a fee or off it, and because of what."""
    way = "off" if adjustment.kind == "discount" else "on top"
    said = f"{adjustment.name} ({adjustment.id}): {_amount(amount)} {way}, "
    due = adjustment.due
    if isinstance(due, ForSibling):
        return (
            f"{said}child {terms.sibling_number} of a sibling group in one home, "
            f"from child {due.from_number} on."
        )
    if isinstance(due, ForLongStay):
        return (
            f"{said}with the agency since {terms.with_agency_since}, "
            f"after {due.after_months} months."
        )
    if isinstance(due, ForVolume):
        tier = f"{due.at_least} or more" if due.below is None else f"{due.at_least} to {_last(due)}"
        if count is None:
            return f"{said}for {tier} placements."
        return (
            f"{said}{count.placements} placements on {count.counted_on} (for {tier}), counting "
            f"from {count.effective_from} on, counted by {counted_by}."
        )
    return f"{said}no other child is in the home."


def adjusted_sentence(weekly: Money, due: Due, after: Money) -> str:
    """Return a fee worked out with what is due: percentages of it add up, then come pounds."""
    percents = [_signed(kind.kind, amount.percent) for kind, amount in due if amount.percent]
    pounds = [_signed(kind.kind, amount.weekly) for kind, amount in due if amount.weekly]
    factor = f" x (100{''.join(percents)}) / 100" if percents else ""
    percent = sum((Decimal(each.replace(" ", "")) for each in percents), Decimal(0))
    on_top = sum((Decimal(each.replace(" ", "")) for each in pounds), Decimal(0))
    exact = max(weekly * (100 + percent) / 100 + on_top, Decimal(0))
    return (
        f"{money_text(weekly)}{factor}{''.join(pounds)} = {exact_text(exact)}, rounded half up "
        f"to {money_text(after)}."
    )


def exact_text(amount: Decimal) -> str:
    """Return pounds as they are, with pence, and with more places where there are any."""
    text = f"{amount.normalize():f}"
    places = len(text.partition(".")[2])
    return text if places > 1 else f"{amount:.2f}"


def _amount(amount: Amount) -> str:
    told = [f"{percentage_text(amount.percent)} %"] if amount.percent else []
    if amount.weekly:
        told.append(f"{money_text(amount.weekly)} a week")
    return " and ".join(told)


def _signed(kind: str, amount: Decimal | None) -> str:
    return f" {'-' if kind == 'discount' else '+'} {amount}"


def _last(due: ForVolume) -> int:
    return due.at_least if due.below is None else due.below - 1


def _rate(rate: WageRate) -> str:
    return f"{money_text(rate.hourly)} from {rate.effective_from}"
