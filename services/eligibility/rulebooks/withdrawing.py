"""Takes back a rulebook that is still to come: what it had replaced or cut short holds again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NoReturn

from sqlalchemy import Connection

from services.eligibility.register.words import unknown_on_register
from services.eligibility.rulebooks.activation import record, refuse_unsigned
from services.eligibility.rulebooks.examining import ActivationRefused, decides_on, is_tried
from services.eligibility.rulebooks.listed import days_decided
from services.eligibility.store import activations, register_store
from services.eligibility.store.activations import State, Step, StepsTaken, steps_taken
from services.eligibility.store.open_referrals import open_referrals
from services.eligibility.store.rulebook_store import Kept, NoSuchRulebook, kept_rulebooks
from services.eligibility.verdicts.policy import Policy
from shared.days import Period, london_day
from shared.messaging.work import Work

REFERRALS_NAMED: Final = 5

PolicyOf = Callable[[Connection, str], Policy]
"""Gives the policy of a rulebook that is kept, by its digest."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal would do.

    Args:
        rulebook: the one that would not decide after all.
        decides: the days of whose referrals it would have decided.
        instead: the rulebook that decides from its first day on then.
        comes_back: whether that one had been replaced by it; else it goes on, and is not cut short.
        until: the day from which another rulebook decides then, or none; None if no day is known.
        ends_shadow: the one that comes back is tried now, and would decide.
    """

    rulebook: Kept
    decides: Period
    instead: Kept
    comes_back: bool
    until: date | None
    ends_shadow: bool

    def told(self) -> dict[str, object]:
        """Return it for a program."""
        return {
            "rulebook": self.rulebook.name,
            "version": self.rulebook.version,
            "digest": self.rulebook.digest,
            "from": self.decides.start.isoformat(),
            "to": self.decides.end.isoformat() if self.decides.end else None,
            "instead": str(self.instead),
            "instead_digest": self.instead.digest,
            "comes_back": self.comes_back,
            "instead_to": self.until.isoformat() if self.until else None,
            "ends_shadow": self.ends_shadow,
        }


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What a withdrawal did, and the steps that were taken, that with the rulebook itself last."""

    withdrawal: Withdrawal
    steps: Sequence[Step]

    def told(self) -> dict[str, object]:
        """Return it for a program."""
        return self.withdrawal.told() | {"steps": [step.number for step in self.steps]}


def withdraw(work: Work, digest: str, policy_of: PolicyOf, *, actor: str, reason: str) -> Withdrawn:
    """Take back a rulebook before its first day, or change nothing.

    Raises:
        NoSuchRulebook, ActivationRefused, MayYetSucceed: as for `examine_withdrawal`; or nobody
            is named, or no reason.
    """
    refuse_unsigned(actor, reason)
    connection = work.connection
    activations.let_nobody_else_activate(connection)
    # Nor does anybody decide by it from here on; what was decided by it until now is seen below.
    register_store.claim_register(connection)
    withdrawal = examine_withdrawal(connection, digest, policy_of, work.today)
    activations.let_no_older_code_start(connection)
    steps: list[tuple[str, State]] = [(digest, "withdrawn")]
    if withdrawal.ends_shadow:
        steps.insert(0, (withdrawal.instead.digest, "shadow_ended"))
    return Withdrawn(withdrawal, record(work, steps, actor=actor, reason=reason))


def examine_withdrawal(
    connection: Connection, digest: str, policy_of: PolicyOf, today: date
) -> Withdrawal:
    """Return what a withdrawal would do, by what a connection sees; nothing is changed.

    Raises:
        NoSuchRulebook: none with that digest is kept.
        ActivationRefused: it is not in use, or its first day has come; an open referral was
            decided by it; or on some day none or two would be in force then, or one that lacks a
            word of the register.
        MayYetSucceed: this version of the service cannot read the rulebook that would come back.
    """
    taken, kept = steps_taken(connection), kept_rulebooks(connection)
    rulebook = kept.get(digest)
    if rulebook is None:
        raise NoSuchRulebook(f"No rulebook with the digest {digest} is kept in this database.")
    decides = _days_to_come(rulebook, taken, kept, today)
    _refuse_what_was_decided(connection, rulebook, decides.start)
    after = taken.without(taken.in_force[decides.start])
    instead = decides_on(decides.start, after, kept)
    if instead is None:
        raise ActivationRefused(
            f"Without the rulebook {rulebook} none would be in force on {decides.start}. "
            f"{_replace(decides.start)}"
        )
    comes_back = decides.start in after.in_force
    if comes_back:
        _refuse_unknown_words(connection, policy_of(connection, instead.digest))
    return Withdrawal(
        rulebook=rulebook,
        decides=decides,
        instead=instead,
        comes_back=comes_back,
        until=_until(instead, decides, after, kept),
        ends_shadow=comes_back and is_tried(instead.digest, taken),
    )


