"""Tells a concern about a child of whom we hear after the agency's standing became worse."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.eligibility.concerns.standing import Worse, still_worse, together
from services.eligibility.concerns.stays import PlacementWord, Stay, stays
from services.eligibility.concerns.telling import tell_concern
from services.eligibility.concerns.touched import LONGEST_SENTENCE, AgencyTouched
from services.eligibility.facts import words_unknown_to
from services.eligibility.register.register import Register
from services.eligibility.rulebooks.in_use import PoliciesInUse
from services.eligibility.store.concerns import (
    agencies_with_concerns,
    changes_told,
    concerns_without,
)
from services.eligibility.store.live_register import LiveRegister
from services.eligibility.store.placements import claim_placements, words_about
from services.eligibility.verdicts.policy import NoRulebookInForce, Policy
from shared.contracts.concern import ProviderConcern
from shared.contracts.placement import PlacementAmended, PlacementEnded, PlacementStarted
from shared.days import london_day
from shared.messaging.work import Work

_log = logging.getLogger(__name__)

_SAID: Final = "words_on_placements"
_Life = PlacementStarted | PlacementAmended | PlacementEnded


@dataclass(frozen=True, slots=True)
class _Lasting:
    """A concern that was told when an agency became worse, and what of it is worse to this day."""

    concern_id: str
    told_on: date
    standing: tuple[Worse, ...]

    @property
    def since(self) -> date:
        """The first day, today or later, on which the agency is worse."""
        return self.standing[0].on


class HeardLater:
    """Names each child to commissioners who came to be known of too late for a concern.

    What was heard in time is named in the concern itself. So whatever comes first, the word about
    the child or the one about the agency, the child is named in one or the other, and once.

    Each worker has one of its own. What is remembered between transactions depends on the
    register, the policy and the day alone, and is made anew with any of them.
    """

    def __init__(self, policies: PoliciesInUse, register: LiveRegister) -> None:
        self._policies = policies
        self._register = register
        self._concerned: tuple[str, frozenset[str]] = "", frozenset()
        self._lasting: dict[str, list[_Lasting]] = {}
        self._judged_by: tuple[str, str, date] | None = None

    def follow(self, work: Work, word: PlacementWord, told_by: str) -> None:
        """Tell a concern about each agency that has the child, and was told of without it.

        Args:
            work: the transaction.
            word: what is said of a placement now.
            told_by: who says so.
        """
        # A change of the register that is followed beside this waits from here on, and names the
        # child; what was told before is read below.
        register = self._register.current(work)
        concerned = self._agencies_with_concerns(work, register)
        if not concerned:
            return
        there = [
            stay
            for stay in stays(_said_of(work, word))
            if stay.agency in concerned and stay.lasts_beyond(work.today)
        ]
        for urn in sorted({stay.agency for stay in there}):
            self._tell(work, register, [stay for stay in there if stay.agency == urn], told_by)

    def _tell(self, work: Work, register: Register, theirs: Sequence[Stay], told_by: str) -> None:
        """Tell what is worse to this day of the agency of some stays, if it was not told yet."""
        urn, placement_id = theirs[0].agency, theirs[0].placement_id
        lasting = [
            each
            for each in self._lasting_concerns(work, register, urn)
            if any(stay.lasts_beyond(each.since) for stay in theirs)
        ]
        if not lasting:
            return
        ids = [each.concern_id for each in lasting]
        untold = concerns_without(work.connection, urn, placement_id, ids)
        lasting = [each for each in lasting if each.concern_id in untold]
        if not lasting:
            return
        tell_concern(
            work,
            _touched(urn, register.agency(urn, work.today).name, lasting, theirs),
            because=_because([each.told_on for each in lasting], told_by),
            register_version=register.version,
            adds_to=[each.concern_id for each in lasting],
        )

    def _agencies_with_concerns(self, work: Work, register: Register) -> frozenset[str]:
        # An agency's first concern comes with a new version of the register.
        version, found = self._concerned
        if version != register.version:
            found = agencies_with_concerns(work.connection)
            self._concerned = register.version, found
        return found

    def _lasting_concerns(self, work: Work, register: Register, urn: str) -> list[_Lasting]:
        try:
            policy = self._policies.current(work).on(work.today)
        except NoRulebookInForce:
            _log.warning("no rulebook is in force today, so no agency's standing can be judged")
            return []
        judged_by = register.version, policy.rulebook.digest, work.today
        if judged_by != self._judged_by:
            self._lasting.clear()
            self._judged_by = judged_by
        if urn not in self._lasting:
            facts = register.agency(urn, work.today).facts
            if words_unknown_to(policy.rulebook.facts, facts):
                _log.warning(
                    "an agency's standing cannot be judged: the rulebook lacks a word of it"
                )
            told = changes_told(work.connection, urn)
            self._lasting[urn] = _lasting(policy, register, told, work.today)
        return self._lasting[urn]


def forget_what_was_said(work: Work) -> None:
    """Forget what was read and said of placements: a word of it failed, and is not kept."""
    work.memory.pop(_SAID, None)


def _said_of(work: Work, word: PlacementWord) -> Sequence[PlacementWord]:
    """Return all that was said of a placement, a word that is not kept yet among it.

    It is read at once for all events of the batch.
    """
    known: dict[str, list[PlacementWord]] = work.memory.setdefault(_SAID, {})
    if word.placement_id not in known:
        asked = {each.data.placement_id for each in work.batch if isinstance(each.data, _Life)}
        asked = {*asked, word.placement_id} - known.keys()
        claim_placements(work.connection, asked)
        known |= words_about(work.connection, asked)
    known[word.placement_id].append(word)
    return known[word.placement_id]


def _lasting(
    policy: Policy, register: Register, concerns: Sequence[ProviderConcern], today: date
) -> list[_Lasting]:
    """Return those concerns of which anything is worse to this day, or will be."""
    found = []
    told = [_worse(concern) for concern in concerns]
    for place, concern in enumerate(concerns):
        since = [each for later in told[place + 1 :] for each in later]
        standing = still_worse(
            policy, concern.agency, register, told[place], today, told_since=since
        )
        if standing:
            told_on = london_day(concern.known_at)
            found.append(_Lasting(concern.concern_id, told_on, standing))
    return found


def _worse(concern: ProviderConcern) -> list[Worse]:
    return [
        Worse(each.criterion, each.on, each.was, each.verdict, each.because)
        for each in concern.standing
    ]


def _touched(
    urn: str, name: str, lasting: Sequence[_Lasting], theirs: Sequence[Stay]
) -> AgencyTouched:
    """Return what several concerns say of an agency, and which stays of a child it touches."""
    standing = together(worse for each in lasting for worse in each.standing)
    placements = tuple(stay for stay in theirs if stay.lasts_beyond(standing[0].on))
    return AgencyTouched(urn, name, standing, placements)


def _because(days: Sequence[date], told_by: str) -> str:
    """Return why it is told now, and who said so."""
    told_on = " and ".join(dict.fromkeys(str(day) for day in days))
    return (
        "Heard of only after commissioners were told that the agency's standing is worse, on "
        f"{told_on}: a child who lives with it, or will. Told by {told_by}."
    )[:LONGEST_SENTENCE]
