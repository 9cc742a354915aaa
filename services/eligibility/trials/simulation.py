"""Counts what a rulebook would have made of referrals that others decided."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from services.eligibility.decision import Decision, Outcome
from services.eligibility.panel import Agency, places
from services.eligibility.shortlist import shortlist
from services.eligibility.views.grouping import Dimension, Group, groups_of, in_order

REFERRALS_LISTED: Final = 100
"""How many referrals are named for each change; they are counted beyond it."""

Change = Literal[
    "loses_last_eligible", "gains_first_eligible", "first_changes", "shortlist_changes"
]
CHANGES: Final[tuple[Change, ...]] = get_args(Change)
"""What a rulebook may change for a referral.

Its last eligible agency is lost, a first one gained, another agency (or none) stands first, the
shortlist has other agencies or another order. What comes first changes the shortlist too.
"""

GROUPED_BY: Final[tuple[Dimension, ...]] = ("band", "type")

_WORTH: Final[dict[Outcome, int]] = {"not_eligible": 0, "refer": 1, "eligible": 2}


@dataclass(slots=True)
class AgencyChanges:
    """For how many referrals an agency would have had another outcome."""

    name: str
    gains: int = 0
    loses: int = 0
    became: Counter[Outcome] = field(default_factory=Counter)


@dataclass(slots=True)
class Listed:
    """How many referrals there are, and which, up to `REFERRALS_LISTED`."""

    count: int = 0
    referrals: list[str] = field(default_factory=list)

    def add(self, referral_id: str) -> None:
        """Count a referral."""
        self.count += 1
        if len(self.referrals) < REFERRALS_LISTED:
            self.referrals.append(referral_id)


class Simulation:
    """What would have been otherwise, referral by referral.

    Attributes:
        referrals: how many were compared.
        changes: for each change, the referrals.
        agencies: the agencies with another outcome for some referral, by their numbers.
        groups: by age band and by placement type, how many referrals there were (`referrals`)
            and had each change. Children of several bands count their referral in each.
    """

    def __init__(self) -> None:
        self.referrals = 0
        self.changes: dict[Change, Listed] = {change: Listed() for change in CHANGES}
        self.agencies: dict[str, AgencyChanges] = {}
        self.groups: dict[Dimension, dict[Group, Counter[str]]] = {by: {} for by in GROUPED_BY}

    def add(self, then: Decision, now: Decision) -> None:
        """Count one referral: what was decided, and what the rulebook makes of the same."""
        self.referrals += 1
        referral = then.referral
        changed = _changes(then, now)
        for change in changed:
            self.changes[change].add(referral.referral_id)
        for by, groups in self.groups.items():
            for group in groups_of(referral, [by]):
                groups.setdefault(group, Counter()).update(["referrals", *changed])
        for place in _otherwise(then, now):
            before, after = _outcome(then, place), _outcome(now, place)
            self._add_agency(then.panel.agencies[place], before, after)

    def told(self) -> dict[str, object]:
        """Return the counts as JSON has them."""
        return {
            "referrals": self.referrals,
            "changes": {
                change: {"count": listed.count, "referrals": listed.referrals}
                for change, listed in self.changes.items()
            },
            **{
                f"by_{by}": {
                    group[0]: {word: groups[group][word] for word in ("referrals", *CHANGES)}
                    for group in in_order(groups)
                }
                for by, groups in self.groups.items()
            },
            "agencies": [
                {
                    "agency": urn,
                    "name": each.name,
                    "gains": each.gains,
                    "loses": each.loses,
                    "became": {outcome: each.became[outcome] for outcome in _WORTH},
                }
                for urn, each in self.agencies_in_order()
            ],
        }

    def agencies_in_order(self) -> list[tuple[str, AgencyChanges]]:
        """Return the agencies by their numbers, who loses most first."""
        return sorted(self.agencies.items(), key=lambda one: (-one[1].loses, -one[1].gains, one[0]))

    def _add_agency(self, agency: Agency, before: Outcome, after: Outcome) -> None:
        changes = self.agencies.setdefault(agency.urn, AgencyChanges(agency.name))
        changes.name = agency.name
        changes.became[after] += 1
        if _WORTH[after] > _WORTH[before]:
            changes.gains += 1
        else:
            changes.loses += 1


def _changes(then: Decision, now: Decision) -> list[Change]:
    had, has = bool(then.passing[0]), bool(now.passing[0])
    before, after = shortlist(then), shortlist(now)
    told: dict[Change, bool] = {
        "loses_last_eligible": had and not has,
        "gains_first_eligible": has and not had,
        "first_changes": before[:1] != after[:1],
        "shortlist_changes": before != after,
    }
    return [change for change, is_so in told.items() if is_so]


def _otherwise(then: Decision, now: Decision) -> list[int]:
    """Return the places of the agencies whose outcome is another."""
    (eligible, refer), (eligible_now, refer_now) = then.passing, now.passing
    return places(eligible ^ eligible_now | refer ^ refer_now)


def _outcome(decision: Decision, place: int) -> Outcome:
    eligible, refer = decision.passing
    if eligible >> place & 1:
        return "eligible"
    return "refer" if refer >> place & 1 else "not_eligible"
