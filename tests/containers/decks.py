"""The invented messages that case management has at hand, more than a test publishes."""

from collections import defaultdict
from datetime import date
from random import Random

from services.demo.sample_placements import sample_placements
from services.demo.samples import sample_referrals
from shared.contracts.referral import ReferralReceived
from shared.contracts.shortlist import ChildFee, PricedOffer, ShortlistPriced
from shared.money import pounds
from tests.containers.expected import families, priced_in_full

FIRST_DAY, LAST_DAY = date(2026, 2, 16), date(2026, 3, 30)
ALL_TOLD_BY = date(2029, 12, 31)
OFFERS = 2


def referrals(count, seed):
    """Return so many good referrals, with the malformed messages and withdrawals beside them."""
    samples = sample_referrals(count, seed, FIRST_DAY, LAST_DAY)
    # An id used again is refused only where the first use came first, which no broker promises.
    return [one for one in samples if one.refused_by != "inbox"]


def placements(told, seed):
    """Return what becomes of some of the children in referrals, one placement after the other.

    They live with agencies that have a fee for them, whatever the services would decide: so the
    messages are at hand before the first decision is made.
    """
    random = Random(f"agencies {seed}")  # noqa: S311 - a sample, nothing secret
    good = [one for one in told if isinstance(one.data, ReferralReceived)]
    shortlists = [_shortlist(one.data, random) for one in good]
    samples = sample_placements([one for one in shortlists if one], good, seed, ALL_TOLD_BY)
    lives = defaultdict(list)
    for sample in priced_in_full(samples):
        lives[_placement_of(sample)].append(sample)
    return [sample for life in lives.values() for sample in life]


def _placement_of(sample):
    return sample.message_id if sample.data is None else sample.data.placement_id


def _shortlist(referral, random):
    bought = (referral.purchaser, referral.placement_type, referral.need_category)
    agencies = sorted(family.agency for family in families() if tuple(family[1:]) == bought)
    if not agencies:
        return None
    chosen = random.sample(agencies, min(OFFERS, len(agencies)))
    return ShortlistPriced(
        decision_id="invented",
        referral_id=referral.referral_id,
        purchaser=referral.purchaser,
        placement_type=referral.placement_type,
        need_category=referral.need_category,
        start_date=referral.start_date,
        emergency=referral.is_emergency,
        spot_purchase_indicated=False,
        pack_digest="invented",
        offers=tuple(_offer(rank, agency, referral) for rank, agency in enumerate(chosen, 1)),
        unpriced=(),
    )


def _offer(rank, agency, referral):
    fee = ChildFee(
        child_ref=referral.children[0].child_ref,
        age_band="0-4",
        weekly=pounds("1.00"),
        fee_from=referral.start_date,
        cause="tender",
        cause_reference="invented",
    )
    return PricedOffer(
        rank=rank,
        agency=agency,
        name="invented",
        outcome="eligible",
        weekly_total=fee.weekly,
        fees=(fee,),
    )
