"""The links of an explanation: each reviewed fee, worked out again from the one before."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from services.pricing.explaining.sentences import exact_text, figure_sentence, uplift_sentence
from services.pricing.fee_book.awarded import points_awarded_before
from services.pricing.fee_book.spot_fee import SpotStep, spot_steps
from services.pricing.fees import FeeCause, FeeKey, FeePoint, Fees, VolumeCount, position_on
from services.pricing.membership import left_on
from services.pricing.placement import Placement, PlacementTerms
from services.pricing.reviews.review import base_of, exact_fee, review_line
from services.pricing.reviews.spot import spot_line
from services.pricing.reviews.tracks import ReviewRule, Track
from services.pricing.terms.agreed import uplift_of
from shared.days import next_day
from shared.framework.framework import Framework
from shared.money import Money, money_text


@dataclass(frozen=True, slots=True)
class Award:
    """A price review as it was approved."""

    review_id: str
    decision_reference: str
    approved_by: str
    rule: ReviewRule


class Earlier(NamedTuple):
    """What a fee was held to be from some day on, until something else was recorded.

    Args:
        recorded_on, until: when it was recorded, and when what replaced it was.
    """

    weekly: Money
    cause: FeeCause
    recorded_on: date
    until: date


def _no_history(_key: FeeKey, _valid_from: date) -> Sequence[Earlier]:
    return ()


def _somebody(_count: VolumeCount) -> str:
    return "somebody"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where an explanation looks up what the fees themselves do not say.

    Args:
        award: a price review by its id.
        history: what was recorded of a fee key from a day on, and replaced since.
        counted_by: who made a count of an agency's placements.
    """

    award: Callable[[str], Award]
    history: Callable[[FeeKey, date], Sequence[Earlier]] = _no_history
    counted_by: Callable[[VolumeCount], str] = _somebody


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


class Look(NamedTuple):
    """What an explanation works with.

    Args:
        awarded_before: reviews that were applied on or after this day do not reach it, if given.
    """

    placement: Placement
    day: date
    fees: Fees
    framework: Framework
    sources: Sources
    awarded_before: date | None


def fee_links(look: Look, key: FeeKey) -> Iterator[Link]:
    """Yield the links that led to a key's fee on a day, back to the tender."""
    points = look.fees.points(key.family, key.age_band)
    if look.awarded_before is not None:
        points = points_awarded_before(look.fees, key, look.awarded_before)
    point: FeePoint | None = points[position_on(key, points, look.day)]
    left = left_on(look.fees.memberships(key.agency), look.day)
    gone = () if left is None else (f"The agency left the framework on {left}: it stays so.",)
    while point is not None:
        earlier = tuple(_earlier(each) for each in look.sources.history(key, point.valid_from))
        if point.cause.kind != "review":
            cause = f"{point.cause.kind.capitalize()} {point.cause.reference}"
            said = (f"{cause}: {money_text(point.weekly)} a week.", *earlier, *gone)
            yield Link(point.valid_from, point.weekly, said, agrees=True)
            return
        base = base_of(points, point.valid_from)
        yield _review_link(look, key, points, point, (*earlier, *gone))
        point, gone = base, ()


def _review_link(
    look: Look,
    key: FeeKey,
    points: Sequence[FeePoint],
    point: FeePoint,
    further: tuple[str, ...],
) -> Link:
    """Work a reviewed fee out again from the award's figures and the fee before."""
    award = look.sources.award(point.cause.reference)
    base = base_of(points, point.valid_from)
    left = left_on(look.fees.memberships(key.agency), point.valid_from)
    tendered = look.fees.tendered_on(key.family, key.age_band)
    line = review_line(key, points, award.rule, left_on=left, tendered=tendered)
    agrees = line.after == point.weekly and line.unrounded == point.unrounded
    track = award.rule.track_for(key.placement_type)
    said: tuple[str, ...]
    if base is None:
        said, agrees = ("No fee from before.",), False
    elif line.is_uplifted and track is not None:
        said = _uplift_sentences(track, exact_fee(base), line.after)
        if line.unrounded is not None:
            unrounded = exact_text(line.unrounded)
            said = (*said, f"The terms compound unrounded: the next review starts at {unrounded}.")
        agrees = agrees and _figures_agree(track)
    else:
        back = f"Back to {money_text(base.weekly)} a week, the fee from before: {line.because}."
        said, agrees = (back,), agrees and point.unrounded in {None, base.unrounded}
    sentences = (_award_sentence(award), *said, *further)
    return Link(point.valid_from, point.weekly, sentences, agrees)


def spot_links(look: Look) -> tuple[Link, ...]:
    """Return the links from the agreement over each review that lifted it, the newest first."""
    links: list[Link] = []
    held: SpotStep | None = None
    agreed_from: date | None = None
    every = look.placement.terms
    for position, terms in enumerate(every):
        if terms.agreed_weekly is None or terms.valid_from > look.day:
            continue
        if terms.agreed_from != agreed_from:
            agreed = money_text(terms.agreed_weekly)
            said = f"Agreed for this placement from {terms.agreed_from}: {agreed} a week."
            links = [Link(terms.agreed_from, terms.agreed_weekly, (said,), agrees=True)]
            held, agreed_from = None, terms.agreed_from
        ends = every[position + 1].valid_from if position + 1 < len(every) else date.max
        until = min(ends, next_day(look.day))
        weekly = terms.agreed_weekly if held is None else held.weekly
        steps = spot_steps(terms, terms.agreed_weekly, held, look.fees, until, look.awarded_before)
        for step in steps:
            if step.review_id is not None:
                links.append(_spot_link(look, terms, step, weekly))
            weekly = step.weekly
        held = steps[-1]
    return tuple(reversed(links))


def _spot_link(look: Look, terms: PlacementTerms, step: SpotStep, before: Money) -> Link:
    """Work the review of an agreed fee out again."""
    award = look.sources.award(step.review_id or "")
    account = terms.account.service_line
    family = terms.family
    line = spot_line(
        award.rule, look.placement.id, family, account, before, terms.agreed_from, before
    )
    track = award.rule.track_for(family.placement_type)
    agrees = line.after == step.weekly
    if line.outcome == "uplifted" and track is not None:
        said = _uplift_sentences(track, before, line.after)
        agrees = agrees and _figures_agree(track)
    else:
        said = (f"It stays at {money_text(before)} a week: {line.because}.",)
    return Link(step.day, step.weekly, (_award_sentence(award), *said), agrees)


def _uplift_sentences(track: Track, before: Decimal, after: Money) -> tuple[str, ...]:
    again = uplift_of(track.terms, track.uplift.parts)
    return (
        *(figure_sentence(part.change, part.figure) for part in track.uplift.parts),
        f"Uplift: {again.formula()}.",
        uplift_sentence(before, again.rate, after),
    )


def _figures_agree(track: Track) -> bool:
    again = uplift_of(track.terms, track.uplift.parts)
    same_rate = again.rate == track.uplift.rate
    return same_rate and all(part.agrees() for part in track.uplift.parts)


def _award_sentence(award: Award) -> str:
    rule = award.rule
    kind = f", which takes {rule.reverses} back" if rule.reverses is not None else ""
    return (
        f"Review {award.review_id}{kind}, decision {award.decision_reference}, approved by "
        f"{award.approved_by}, from {rule.effective_from}."
    )


def _earlier(held: Earlier) -> str:
    return (
        f"From {held.recorded_on} until {held.until} it was held to be {money_text(held.weekly)} "
        f"a week ({held.cause.kind} {held.cause.reference})."
    )