def _days_to_come(
    rulebook: Kept, taken: StepsTaken, kept: Mapping[str, Kept], today: date
) -> Period:
    """Return the days that a rulebook is to decide; refuse one that decides none, or has begun."""
    decides = days_decided(taken, kept).get(rulebook.digest)
    if decides is None:
        _refuse_unused(rulebook, taken)
    if decides.start <= today:
        raise ActivationRefused(
            f"The rulebook {rulebook} began to decide on {decides.start}, so it cannot be "
            "withdrawn any more. Put another one in force from a day to come: fosterframe "
            "rulebook activate FILE --as YOUR_NAME --reason TEXT."
        )
    return decides


def _refuse_unused(rulebook: Kept, taken: StepsTaken) -> NoReturn:
    if is_tried(rulebook.digest, taken):
        raise ActivationRefused(
            f"The rulebook {rulebook} is only in shadow. End its trial: fosterframe rulebook "
            "shadow --end --as YOUR_NAME."
        )
    steps = [step for step, _ in taken.steps if step.digest == rulebook.digest]
    if steps and steps[-1].state == "withdrawn":
        raise ActivationRefused(
            f"The rulebook {rulebook} was withdrawn already, by {steps[-1].actor} on "
            f"{london_day(steps[-1].recorded_at)}: {steps[-1].reason}."
        )
    raise ActivationRefused(
        f"The rulebook {rulebook} is not in use, so there is nothing to withdraw."
    )


def _refuse_what_was_decided(connection: Connection, rulebook: Kept, first_day: date) -> None:
    # No referral starts before it is received.
    found = [
        each.referral.referral_id
        for each in open_referrals(connection, first_day)
        if each.rulebook_digest == rulebook.digest
    ]
    if found:
        named = ", ".join(found[:REFERRALS_NAMED]) + (", ..." if found[REFERRALS_NAMED:] else "")
        raise ActivationRefused(
            f"The rulebook {rulebook} has decided open referrals already ({len(found)}), which say "
            f"that they were received on {first_day} or later: {named}. Let case management send "
            "them again with the day on which they were received, or withdraw them. "
            f"{_replace(first_day)}"
        )


def _refuse_unknown_words(connection: Connection, policy: Policy) -> None:
    rulebook = policy.rulebook
    unknown = unknown_on_register(rulebook, register_store.read_register(connection))
    if unknown:
        raise ActivationRefused(
            f"The rulebook {rulebook} would come back, and lacks words of the register: "
            f"{'; '.join(map(str, unknown))}. {_replace(rulebook.in_force.start)}"
        )


def _until(
    instead: Kept, decides: Period, after: StepsTaken, kept: Mapping[str, Kept]
) -> date | None:
    """Return the day from which another rulebook decides, or none; refuse a gap or an overlap."""
    first_day, ends = decides.start, instead.in_force.end
    begins = min((day for day in after.in_force if day > first_day), default=None)
    if begins is None and ends is not None and (decides.end is None or ends < decides.end):
        raise ActivationRefused(
            f"The rulebook {instead} would decide instead, which holds to {ends}: none would be in "
            f"force from {ends} on. {_replace(first_day)}"
        )
    if ends is not None and begins is not None and ends != begins:
        following = kept[after.in_force[begins].digest]
        many = "none" if ends < begins else "both"
        raise ActivationRefused(
            f"The rulebook {instead} would decide instead, which holds to {ends}, but {following} "
            f"begins on {begins}: on the days between {many} would hold. {_replace(first_day)}"
        )
    return ends or begins


def _replace(first_day: date) -> str:
    return (
        f"Put another rulebook in its place, one that begins on {first_day} too: fosterframe "
        "rulebook activate FILE --as YOUR_NAME --reason TEXT."
    )
