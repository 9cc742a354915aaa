"""What a change in the register touches, as it is told to whoever must look at it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from services.eligibility.concerns.standing import Worse
from services.eligibility.concerns.stays import Stay
from services.eligibility.decision import Outcome
from services.eligibility.fact_words import facts_words
from services.eligibility.register.register import Register

LONGEST_SENTENCE: Final = 600


@dataclass(frozen=True, slots=True)
class Change:
    """What became known: the register before and after.

    Args:
        after: `before`, with more facts recorded behind.
        reference: the event's id, or the command and who gave it.
        told_by: who says so.
    """

    before: Register
    after: Register
    reference: str
    told_by: str

    @property
    def agencies(self) -> list[str]:
        """The agencies of which anything became known."""
        return sorted({each.urn for each in self.after.recorded[len(self.before.recorded) :]})

    def because(self, urn: str) -> str:
        """Return what became known of an agency, and from whom."""
        new = self.after.recorded[len(self.before.recorded) :]
        what = facts_words([each.fact for each in new if each.urn == urn])
        return f"Newly known: {what}. Told by {self.told_by}."[:LONGEST_SENTENCE]


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """What an agency is to an open referral, before and after; none before it was registered."""

    agency: str
    was: Outcome | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ReferralTouched:
    """An open referral whose shortlist, or whose outcome for a changed agency, is another one.

    Args:
        outcomes: those of the agencies that stand otherwise on its start date.
        eligible_before: how many agencies were eligible.
        eligible: how many are.
        decision_id: the fresh decision; none where it was only asked what would be decided.
    """

    referral_id: str
    start_date: date
    outcomes: tuple[OutcomeChange, ...]
    eligible_before: int
    eligible: int
    decision_id: str | None = None


@dataclass(frozen=True, slots=True)
class AgencyTouched:
    """An agency that stands otherwise than before.

    Args:
        standing: what the rulebook in force says worse of it, today and later.
        placements: where its standing is worse, the children who live with it, or will.
        concern_id: what commissioners were told; none where nothing is worse, or it was asked.
    """

    urn: str
    name: str
    standing: tuple[Worse, ...]
    placements: tuple[Stay, ...]
    concern_id: str | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """All that a change touches.

    Args:
        undecided: open referrals that stay as they were decided, because for the day on which
            they were received no rulebook is in force any more, or one that lacks a word.
    """

    agencies: tuple[AgencyTouched, ...] = ()
    referrals: tuple[ReferralTouched, ...] = ()
    undecided: tuple[str, ...] = ()

    def told(self) -> Mapping[str, object]:
        """Return it as JSON can hold it, days as text."""
        found = asdict(self, dict_factory=_with_days_as_text)
        return {name: found[name] for name in ("agencies", "referrals", "undecided")}


def _with_days_as_text(told: list[tuple[str, object]]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in told}
