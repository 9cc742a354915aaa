"""How the fee of one day came about: from the tender over each review, worked out again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from services.pricing.fees import FeeFamily, FeeKey, FeePoint, Fees, fee_on
from services.pricing.indices import IndexValue
from services.pricing.placement import Placement, PlacementTerms
from services.pricing.review import base_of
from services.pricing.terms import Figure, ReviewTerms, Uplift, uplift_of
from services.pricing.wages import WageRate, WageRise
from shared.errors import FosterframeError
from shared.framework.age_bands import AgeBands, OutsideAgeBands
from shared.money import (
    Money,
    Percentage,
    for_days,
    money_text,
    percentage_text,
    to_penny,
    uplifted,
)


class NothingDue(FosterframeError):  # noqa: N818 - the lookup's answer
    """On that day nothing is paid: the placement has not started, or has ended."""


@dataclass(frozen=True, slots=True)
class Award:
    """A price review as it was approved."""

    review_id: str
    decision_reference: str
    approved_by: str
    effective_from: date
    terms: ReviewTerms
    uplift: Uplift


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain: a fee from a day on, in sentences, and whether it can be redone.

    Args:
        agrees: the same figures give the same fee when they are worked out again.
    """

    valid_from: date
    weekly: Money
    sentences: tuple[str, ...]
    agrees: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The fee of a placement on one day, with the chain that led to it, the newest link first."""

    placement_id: str
    day: date
    weekly: Money
    daily: Money
    bought_as: str
    chain: tuple[Link, ...]

    @property
    def agrees(self) -> bool:
        """Say whether every link of the chain comes out the same when worked out again."""
        return all(link.agrees for link in self.chain)


def explain(
    placement: Placement,
    day: date,
    fees: Fees,
    age_bands: AgeBands,
    award: Callable[[str], Award],
) -> Explanation:
    """Return how the weekly fee of a placement on a day came about.

    Raises:
        NothingDue: nothing is due on that day.
        NoFeeOn: the framework holds no fee for that day.
    """
    if day < placement.start or (placement.end is not None and day >= placement.end):
        raise NothingDue(f"Nothing is due for placement {placement.id} on {day}.")
    terms = next(each for each in reversed(placement.terms) if each.valid_from <= day)
    if terms.agreed_weekly is not None:
        return _explain_spot(placement, day, terms, terms.agreed_weekly)
    try:
        key = FeeKey(*terms.family, age_bands.band_on(placement.date_of_birth, day))
    except OutsideAgeBands as outside:
        raise NothingDue(f"Nothing is due for {placement.id} on {day}: {outside}.") from None
    chain = chain_of(key, day, fees, award)
    weekly = chain[0].weekly
    return Explanation(placement.id, day, weekly, for_days(weekly, 1), str(key), chain)


def chain_of(key: FeeKey, day: date, fees: Fees, award: Callable[[str], Award]) -> tuple[Link, ...]:
    """Return the links that led to a key's fee on a day, back to the tender.

    Raises:
        NoFeeOn: the framework holds no fee for that day.
    """
    point = fee_on(fees, key, day)
    links: list[Link] = []
    while point.cause.kind == "review":
        base = base_of(fees.points(key.family, key.age_band), point.valid_from)
        if base is None:
            links.append(Link(point.valid_from, point.weekly, ("No fee from before.",), False))  # noqa: FBT003 - the last argument is what the link is worth
            return tuple(links)
        links.append(_review_link(point, base, award(point.cause.reference)))
        point = base
    said = f"{point.cause.kind.capitalize()} {point.cause.reference}: {money_text(point.weekly)}"
    links.append(Link(point.valid_from, point.weekly, (f"{said} a week.",), agrees=True))
    return tuple(links)


def _review_link(point: FeePoint, base: FeePoint, award: Award) -> Link:
    """Work a reviewed fee out again from the award's figures and the fee before."""
    again = uplift_of(award.terms, award.uplift.parts)
    fee = uplifted(base.weekly, again.rate)
    exact = base.weekly * (1 + again.rate / 100)
    worked = f"{money_text(base.weekly)} x (1 + {percentage_text(again.rate)} / 100)"
    sentences = (
        _award_sentence(award),
        *(_figure_sentence(part.change, part.figure) for part in award.uplift.parts),
        f"Uplift: {again.formula()}.",
        f"{worked} = {exact.normalize():f}, rounded half up to {money_text(fee)}.",
    )
    agrees = fee == point.weekly and again.rate == award.uplift.rate
    agrees = agrees and all(part.agrees() for part in award.uplift.parts)
    return Link(point.valid_from, point.weekly, sentences, agrees)


def _award_sentence(award: Award) -> str:
    return (
        f"Review {award.review_id}, decision {award.decision_reference}, approved by "
        f"{award.approved_by}, from {award.effective_from}."
    )


def _figure_sentence(change: Percentage, figure: Figure) -> str:
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


def _rate(rate: WageRate) -> str:
    return f"{money_text(rate.hourly)} from {rate.effective_from}"


def _explain_spot(
    placement: Placement, day: date, terms: PlacementTerms, weekly: Money
) -> Explanation:
    said = f"Agreed for this placement from {terms.valid_from}: {money_text(weekly)} a week."
    link = Link(terms.valid_from, to_penny(weekly), (said,), agrees=True)
    family: FeeFamily = terms.family
    return Explanation(
        placement.id, day, weekly, for_days(weekly, 1), f"{' '.join(family)} spot", (link,)
    )
