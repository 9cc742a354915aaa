"""What people do to put a rulebook in use: activate it, try it in shadow, see which there are."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table
from sqlalchemy import Connection

from services.eligibility.cli.options import Actor, AsJson, open_service
from services.eligibility.cli.rulebook import rulebook
from services.eligibility.rulebooks.activation import Activated, end_shadow, take_steps
from services.eligibility.rulebooks.compared import changes
from services.eligibility.rulebooks.examining import Examined, Wanted, examine, prove_file
from services.eligibility.rulebooks.listed import Listed, rulebooks_listed
from services.eligibility.service import SERVICE, EligibilityService
from services.eligibility.trials.shadow_report import ShadowReport, shadow_report
from shared.clock import Clock, SystemClock
from shared.errors import FosterframeError
from shared.messaging.work import work_on
from shared.plain_console import plain_console

Reason = Annotated[str, typer.Option("--reason", help="Why; a decision's reference, if any.")]
Yes = Annotated[
    bool, typer.Option("--yes", help="Do it. Without this, only what would be done is said.")
]
OptionalActor = Annotated[str, typer.Option("--as", help="Who does it; needed with --end.")]

_ENDED: Final = "the trial is over"


@rulebook.command("activate")
def activate(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Several take effect together, or none.")
    ],
    actor: Actor,
    reason: Reason,
    *,
    shadow: Annotated[bool, typer.Option("--shadow", help="Only try it beside.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put a rulebook in force, proved and with every example right, or change nothing.

    Several files take effect together: their days are looked at as a whole, as where the days of
    one that has `to` are split between two.
    """
    wanted: Wanted = "shadow" if shadow else "in_force"
    clock = SystemClock()
    with open_service() as service:
        # Proved before the database is held: whoever decides meanwhile waits for nothing.
        proved = [prove_file(file, service.framework) for file in files]
        with service.database.reading() as connection:
            examined = examine(connection, proved, service.framework, wanted)
            if not yes or all(each.is_so_already for each in examined):
                _preview(connection, service, examined, yes=yes, as_json=as_json)
                return
        cause = f"rulebook {wanted} {proved[0].policy.rulebook.digest} {clock.now().isoformat()}"
        with work_on(service.database, clock, SERVICE, cause_id=cause) as work:
            done = take_steps(work, proved, service.framework, wanted, actor=actor, reason=reason)
    told = [line for each in done for line in _did(each, clock, is_alone=len(done) == 1)]
    _say([each.told() for each in done], told, as_json=as_json)


