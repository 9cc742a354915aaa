"""An invented year of referrals, the same for the same seed; no child in it exists."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final, Literal, get_args

from services.demo.sample import Sample, sample_of
from services.demo.sample_children import children_of
from services.demo.sample_faults import faulty
from shared.contracts.catalogue import REFERRAL_RECEIVED, REFERRAL_WITHDRAWN
from shared.contracts.fields import YesNoUnknown
from shared.contracts.referral import ReferralReceived, ReferralWithdrawn
from shared.days import london_day

KINDS: Final = {
    "core": 36,
    "emergency": 14,
    "sibling_group": 12,
    "siblings_apart": 2,
    "solo": 7,
    "parent_and_child": 5,
    "disabled_child": 8,
    "uas_child": 9,
    "not_searched": 3,
    "under_five": 4,
}
"""What a referral is an example of, and how many of a hundred are."""

PLACEMENT_TYPES: Final = {
    "sibling_group": "sibling_group",
    "siblings_apart": "sibling_group",
    "parent_and_child": "parent_and_child",
    "disabled_child": "disabled_child",
}
"""The placement type of a kind; all others are core placements."""

NeededBy = Literal["today", "within_5_days", "later"]
InHouseSearch = Literal["done", "not_done", "not_possible"]
WithdrawnFor = Literal["in_house_found", "returned_home", "duplicate", "other"]

AREAS: Final = ("ME", "ME7", "ME14", "CT", "CT9", "CT20", "TN", "TN23", "DA", "DA11")
LONG_TERM_PER_CENT: Final = 35
SOON_PER_CENT: Final = 45
WITHDRAWN_PER_CENT: Final = 3
_OPENS, _CLOSES = 8 * 3_600, 17 * 3_600
_LAST_SECOND: Final = 23 * 3_600  # later, it is the day after in London when summer time holds
_A_CYCLE: Final = (*KINDS, *(kind for kind, share in KINDS.items() for _ in range(share - 1)))
_NEEDS: Final = ("standard",) * 62 + ("enhanced",) * 28 + ("complex",) * 10
_PURCHASERS: Final = ("kent",) * 4 + ("medway",)
_UASC: Final[tuple[YesNoUnknown, ...]] = ("yes",) * 9 + ("not_established",)
_WITHDRAWN: Final[tuple[WithdrawnFor, ...]] = get_args(WithdrawnFor)


def sample_referrals(count: int, seed: int, first_day: date, last_day: date) -> list[Sample]:
    """Return exactly so many well-formed referrals, and what comes beside them, by time.

    Beside them come withdrawals of some of them, and at least one message of each fault that a
    sender can make; each sample says what must become of it.
    """
    referrals = good_referrals(count, seed, first_day, last_day)
    random = Random(f"beside {seed}")  # noqa: S311 - a sample, nothing secret
    beside = [*_withdrawals(referrals, random), *faulty(referrals, random)]
    return sorted(referrals + beside, key=lambda sample: sample.at)


def good_referrals(count: int, seed: int, first_day: date, last_day: date) -> list[Sample]:
    """Return so many well-formed referrals and nothing else, by time."""
    random = Random(seed)  # noqa: S311 - a sample, nothing secret
    kinds = _kinds(count, random)
    moments = sorted((_moment(kind, random, first_day, last_day), kind) for kind in kinds)
    return [
        _referral(f"ref-{seed}-{number:06d}", kind, at, random)
        for number, (at, kind) in enumerate(moments, start=1)
    ]


def _kinds(count: int, random: Random) -> list[str]:
    """Return every kind in its share: of the first ten one each, of a hundred as `KINDS` says."""
    kinds = [_A_CYCLE[number % len(_A_CYCLE)] for number in range(count)]
    random.shuffle(kinds)
    return kinds


def _moment(kind: str, random: Random, first_day: date, last_day: date) -> datetime:
    day = first_day + timedelta(days=random.randrange((last_day - first_day).days + 1))
    opens, closes = (0, _LAST_SECOND) if kind == "emergency" else (_OPENS, _CLOSES)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
        seconds=random.randrange(opens, closes)
    )


def _referral(referral_id: str, kind: str, at: datetime, random: Random) -> Sample:
    today = london_day(at)
    needed_by, days = _urgency(kind, random)
    referral = ReferralReceived(
        referral_id=referral_id,
        received_at=at,
        purchaser=random.choice(_PURCHASERS),
        needed_by=needed_by,
        start_date=today + timedelta(days=days),
        duration="long_term" if random.randrange(100) < LONG_TERM_PER_CENT else "short_term",
        placement_type=PLACEMENT_TYPES.get(kind, "core"),
        need_category=random.choice(_NEEDS),
        solo=kind == "solo",
        in_house_search=_search(kind, random),
        uasc=random.choice(_UASC) if kind == "uas_child" else "no",
        preferred_area=random.choice(AREAS),
        keep_together=kind != "siblings_apart",
        children=children_of(kind, referral_id, today, random),
    )
    return sample_of(REFERRAL_RECEIVED, referral_id, at, kind, referral)


def _urgency(kind: str, random: Random) -> tuple[NeededBy, int]:
    """Return when the home is needed, in a word and in days; a planned one never tomorrow."""
    if kind == "emergency":
        return "today", random.choice((0, 0, 0, 1))
    if random.randrange(100) < SOON_PER_CENT:
        return "within_5_days", random.randrange(2, 6)
    return "later", random.randrange(6, 45)


def _search(kind: str, random: Random) -> InHouseSearch:
    if kind == "not_searched":
        return "not_done"
    # Nobody searches the whole in-house service in the middle of the night.
    return random.choice(("done", "not_possible")) if kind == "emergency" else "done"


def _withdrawals(referrals: Sequence[Sample], random: Random) -> Iterator[Sample]:
    for referral in referrals:
        if random.randrange(100) < WITHDRAWN_PER_CENT and isinstance(
            referral.data, ReferralReceived
        ):
            at = referral.at + timedelta(minutes=random.randrange(60, 5 * 24 * 60))
            id_ = referral.data.referral_id
            withdrawn = ReferralWithdrawn(
                referral_id=id_, withdrawn_at=at, reason=random.choice(_WITHDRAWN)
            )
            yield sample_of(REFERRAL_WITHDRAWN, id_, at, "withdrawn", withdrawn)
