"""Counts for whom the framework had how many agencies, and what kept the others out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from services.eligibility.decision import Decision
from services.eligibility.rulebooks.criteria import NOT_MET, REFER, Verdict
from services.eligibility.verdicts.columns import Gates
from services.eligibility.views.grouping import Dimension, Group, groups_of, in_order

Supply = Literal["none", "one", "few", "many"]
SUPPLIES: Final[tuple[Supply, ...]] = get_args(Supply)
"""How many eligible agencies there are: 0, 1, 2 to 4, 5 or more."""

_FEW: Final = range(2, 5)


@dataclass(slots=True)
class KeptOut:
    """How often a criterion kept agencies from referrals for which none was eligible.

    Args:
        alone: agencies that fail it and nothing else.
        in_all: agencies that fail it, whatever else they fail.
        refers: agencies that fail nothing and that it leaves to a person.
    """

    alone: int = 0
    in_all: int = 0
    refers: int = 0


@dataclass(slots=True)
class GroupSupply:
    """What the framework had for one group of referrals.

    Args:
        referrals: how many were decided.
        stopped: those that a gate stopped, such as a search at home that was not made; the
            framework was not asked, and they have no place in `supplies`.
        supplies: how many of the others had 0, 1, 2 to 4, 5 or more eligible agencies.
        person_only: those of `none` for which there are agencies after a person decided.
        apart: those of `none` whose children need not stay together, and for each of whom alone
            there is an eligible agency.
        stopped_at: how many referrals each gate stopped.
        referred_at: how many of the others each gate left to a person, whatever the agencies.
        kept_out: by criterion, in the order of the rulebook, where no agency met them all.
    """

    referrals: int = 0
    stopped: int = 0
    supplies: Counter[Supply] = field(default_factory=Counter)
    person_only: int = 0
    apart: int = 0
    stopped_at: Counter[str] = field(default_factory=Counter)
    referred_at: Counter[str] = field(default_factory=Counter)
    kept_out: dict[str, KeptOut] = field(default_factory=dict)

    @property
    def nobody(self) -> int:
        """How many had no agency for all their children, not even after a person decided."""
        return self.supplies["none"] - self.person_only

    @property
    def failed_most(self) -> str | None:
        """The criterion that alone kept out most agencies; none if none did so.

        Of criteria that did so equally often it is the one that most agencies fail.
        """
        worst = max(
            self.kept_out.items(), key=lambda one: (one[1].alone, one[1].in_all), default=None
        )
        return worst[0] if worst and worst[1].alone else None


class Sufficiency:
    """What the framework had, group by group.

    Attributes:
        by: the dimensions whose words make a group together.
        total: all referrals, each once.
        groups: by the words of the group. Children of several bands count their referral in each.
    """

    def __init__(self, by: Sequence[Dimension]) -> None:
        self.by = tuple(by)
        self.total = GroupSupply()
        self.groups: dict[Group, GroupSupply] = {}

    def add(self, decision: Decision) -> None:
        """Count one referral."""
        _count(self.total, decision)
        for group in groups_of(decision.referral, self.by):
            _count(self.groups.setdefault(group, GroupSupply()), decision)

    def told(self) -> dict[str, object]:
        """Return the counts as JSON has them."""
        return {
            "by": list(self.by),
            "total": _told(self.total),
            "groups": [
                {**dict(zip(self.by, group, strict=True)), **_told(self.groups[group])}
                for group in in_order(self.groups)
            ],
        }


def supply_of(eligible: int) -> Supply:
    """Return the word for a number of eligible agencies."""
    if eligible in _FEW:
        return "few"
    if eligible > max(_FEW):
        return "many"
    return "one" if eligible else "none"


def _count(group: GroupSupply, decision: Decision) -> None:
    group.referrals += 1
    gates = decision.gates
    if gates.outcome == NOT_MET:
        group.stopped += 1
        group.stopped_at.update(_saying(gates, NOT_MET))
        return
    group.referred_at.update(_saying(gates, REFER))
    eligible, refer = decision.passing
    group.supplies[supply_of(eligible.bit_count())] += 1
    group.person_only += bool(refer) and not eligible
    group.apart += not eligible and _are_served_apart(decision)
    if decision.spot_purchase_indicated:
        _count_kept_out(group.kept_out, decision)


def _are_served_apart(decision: Decision) -> bool:
    """Say whether children who need not stay together each have an eligible agency alone."""
    if decision.referral.keep_together:
        return False
    alone = decision.each_alone()
    return bool(alone) and all(each.passing[0] for each in alone)


def _saying(gates: Gates, verdict: Verdict) -> list[str]:
    return [gate.criterion for gate in gates.reasons if gate.verdict == verdict]


def _count_kept_out(kept_out: dict[str, KeptOut], decision: Decision) -> None:
    answer = decision.answer
    named = zip(decision.policy.agency_criteria, answer.columns, strict=True)
    for criterion, column in named:
        counts = kept_out.setdefault(criterion, KeptOut())
        counts.alone += (column.not_met & answer.near_misses).bit_count()
        counts.in_all += column.not_met.bit_count()
        counts.refers += (column.refer & answer.refer).bit_count()


def _told(group: GroupSupply) -> dict[str, object]:
    return {
        "referrals": group.referrals,
        "stopped": group.stopped,
        "eligible": {supply: group.supplies[supply] for supply in SUPPLIES},
        "person_only": group.person_only,
        "apart": group.apart,
        "nobody": group.nobody,
        "stopped_at": dict(sorted(group.stopped_at.items())),
        "referred_at": dict(sorted(group.referred_at.items())),
        "failed_most": group.failed_most,
        "kept_out": {
            criterion: {
                "alone": counts.alone,
                "in_all": counts.in_all,
                "refers": counts.refers,
            }
            for criterion, counts in group.kept_out.items()
            if counts.in_all or counts.refers
        },
    }
