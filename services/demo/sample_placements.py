"""Invented placements on the shortlists of the year: started, amended, ended, and spot."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from services.demo.sample import Sample, sample_of
from services.demo.sample_faults import number_for_money
from shared.contracts.catalogue import PLACEMENT_AMENDED, PLACEMENT_ENDED, PLACEMENT_STARTED
from shared.contracts.placement import PlacementAmended, PlacementEnded, PlacementStarted
from shared.contracts.referral import ReferralReceived
from shared.contracts.shortlist import PricedOffer, ShortlistPriced
from shared.money import Money, pounds

PLACED_PER_CENT: Final = 60
FIRST_OFFER_PER_CENT: Final = 75
SPOT_PER_CENT: Final = 25
AMENDED_PER_CENT: Final = 8
ENDED_PER_CENT: Final = 22
SHORTEST_STAY_DAYS, LONGEST_STAY_DAYS = 10, 400

SPOT_AGENCIES: Final = ("9999901", "9999902", "SC999903")
"""Invented agencies outside the framework, which are bought from one child at a time."""

SPOT_WEEKLY: Final = ("1048.50", "1120.00", "1239.91", "1410.00", "1585.50")
LESS_NEED: Final = {"complex": "enhanced", "enhanced": "standard"}
"""What a need can fall to; whoever meets the greater need has a fee for the lesser."""

_NOON: Final = time(12, tzinfo=UTC)


def sample_placements(
    shortlists: Iterable[ShortlistPriced], referrals: Iterable[Sample], seed: int, last_day: date
) -> list[Sample]:
    """Return the placements that come of the shortlists, by time; the same for the same seed.

    A share of the shortlists is taken up, for each child that has a fee of its own; where nobody
    on the framework can help, some children go to a spot placement, at least one. Some
    placements are amended, some end, and one message has a number where money must be text. What
    would happen after the last day is left out.
    """
    random = Random(f"placements {seed}")  # noqa: S311 - a sample, nothing secret
    told = {
        sample.data.referral_id: sample.data
        for sample in referrals
        if isinstance(sample.data, ReferralReceived)
    }
    starts: list[tuple[str, PlacementStarted]] = []
    # In an order of our own: shortlists may come in another order each time.
    for shortlist in sorted(shortlists, key=lambda one: one.referral_id):
        starts += [each for each in _starts(shortlist, told, random) if _is_by(last_day, each)]
    if starts and not any(kind == "spot" for kind, _ in starts):
        starts[-1] = ("spot", _as_spot(starts[-1][1]))
    samples = [sample for kind, start in starts for sample in _life(kind, start, random)]
    samples += [number_for_money(sample) for sample in samples if sample.kind == "spot"][:1]
    happened = [sample for sample in samples if sample.at.date() <= last_day]
    return sorted(happened, key=lambda sample: sample.at)


def end_without_start(day: date, seed: int) -> Sample:
    """Return an end for a placement that nobody started: tried again some times, then parked."""
    id_ = f"placement-{seed}-never-started"
    ended = PlacementEnded(placement_id=id_, end_date=day)
    return sample_of(PLACEMENT_ENDED, id_, _noon(day), "ended_never_started", ended)


def _is_by(last_day: date, begun: tuple[str, PlacementStarted]) -> bool:
    return begun[1].start_date <= last_day


def _starts(
    shortlist: ShortlistPriced, told: Mapping[str, ReferralReceived], random: Random
) -> Iterator[tuple[str, PlacementStarted]]:
    chance = random.randrange(100)
    referral = told.get(shortlist.referral_id)
    if referral is None:
        return
    if shortlist.offers and chance < PLACED_PER_CENT:
        is_first = random.randrange(100) < FIRST_OFFER_PER_CENT or len(shortlist.offers) == 1
        offer = shortlist.offers[0 if is_first else 1]
        yield from (("placed", start) for start in _on_offer(referral, offer))
    elif shortlist.spot_purchase_indicated and chance < SPOT_PER_CENT:
        agency, weekly = random.choice(SPOT_AGENCIES), pounds(random.choice(SPOT_WEEKLY))
        yield "spot", _start(referral, referral.children[0].child_ref, agency, weekly)


def _on_offer(referral: ReferralReceived, offer: PricedOffer) -> Iterator[PlacementStarted]:
    """Yield a placement for each fee of the offer: one for a parent and child together."""
    for fee in offer.fees:
        yield _start(referral, fee.child_ref, offer.agency, None)


def _start(
    referral: ReferralReceived, child_ref: str, agency: str, agreed_weekly: Money | None
) -> PlacementStarted:
    child = next(one for one in referral.children if one.child_ref == child_ref)
    return PlacementStarted(
        placement_id=f"placement-{child_ref.removeprefix('child-')}",
        referral_id=referral.referral_id,
        child_ref=child_ref,
        date_of_birth=child.date_of_birth,
        agency=agency,
        purchaser=referral.purchaser,
        placement_type=referral.placement_type,
        need_category=referral.need_category,
        start_date=referral.start_date,
        duration=referral.duration,
        solo=referral.solo,
        disability=child.disability,
        uasc=referral.uasc == "yes",
        agreement="framework" if agreed_weekly is None else "spot",
        agreed_weekly=agreed_weekly,
    )


def _as_spot(start: PlacementStarted) -> PlacementStarted:
    weekly = pounds(SPOT_WEEKLY[0])
    told = {"agreement": "spot", "agreed_weekly": weekly, "agency": SPOT_AGENCIES[0]}
    return start.model_copy(update=told)


def _life(kind: str, start: PlacementStarted, random: Random) -> Iterator[Sample]:
    id_ = start.placement_id
    yield sample_of(PLACEMENT_STARTED, id_, _noon(start.start_date), kind, start)
    days = random.randrange(SHORTEST_STAY_DAYS, LONGEST_STAY_DAYS)
    amended, ended = random.randrange(100), random.randrange(100)
    if amended < AMENDED_PER_CENT:
        on = start.start_date + timedelta(days=random.randrange(2, SHORTEST_STAY_DAYS))
        kind, amendment = _amendment(start, on, random)
        yield sample_of(PLACEMENT_AMENDED, id_, _noon(on), kind, amendment)
    if ended < ENDED_PER_CENT:
        last = start.start_date + timedelta(days=days)
        end = PlacementEnded(placement_id=id_, end_date=last)
        yield sample_of(PLACEMENT_ENDED, id_, _noon(last), "ended", end)


def _amendment(start: PlacementStarted, on: date, random: Random) -> tuple[str, PlacementAmended]:
    less = LESS_NEED.get(start.need_category)
    if less is not None and start.agreement == "framework":
        changed = PlacementAmended(
            placement_id=start.placement_id, effective_from=on, need_category=less
        )
        return "need_changed", changed
    # Older than first said, as it is found out; at most some months, so nobody is of age.
    born = start.date_of_birth - timedelta(days=random.randrange(5, 60))
    changed = PlacementAmended(
        placement_id=start.placement_id, effective_from=start.start_date, date_of_birth=born
    )
    return "born_earlier", changed


def _noon(day: date) -> datetime:
    return datetime.combine(day, _NOON)
