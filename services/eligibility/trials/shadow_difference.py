"""Says in what a rulebook that is tried would have decided otherwise than the one in force."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from services.eligibility.decision import Decision, Outcome
from services.eligibility.rulebooks.criteria import MET, Verdict
from services.eligibility.shortlist import shortlist


@dataclass(frozen=True, slots=True)
class AgencyDiffers:
    """One agency whose outcome would be another one.

    Args:
        agency: its number.
        was: what was decided and told.
        would_be: what the rulebook that is tried says.
        criteria: those whose verdicts on it, or on the referral, are not the same in both.
    """

    agency: str
    was: Outcome
    would_be: Outcome
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShadowDifference:
    """In what two decisions on one referral differ.

    Args:
        agencies: those whose outcomes differ, in the order of their numbers.
        listed: how many agencies the shortlist has, and would have.
        first: the agency that is offered the child first, and the one that would be.
    """

    agencies: tuple[AgencyDiffers, ...]
    listed: tuple[int, int]
    first: tuple[str | None, str | None]

    def told(self) -> dict[str, object]:
        """Return the difference in the form in which it is kept; of the child it says nothing."""
        by_word: dict[str, list[dict[str, object]]] = {"gained": [], "lost": [], "changed": []}
        for each in self.agencies:
            by_word[_word(each)].append(asdict(each))
        return {**by_word, "listed": list(self.listed), "first": list(self.first)}


def shadow_difference(decided: Decision, tried: Decision) -> ShadowDifference | None:
    """Return in what a decision that is tried differs in its outcomes or its shortlist, if it does.

    Both are about one referral and one panel.
    """
    if _sides(decided) == _sides(tried):
        # Equal agencies stand in the same order under both: the draw is the referral's.
        return None
    was, would_be = decided.outcomes(), tried.outcomes()
    urns = [agency.urn for agency in decided.panel.agencies]
    list_was, list_would_be = shortlist(decided), shortlist(tried)
    places = [place for place, outcome in enumerate(was) if outcome != would_be[place]]
    if not places and list_was == list_would_be:
        return None
    says, would_say = _Said.of(decided), _Said.of(tried)
    return ShadowDifference(
        tuple(
            AgencyDiffers(
                urns[place], was[place], would_be[place], says.otherwise(would_say, place)
            )
            for place in places
        ),
        (len(list_was), len(list_would_be)),
        (_first(list_was, urns), _first(list_would_be, urns)),
    )


def _sides(decision: Decision) -> tuple[Verdict, int, int]:
    return decision.gates.outcome, decision.answer.eligible, decision.answer.refer


def _first(listed: list[int], urns: list[str]) -> str | None:
    return urns[listed[0]] if listed else None


def _word(each: AgencyDiffers) -> str:
    if each.was == "not_eligible":
        return "gained"
    return "lost" if each.would_be == "not_eligible" else "changed"


@dataclass(frozen=True, slots=True)
class _Said:
    """What each criterion of a rulebook says: the gates to all, the others to each agency."""

    gates: Mapping[str, Verdict]
    criteria: Sequence[str]
    verdicts: Sequence[Sequence[Verdict]]

    @classmethod
    def of(cls, decision: Decision) -> "_Said":
        gates = {gate.criterion: gate.verdict for gate in decision.gates.reasons}
        return cls(gates, decision.policy.agency_criteria, decision.verdicts())

    def on(self, place: int) -> dict[str, Verdict]:
        named = zip(self.criteria, self.verdicts[place], strict=True)
        return {**self.gates, **dict(named)}

    def otherwise(self, other: "_Said", place: int) -> tuple[str, ...]:
        """Return the criteria that say otherwise there; one that is not there is met there."""
        mine, yours = self.on(place), other.on(place)
        return tuple(
            name for name in {**mine, **yours} if mine.get(name, MET) != yours.get(name, MET)
        )
