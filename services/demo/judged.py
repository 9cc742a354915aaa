"""An agency of the demo is judged inadequate: which one, and what has to follow."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.demo.reckoning import Check
from services.demo.sample import Sample, sample_of
from shared.contracts.catalogue import PROVIDER_UPDATED
from shared.contracts.concern import ProviderConcern
from shared.contracts.decision import EligibilityDecided
from shared.contracts.event import Event
from shared.contracts.fields import Data
from shared.contracts.placement import PlacementEnded, PlacementStarted
from shared.contracts.provider import Judgement, ProviderUpdated
from shared.contracts.referral import ReferralWithdrawn

DECIDED_AGAIN: Final = "register_changed"
_INSPECTED_DAYS_BEFORE: Final = 21
_SOURCE: Final = "/sample/commissioning"
"""Who says so: no real system."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An agency that is judged inadequate, and whom that touches, by what was published.

    Args:
        published_on: the day on which the report is published, and counts.
        referrals: the open referrals to which it might have been offered on their start date.
        placements: where children live with it.
    """

    agency: str
    published_on: date
    referrals: frozenset[str]
    placements: frozenset[str]

    def told(self, at: datetime) -> Sample:
        """Return what commissioning says of it."""
        judgement = Judgement(
            fact="judgement",
            overall="inadequate",
            inspected_on=self.published_on - timedelta(days=_INSPECTED_DAYS_BEFORE),
            published_on=self.published_on,
        )
        update = ProviderUpdated(agency=self.agency, facts=(judgement,))
        kind = "judged_inadequate"
        return sample_of(PROVIDER_UPDATED, self.agency, at, kind, update, source=_SOURCE)


def agency_to_judge(
    samples: Sequence[Sample],
    placements: Sequence[Sample],
    decisions: Iterable[Event[Data]],
    today: date,
) -> Judged | None:
    """Return the agency whose judgement touches most, its report published today.

    It is the one that has children living with it and that open referrals might be offered to;
    none where no agency has both. The same messages always make the same choice.
    """
    open_to = _open_to(samples, placements, decisions, today)
    living = _living(placements, today)
    touched = Counter({urn: len(open_to[urn]) for urn in open_to.keys() & living.keys()})
    if not touched:
        return None
    most = max(sorted(touched), key=lambda urn: (min(touched[urn], len(living[urn])), touched[urn]))
    return Judged(most, today, frozenset(open_to[most]), frozenset(living[most]))


def judged_checks(
    judged: Judged | None, concerns: Sequence[Event[Data]], again: Sequence[Event[Data]]
) -> list[Check]:
    """Return whether exactly what the judgement touches was decided again and told."""
    told = [event.data for event in concerns if isinstance(event.data, ProviderConcern)]
    decided = [event.data for event in again if isinstance(event.data, EligibilityDecided)]
    expected = [] if judged is None else [judged.agency]
    referrals: frozenset[str] = frozenset() if judged is None else judged.referrals
    placements: frozenset[str] = frozenset() if judged is None else judged.placements
    named = {each.placement_id for concern in told for each in concern.placements}
    found = Counter(each.referral_id for each in decided)
    listed = sum(_may_offer(each, urn) for each in decided for urn in expected)
    strangers = ", ".join(sorted(each.agency for each in told if each.agency not in expected))
    return [
        Check("concerns about the agency judged inadequate", len(expected), len(told), strangers),
        Check("open referrals decided again", len(referrals), len(referrals & found.keys())),
        Check("fresh decisions, one for each of them", len(referrals), sum(found.values())),
        Check("fresh decisions that still name the agency", 0, listed),
        Check("placements to review, as told", len(placements), len(placements & named)),
        Check("placements to review that nobody told", 0, len(named - placements)),
    ]


def _open_to(
    samples: Sequence[Sample],
    placements: Sequence[Sample],
    decisions: Iterable[Event[Data]],
    today: date,
) -> dict[str, set[str]]:
    """Return by agency the open referrals that it might be offered, from the day on."""
    closed = {
        one.data.referral_id for one in samples if isinstance(one.data, ReferralWithdrawn)
    } | {start.referral_id for start in _started(placements)}
    found: dict[str, set[str]] = {}
    for event in decisions:
        decided = event.data
        if not isinstance(decided, EligibilityDecided) or decided.referral_id in closed:
            continue
        if decided.start_date < today:
            continue
        for agency in decided.agencies:
            if _may_offer(decided, agency.agency):
                found.setdefault(agency.agency, set()).add(decided.referral_id)
    return found


def _may_offer(decided: EligibilityDecided, urn: str) -> bool:
    """Say whether an agency might be offered the children, together or one of them alone."""
    if any(each.outcome != "not_eligible" for each in decided.agencies if each.agency == urn):
        return True
    return any(urn in (*each.eligible, *each.refer) for each in decided.each_child or ())


def _living(placements: Sequence[Sample], today: date) -> dict[str, set[str]]:
    """Return by agency the placements that are not over."""
    over = {
        one.data.placement_id
        for one in placements
        if isinstance(one.data, PlacementEnded)
        and one.data.end_date is not None
        and one.data.end_date <= today
    }
    found: dict[str, set[str]] = {}
    for start in _started(placements):
        if start.placement_id not in over:
            found.setdefault(start.agency, set()).add(start.placement_id)
    return found


def _started(placements: Sequence[Sample]) -> Iterator[PlacementStarted]:
    for one in placements:
        if isinstance(one.data, PlacementStarted) and one.fate == "handled":
            yield one.data
