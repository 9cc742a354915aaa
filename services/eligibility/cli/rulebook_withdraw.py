"""What people do to take back a rulebook that was put in force and is still to come."""

import json
from typing import Annotated

import typer

from services.eligibility.cli.options import Actor, AsJson, open_service
from services.eligibility.cli.rulebook import rulebook
from services.eligibility.cli.rulebook_activate import Reason, Yes
from services.eligibility.rulebooks.compared import changes
from services.eligibility.rulebooks.named import digest_named
from services.eligibility.rulebooks.withdrawing import (
    Withdrawal,
    Withdrawn,
    examine_withdrawal,
    withdraw,
)
from services.eligibility.service import SERVICE
from services.eligibility.store.rulebook_store import kept_rulebooks
from shared.clock import SystemClock
from shared.messaging.work import work_on


@rulebook.command("withdraw")
def withdraw_(
    which: Annotated[
        str, typer.Argument(metavar="RULEBOOK", help="Its version, or its digest or how it begins.")
    ],
    actor: Actor,
    reason: Reason,
    *,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Take back a rulebook before its first day: what it had replaced or cut short holds again."""
    clock = SystemClock()
    with open_service() as service:
        with service.database.reading() as connection:
            digest = digest_named(which, kept_rulebooks(connection))
            seen = examine_withdrawal(connection, digest, service.policy_of, clock.today())
            if not yes:
                changed = changes(
                    lambda: service.policy_of(connection, seen.rulebook.digest),
                    lambda: service.policy_of(connection, seen.instead.digest),
                )
                told = seen.told() | {"steps": [], "changes": changed}
                undone = "Nothing was changed. Say --yes to do it."
                _say(told, [*_would(seen), *changed, undone], as_json=as_json)
                return
        cause = f"rulebook withdrawn {digest} {clock.now().isoformat()}"
        with work_on(service.database, clock, SERVICE, cause_id=cause) as work:
            done = withdraw(work, digest, service.policy_of, actor=actor, reason=reason)
    _say(done.told(), _did(done), as_json=as_json)


def _say(told: dict[str, object], sentences: list[str], *, as_json: bool) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(sentences))


def _would(seen: Withdrawal) -> list[str]:
    """Return what a withdrawal touches, in words."""
    start, end = seen.decides.start, seen.decides.end
    days = f"from {start} on" + (f", to {end}" if end else "")
    until = f", to {seen.until}" if seen.until else ""
    told = [
        f"Rulebook {seen.rulebook} is to decide the referrals that are received {days}.",
        "Withdrawn, it decides none of them.",
        f"{seen.instead}, whose place it had taken, decides from that day on{until}."
        if seen.comes_back
        else f"{seen.instead} goes on deciding{until}.",
        "No open referral is decided by it.",
    ]
    return [*told, "The trial of that one in shadow ends with that."] if seen.ends_shadow else told


def _did(done: Withdrawn) -> list[str]:
    step = done.steps[-1]
    told = f"Rulebook {done.withdrawal.rulebook} is withdrawn, by {step.actor}: {step.reason}."
    return [*_would(done.withdrawal), f"{told} Every worker knows of it from its next batch on."]
