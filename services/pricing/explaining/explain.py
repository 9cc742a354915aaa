"""How the fee of one day came about: from the tender over each review, worked out again."""

from dataclasses import dataclass
from datetime import date

from services.pricing.adjusting import due_on, with_adjustments
from services.pricing.explaining.links import Link, Look, Sources, fee_links, spot_links
from services.pricing.explaining.sentences import adjusted_sentence, adjustment_sentence
from services.pricing.fees import FeeKey, Fees
from services.pricing.finance.reconcile import ToldChange
from services.pricing.membership import check_member
from services.pricing.placement import Placement, PlacementTerms
from services.pricing.timeline import paid_until, segment_on, timeline
from shared.errors import FosterframeError
from shared.framework.adjustments import ForVolume
from shared.framework.framework import Framework
from shared.money import Money, for_days, money_text


class NothingDue(FosterframeError):  # noqa: N818 - the lookup's answer
    """On that day nothing is paid: the placement has not started, or has ended."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The fee of a placement on one day, with the chain that led to it, the newest link first.

    Args:
        told: what finance was told of that day, in sequence; the last is what it knows.
    """

    placement_id: str
    day: date
    weekly: Money
    daily: Money
    bought_as: str
    chain: tuple[Link, ...]
    told: tuple[ToldChange, ...] = ()

    @property
    def agrees(self) -> bool:
        """Say whether every link of the chain comes out the same when worked out again."""
        return all(link.agrees for link in self.chain)


def explain(
    placement: Placement,
    day: date,
    fees: Fees,
    framework: Framework,
    sources: Sources,
    horizon: date | None = None,
) -> Explanation:
    """Return how the weekly fee of a placement on a day came about.

    Args:
        placement: as it is known now.
        day: the day.
        fees: every fee that the placement may have, and what else moves it.
        framework: whose discounts, supplements and conventions hold.
        sources: where the rest is looked up.
        horizon: the last day of which what the calendar brings is known; the day if it is later.

    Raises:
        NothingDue: nothing is due on that day.
        NoFeeOn: the framework holds no fee for that day.
    """
    seen = max(horizon or day, day)
    stop = paid_until(placement, framework, seen)
    if day < placement.start or (stop is not None and day >= stop):
        why = _why(placement, framework, day)
        raise NothingDue(f"Nothing is due for placement {placement.id} on {day}: {why}.")
    is_left = framework.conventions.review_arrears_for_ended == "not_paid"
    look = Look(placement, day, fees, framework, sources, stop if is_left else None)
    terms = placement.terms_on(day)
    if terms.agreed_weekly is None:
        bought_as, chain = _framework_chain(look, terms)
    else:
        bought_as, chain = f"{' '.join(terms.family)} spot", spot_links(look)
    weekly = segment_on(timeline(placement, fees, framework, seen), day).weekly
    if chain[0].weekly != weekly:
        said = (f"The timeline has {money_text(weekly)} a week on this day.",)
        chain = (Link(day, weekly, said, agrees=False), *chain)
    return Explanation(placement.id, day, weekly, for_days(weekly, 1), bought_as, chain)


def _why(placement: Placement, framework: Framework, day: date) -> str:
    """Return why nothing is due on a day, without the day of a birthday."""
    if day < placement.start:
        return f"it starts on {placement.start}"
    if placement.end is not None and placement.end <= day:
        return f"it ended on {placement.end}"
    return f"nothing is paid from birthday {framework.age_bands.adult_age} on"


def _framework_chain(look: Look, terms: PlacementTerms) -> tuple[str, tuple[Link, ...]]:
    band = look.framework.age_bands.band_on(look.placement.date_of_birth, look.day)
    key = FeeKey(*terms.family, band)
    check_member(look.fees, key, terms.agreed_from, look.day)
    chain = tuple(fee_links(look, key))
    due = due_on(terms, look.framework, look.fees, look.day)
    if not due:
        return str(key), chain
    weekly = with_adjustments(chain[0].weekly, due)
    counts = look.fees.volumes(key.agency)
    held = [each for each in counts if each.effective_from <= look.day]
    said = []
    for adjustment, amount in due:
        count = held[-1] if held and isinstance(adjustment.due, ForVolume) else None
        who = "" if count is None else look.sources.counted_by(count)
        said.append(adjustment_sentence(adjustment, amount, terms, count, who))
    said.append(adjusted_sentence(chain[0].weekly, due, weekly))
    first = max(chain[0].valid_from, terms.valid_from)
    return str(key), (Link(first, weekly, tuple(said), agrees=True), *chain)
