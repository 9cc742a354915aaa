"""Looks back on what was decided: by another rulebook, on whose turn it was, on who was there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import Connection

from services.eligibility.decision import Decision, decide
from services.eligibility.decisions.archive import Archive
from services.eligibility.facts import value_text, words_unknown_to
from services.eligibility.trials.replaying import (
    Progress,
    Replay,
    Replayed,
    no_progress,
    purged_since,
)
from services.eligibility.trials.simulation import Simulation
from services.eligibility.verdicts.policy import Policy
from services.eligibility.views.fairness import Fairness
from services.eligibility.views.grouping import DIMENSIONS, Dimension
from services.eligibility.views.sufficiency import Sufficiency
from shared.errors import FosterframeError

Counts = TypeVar("Counts")


class WordNotInRulebook(FosterframeError):  # noqa: N818 - a fact about the rulebook
    """A rulebook cannot judge what was decided: it does not list a value that a fact had."""


@dataclass(frozen=True, slots=True)
class LookedBack(Generic[Counts]):
    """What was counted, and since when.

    Args:
        not_counted: what of that time was purged, as a sentence; empty if nothing was.
    """

    since: date
    counts: Counts
    not_counted: str


def simulate(
    archive: Archive,
    connection: Connection,
    candidate: Policy,
    since: date,
    *,
    against: Policy | None = None,
    progress: Progress = no_progress,
) -> LookedBack[Simulation]:
    """Return what a rulebook would have made of what was decided since a day.

    It is replayed as if it had been in force on all those days, whatever days it names, with
    the register and the order of the shortlist of each decision's time.

    Args:
        archive: derives decisions again.
        connection: reads one consistent state.
        candidate: the rulebook to try.
        since: the first day in London.
        against: with what it is compared; what was decided then if none.
        progress: hears how far it is.

    Raises:
        WordNotInRulebook: a rulebook does not list a value that a fact had.
    """
    counts = Simulation()
    tried, compared = _Ordered(candidate), None if against is None else _Ordered(against)
    for replayed in Replay(connection, archive, progress).since(since):
        then = replayed.decision if compared is None else compared.decided(replayed)
        counts.add(then, tried.decided(replayed))
    return LookedBack(since, counts, purged_since(connection, since))


def fairness(
    archive: Archive,
    connection: Connection,
    since: date,
    lots: Collection[str] = (),
    progress: Progress = no_progress,
) -> LookedBack[Fairness]:
    """Return whose turn it was in what was decided since a day; in all lots if none is named."""
    counts = Fairness(lots)
    for replayed in Replay(connection, archive, progress).since(since):
        counts.add(replayed.decision)
    return LookedBack(since, counts, purged_since(connection, since))


def sufficiency(
    archive: Archive,
    connection: Connection,
    since: date,
    by: Sequence[Dimension] = (),
    progress: Progress = no_progress,
) -> LookedBack[list[Sufficiency]]:
    """Return for whom the framework had how many agencies in what was decided since a day.

    Dimensions that are named make the groups together; if none is, each makes its own.
    """
    counts = [Sufficiency(by)] if by else [Sufficiency([each]) for each in DIMENSIONS]
    for replayed in Replay(connection, archive, progress).since(since):
        for each in counts:
            each.add(replayed.decision)
    return LookedBack(since, counts, purged_since(connection, since))


class _Ordered:
    """A policy with the order of the shortlist that each decision was made with."""

    def __init__(self, policy: Policy) -> None:
        self._policies = {policy.shortlist_order: policy}
        self._policy = policy

    def decided(self, replayed: Replayed) -> Decision:
        order = replayed.stored.shortlist_order
        policy = self._policies.get(order)
        if policy is None:
            policy = self._policies[order] = replace(self._policy, shortlist_order=order)
        try:
            return decide(replayed.stored.referral, replayed.decision.panel, policy)
        except KeyError:
            # A table has a row for every value that the rulebook lists, and no other.
            raise WordNotInRulebook(_unlisted(policy, replayed)) from None


def _unlisted(policy: Policy, replayed: Replayed) -> str:
    """Say which fact has a value that a rulebook does not list."""
    known, referral = policy.rulebook.facts, replayed.stored.referral
    facts = [(f"agency {each.urn}", each.facts) for each in replayed.decision.panel.agencies]
    facts += [("the referral", each) for each in referral.facts]
    for whose, told in facts:
        for name, value in words_unknown_to(known, told):
            # What is so of a child is not repeated.
            said = f" {value_text(value)!r}" if known[name].about == "agency" else ""
            return (
                f"Rulebook {policy.rulebook} cannot judge the referral {referral.referral_id}: its "
                f"fact {name} does not list what {whose} has{said and ','}{said}. Add it to the "
                "facts of the rulebook."
            )
    return f"Rulebook {policy.rulebook} has no verdict for what it lists. Report this with it."
