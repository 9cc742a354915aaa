"""Follows a change in the register: to open referrals, and to who lives with an agency."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.eligibility.concerns.standing import Worse, worse_standing
from services.eligibility.concerns.telling import decided_again, tell_concern
from services.eligibility.concerns.touched import (
    AgencyTouched,
    Change,
    OutcomeChange,
    ReferralTouched,
    Touched,
)
from services.eligibility.decision import Decision, decide
from services.eligibility.decisions.decided_otherwise import is_otherwise, outcomes_of
from services.eligibility.decisions.telling import DecisionTeller
from services.eligibility.facts import words_unknown_to
from services.eligibility.occasion import Occasion
from services.eligibility.panel import Panel
from services.eligibility.referral import Referral
from services.eligibility.register.changed_agencies import changed_agencies
from services.eligibility.rulebooks.in_use import PoliciesInUse
from services.eligibility.store.open_referrals import OpenReferral, open_referrals
from services.eligibility.store.placements import stays_with
from services.eligibility.verdicts.policy import NoRulebookInForce, Policies, Policy
from shared.contracts.concern import ReferralDecidedAgain
from shared.days import Period
from shared.framework.framework import Framework
from shared.logs import told
from shared.messaging.work import Work

_Days = Mapping[str, Sequence[Period]]
"""The days on which each agency stands otherwise."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Again:
    """An open referral that is decided otherwise now.

    Args:
        eligible_before: how many agencies were eligible.
        outcomes: those of the agencies that stand otherwise on its start date.
    """

    open: OpenReferral
    decision: Decision
    eligible_before: int
    outcomes: tuple[OutcomeChange, ...]

    def told(self, decision_id: str | None) -> ReferralTouched:
        referral = self.open.referral
        return ReferralTouched(
            referral.referral_id,
            referral.start_date,
            self.outcomes,
            self.eligible_before,
            self.decision.passing[0].bit_count(),
            decision_id,
        )


class Impact:
    """Follows what a change in the register touches."""

    def __init__(
        self, framework: Framework, policies: PoliciesInUse, teller: DecisionTeller
    ) -> None:
        self._open_days = timedelta(days=framework.conventions.referral_open_days)
        self._policies = policies
        self._teller = teller

    def touched(self, work: Work, change: Change) -> Touched:
        """Return what a change touches, or would touch; nothing is written or told."""
        return self._each(work, change, tells=False)

    def follow(self, work: Work, change: Change) -> Touched:
        """Tell a fresh decision on each open referral, and a concern about each worse agency."""
        touched = self._each(work, change, tells=True)
        if touched.undecided:
            _log.warning(
                "open referrals stay as they were decided: no rulebook in force can judge them",
                extra=told(size=len(touched.undecided)),
            )
        return touched

    def _each(self, work: Work, change: Change, *, tells: bool) -> Touched:
        # Where nothing is otherwise on any day that counts, nothing needs to be read.
        since = work.today - self._open_days
        changed = changed_agencies(change.before, change.after, change.agencies, since)
        if not changed:
            return Touched()
        policies = self._policies.current(work)
        undecided: list[str] = []
        referrals = [
            again.told(self._tell_again(work, again, change) if tells else None)
            for again in _decided_otherwise(work, change, changed, policies, undecided)
        ]
        again_with = decided_again(referrals)
        agencies = [
            _told(work, each, again_with.get(each.urn, ()), change)
            if tells and each.standing
            else each
            for each in _agencies(work, change, list(changed), policies)
        ]
        return Touched(tuple(agencies), tuple(referrals), tuple(undecided))

    def _tell_again(self, work: Work, again: _Again, change: Change) -> str:
        occasion = Occasion(
            "register_changed",
            change.reference,
            version=again.open.version,
            said_at=again.open.said_at,
            supersedes=again.open.decision_id,
        )
        return self._teller.tell(work, again.decision, occasion)


def _told(
    work: Work, agency: AgencyTouched, referrals: Sequence[ReferralDecidedAgain], change: Change
) -> AgencyTouched:
    """Tell commissioners of an agency whose standing is worse."""
    concern_id = tell_concern(
        work,
        agency,
        because=change.because(agency.urn),
        register_version=change.after.version,
        referrals=referrals,
    )
    return replace(agency, concern_id=concern_id)


def _decided_otherwise(
    work: Work, change: Change, changed: _Days, policies: Policies, undecided: list[str]
) -> Iterator[_Again]:
    """Yield each open referral that is decided otherwise; name those that nobody can decide."""
    judges = _Judges(policies)
    for each in open_referrals(work.connection, _earliest(changed)):
        referral = each.referral
        agencies = _changed_on(changed, referral.start_date)
        if not agencies:
            continue
        then = change.before.panel(referral.start_date)
        now = change.after.panel(referral.start_date)
        policy = judges.of(referral, then, now)
        if policy is None:
            undecided.append(referral.referral_id)
            continue
        before, after = decide(referral, then, policy), decide(referral, now, policy)
        outcomes = outcomes_of(agencies, before, after)
        if is_otherwise(outcomes, before, after):
            yield _Again(each, after, before.passing[0].bit_count(), outcomes)


class _Judges:
    """Finds who decides a referral, and whether the policy has words for it and for agencies."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._knows: dict[tuple[Policy, Panel], bool] = {}

    def of(self, referral: Referral, *panels: Panel) -> Policy | None:
        """Return the policy that decides; none where none is in force, or it lacks a word."""
        try:
            policy = self._policies.in_force(referral.received_at)
        except NoRulebookInForce:
            return None
        # Another pack or rulebook may have had words for it when it was received.
        known = policy.rulebook.facts
        if any(words_unknown_to(known, unit) for unit in referral.facts):
            return None
        return policy if all(self._knows_all(policy, panel) for panel in panels) else None

    def _knows_all(self, policy: Policy, panel: Panel) -> bool:
        key = policy, panel
        if key not in self._knows:
            known = policy.rulebook.facts
            self._knows[key] = not any(
                words_unknown_to(known, agency.facts) for agency in panel.agencies
            )
        return self._knows[key]


def _agencies(
    work: Work, change: Change, urns: Sequence[str], policies: Policies
) -> Iterator[AgencyTouched]:
    """Yield each agency that stands otherwise, with the placements to review."""
    standing = _standing(change, urns, policies, work.today)
    worse = [urn for urn in urns if standing[urn]]
    stays = stays_with(work.connection, worse) if worse else []
    for urn in urns:
        first = min((each.on for each in standing[urn]), default=None)
        placements = tuple(
            stay
            for stay in stays
            if first is not None and stay.agency == urn and stay.lasts_beyond(first)
        )
        name = change.after.agency(urn, work.today).name
        yield AgencyTouched(urn, name, standing[urn], placements)


def _standing(
    change: Change, urns: Sequence[str], policies: Policies, today: date
) -> Mapping[str, tuple[Worse, ...]]:
    """Return what is worse of each agency, by the rulebook in force today."""
    try:
        policy = policies.on(today)
    except NoRulebookInForce:
        _log.warning("no rulebook is in force today, so no agency's standing can be judged")
        return dict.fromkeys(urns, ())
    return {urn: worse_standing(policy, urn, change.before, change.after, today) for urn in urns}


def _earliest(changed: _Days) -> date:
    """Return the first day on which any agency stands otherwise."""
    return min(period.start for periods in changed.values() for period in periods)


def _changed_on(changed: _Days, day: date) -> list[str]:
    """Return the agencies that stand otherwise on a day."""
    return [urn for urn, periods in changed.items() if any(day in period for period in periods)]