def _preview(
    connection: Connection,
    service: EligibilityService,
    examined: Sequence[Examined],
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Say what an activation would do, of each rulebook, and what to do now."""
    told, lines = [], []
    for each in examined:
        changed = [] if yes else _changes(connection, service, each)
        told.append(each.told() | {"steps": [], "changes": changed})
        lines += [*_would(each, service.clock, is_alone=len(examined) == 1), *changed]
    _say(told, [*lines, *_next(examined)], as_json=as_json)


@rulebook.command("shadow")
def shadow_(
    *,
    end: Annotated[bool, typer.Option("--end", help="End the trial.")] = False,
    actor: OptionalActor = "",
    reason: Reason = _ENDED,
    as_json: AsJson = False,
) -> None:
    """Show how often the rulebook that is tried would have decided otherwise, and why."""
    with open_service() as service:
        if end:
            _end(service, actor, reason)
        with service.database.reading() as connection:
            report = shadow_report(connection)
    if as_json:
        typer.echo(json.dumps(report.told(), ensure_ascii=False))
        return
    _print_report(report)


@rulebook.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List every rulebook that is kept: what it is today, since when, by whom and why."""
    with open_service() as service, service.database.reading() as connection:
        listed = rulebooks_listed(connection, SystemClock().today())
    if as_json:
        typer.echo(json.dumps([each.told() for each in listed], ensure_ascii=False))
        return
    table = Table("rulebook", "today", "decides referrals received", "by whom and why")
    for each in listed:
        table.add_row(*_row(each))
    plain_console().print(table)


def _end(service: EligibilityService, actor: str, reason: str) -> None:
    if not actor:
        raise FosterframeError("Say who ends the trial: --as YOUR_NAME.")
    clock = SystemClock()
    cause = f"rulebook shadow ended {clock.now().isoformat()}"
    with work_on(service.database, clock, SERVICE, cause_id=cause) as work:
        end_shadow(work, actor, reason)


def _say(told: Sequence[dict[str, object]], sentences: list[str], *, as_json: bool) -> None:
    of_one_or_all = told[0] if len(told) == 1 else {"rulebooks": told}
    typer.echo(json.dumps(of_one_or_all, ensure_ascii=False) if as_json else "\n".join(sentences))


def _would(examined: Examined, clock: Clock, *, is_alone: bool) -> list[str]:
    """Return what an activation touches, in words."""
    policy, examples = examined.proved.policy, examined.proved.examples
    told = policy.rulebook
    sound = (
        f"Rulebook {told} is sound: {len(policy.tables)} criteria and {len(told.never)} promises "
        f"proved, {examples.count} examples right, {examples.verdicts_covered} of "
        f"{examples.verdicts} verdicts covered."
    )
    if examined.wanted == "shadow":
        beside = "It judges what is decided once more, beside the rulebook in force; of that"
        return [sound, f"{beside} only the differences are kept, and nothing is told outside."]
    days = f"from {told.in_force.start} on" + (f", to {examined.ends}" if examined.ends else "")
    sentences = [sound, f"It decides the referrals that are received {days}."]
    if examined.replaced is not None:
        sentences.append(f"It takes the place of {examined.replaced}, which decides no more.")
    elif examined.before is not None and is_alone:
        sentences.append(f"Until that day {examined.before} decides.")
    elif examined.before is not None:
        sentences.append(f"As things stand, {examined.before} would decide on that day.")
    if told.in_force.start <= clock.today():
        sentences.append(
            "Decisions that were made stay as they are. Referrals received since that day are "
            "decided by it when they are amended, or an agency changes."
        )
    if examined.ends_shadow:
        sentences.append("Its trial in shadow ends with that.")
    return sentences


def _changes(connection: Connection, service: EligibilityService, examined: Examined) -> list[str]:
    """Return in what the rulebook differs from the one whose place it takes, if there is one."""
    other = examined.replaced or examined.before
    if other is None or examined.is_so_already:
        return []
    return changes(
        lambda: service.policy_of(connection, other.digest), lambda: examined.proved.policy
    )


def _next(examined: Sequence[Examined]) -> list[str]:
    """Return what to do now that nothing was changed."""
    if all(each.is_so_already for each in examined):
        return ["That is so already; nothing was changed."]
    file = examined[0].proved.path
    if len(examined) > 1:
        return ["Nothing was changed. Say --yes to do it: all of them, or none."]
    look = [
        f"Before you do it, see what it changes: fosterframe rulebook simulate {file} --since DAY"
    ]
    if examined[0].wanted == "in_force":
        look.append(f"and try it on live referrals: fosterframe rulebook activate {file} --shadow.")
    return [*look, "Nothing was changed. Say --yes to do it."]


def _did(done: Activated, clock: Clock, *, is_alone: bool) -> list[str]:
    if not done.steps:
        told = "That" if is_alone else f"That {done.examined.proved.policy.rulebook} decides"
        return [f"{told} is so already; nothing was changed."]
    step = done.steps[-1]
    what = "in shadow" if step.state == "shadow" else "activated"
    told = f"Rulebook {done.examined.proved.policy.rulebook} is {what}, by {step.actor}"
    noticed = "Every worker knows of it from its next batch on."
    return [*_would(done.examined, clock, is_alone=is_alone), f"{told}: {step.reason}. {noticed}"]


def _row(each: Listed) -> list[str]:
    days, last = each.decides, each.last
    decides = f"from {days.start}" + (f" to {days.end}" if days.end else "") if days else "none"
    who = f"{last.recorded_at:%Y-%m-%d %H:%M} {last.actor}: {last.reason}" if last else ""
    return [f"{each.rulebook}\n{each.rulebook.digest[:12]}", each.standing, decides, who]


def _print_report(report: ShadowReport) -> None:
    trial, counts = report.trial, report.counts
    began = f"{trial.began.recorded_at:%Y-%m-%d %H:%M} by {trial.began.actor}"
    ended = f", ended {trial.ended.recorded_at:%Y-%m-%d %H:%M}" if trial.ended else ""
    typer.echo(f"Rulebook {trial.rulebook} in shadow since {began}{ended}.")
    typer.echo(
        f"{report.decisions} decisions were made meanwhile. It would have made {counts.differ} of "
        f"them otherwise, {counts.reordered} only in the order."
    )
    if counts.failed:
        typer.echo(f"{counts.failed} it could not judge; the log of the worker says why.")
    if counts.agencies:
        agencies = Table("agency", "gained", "lost", "changed", title="Decisions by agency")
        for urn, words in sorted(counts.agencies.items()):
            agencies.add_row(urn, *(str(words[word]) for word in ("gained", "lost", "changed")))
        criteria = Table("criterion", "decisions", title="Decisions by criterion")
        for name, count in counts.criteria.most_common():
            criteria.add_row(name, str(count))
        console = plain_console()
        console.print(agencies)
        console.print(criteria)
    if counts.examples:
        typer.echo(f"For example: {', '.join(counts.examples)}")
        typer.echo("See one: fosterframe decision show ID")
