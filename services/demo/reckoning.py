"""The demo's reckoning: is everything that was published accounted for, and does it add up?"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.demo.kent_review import KentReview
from services.demo.kent_year import PUBLISHED_SPEND
from services.demo.sample import Sample
from services.pricing.finance.reconcile import ToldChange, reconcile
from services.pricing.placement import Account
from services.pricing.store.reviews import PREVIEWED
from services.pricing.timeline import Timeline
from shared.contracts.catalogue import REFERRAL_RECEIVED
from shared.contracts.decision import EligibilityDecided
from shared.contracts.event import Event
from shared.contracts.fields import Data
from shared.contracts.price import PriceChanged, ReviewApplied
from shared.contracts.rejection import MessageRejected
from shared.contracts.shortlist import ShortlistPriced


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to add up."""

    says: str
    expected: int
    found: int
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Say whether it adds up."""
        return self.expected == self.found and not self.detail


def once_each(events: Iterable[Event[Data]]) -> list[Event[Data]]:
    """Return the events without their copies: a message may come twice, with the same id."""
    return list({event.id: event for event in events}.values())


def referral_checks(
    samples: Sequence[Sample], decisions: Sequence[Event[Data]], rejections: Sequence[Event[Data]]
) -> list[Check]:
    """Return whether each referral was decided exactly once, or rejected by the right field."""
    good = {
        sample.message_id
        for sample in samples
        if sample.fate == "handled" and sample.routing_key.startswith(REFERRAL_RECEIVED)
    }
    bad = Counter(sample.message_id for sample in samples if sample.fate == "refused")
    decided = Counter(event.causation_id for event in decisions)
    rejected = Counter(told.message_id for told in _told_of(rejections))
    wrong_field = _wrong_fields(samples, rejections)
    return [
        Check("referrals that were decided", len(good), len(good & decided.keys())),
        Check("decisions, one for each referral", len(good), sum(decided.values())),
        Check("faulty messages that were rejected", len(bad), len(bad.keys() & rejected.keys())),
        Check("rejections that name the field at fault", 0, len(wrong_field), wrong_field),
    ]


def _wrong_fields(samples: Sequence[Sample], rejections: Sequence[Event[Data]]) -> str:
    expected = {sample.message_id: sample.field for sample in samples if sample.fate == "refused"}
    return ", ".join(
        f"{each.field or 'the body'} instead of {expected[each.message_id] or 'the body'}"
        for each in _told_of(rejections)
        if each.message_id in expected and each.field != expected[each.message_id]
    )


def _told_of(rejections: Sequence[Event[Data]]) -> list[MessageRejected]:
    return [event.data for event in rejections if isinstance(event.data, MessageRejected)]


def shortlist_checks(
    decisions: Sequence[Event[Data]], shortlists: Sequence[Event[Data]]
) -> list[Check]:
    """Return whether each decision was priced exactly once, with every agency of its shortlist."""
    listed = {
        event.id: sum(agency.rank is not None for agency in decided.agencies)
        for event in decisions
        if isinstance(decided := event.data, EligibilityDecided)
    }
    priced = {
        shortlist.decision_id: len(shortlist.offers) + len(shortlist.unpriced)
        for event in shortlists
        if isinstance(shortlist := event.data, ShortlistPriced)
    }
    same = sum(priced.get(decision_id) == count for decision_id, count in listed.items())
    return [
        Check("decisions that were priced", len(listed), len(listed.keys() & priced.keys())),
        Check("shortlists, one for each decision", len(listed), len(shortlists)),
        Check("shortlists with every agency of the decision", len(listed), same),
    ]


def placement_checks(
    started: Collection[str], received: Sequence[Event[Data]], current: Mapping[str, Timeline]
) -> list[Check]:
    """Return whether finance's messages, replayed, are the timelines of the placements."""
    told = [told_change(event.data) for event in received if isinstance(event.data, PriceChanged)]
    mismatches = reconcile(told, current)
    detail = "; ".join(f"{one.placement_id}: {one.reason}" for one in mismatches[:3])
    return [
        Check("placements that were started", len(started), len(current)),
        Check("placements where finance's messages differ", 0, len(mismatches), detail),
    ]


def told_change(data: PriceChanged) -> ToldChange:
    """Return a price change as finance enters it in its ledger."""
    return ToldChange(
        placement_id=data.placement_id,
        sequence=data.sequence,
        start=data.effective_from,
        end=data.effective_to,
        account=Account(data.agency, data.purchaser, data.service_line, data.funding),
        old_weekly=data.old_weekly,
        new_weekly=data.new_weekly,
    )


def review_checks(
    applied: ReviewApplied, received: Sequence[Event[Data]], previewed: Mapping[str, int]
) -> list[Check]:
    """Return whether a review's control totals are those of its preview and of its messages."""
    of_review = [
        event.data
        for event in received
        if isinstance(event.data, PriceChanged) and event.data.review_id == applied.review_id
    ]
    pence = sum(int(change.arrears_total * 100) for change in of_review)
    return [
        Check("fees uplifted, as previewed", previewed["uplifted"], applied.fees_uplifted),
        Check("fees excluded, as previewed", previewed["excluded"], applied.fees_excluded),
        Check("price changes of the review at finance", applied.price_changes, len(of_review)),
        Check("pence of arrears of the review", int(applied.arrears_total * 100), pence),
    ]


def kent_checks(kent: KentReview) -> list[Check]:
    """Return whether the Kent-sized year is of that size, and its review saw all its placements."""
    off = abs(kent.made.difference) * 100 >= PUBLISHED_SPEND
    total = kent.review.last(PREVIEWED).body["total"]
    live = kent.made.running_on(kent.review.effective_from)
    return [
        Check("Kent-sized years that are 1 % or more off the published sum", 0, int(off)),
        Check("placements that the review of that year moves", live, total["placements"]),
    ]
