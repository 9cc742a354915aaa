"""What people do with the register, the rulebooks and the decisions from the command line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from services.eligibility.archive import Derived
from services.eligibility.engine import Engine
from services.eligibility.facts import value_text, vocabulary
from services.eligibility.policy import activate
from services.eligibility.provider import fact_text, kind_of
from services.eligibility.rulebook_yaml import read_rulebook
from services.eligibility.service import (
    MIGRATIONS,
    SERVICE,
    EligibilityService,
    import_register,
    read_policies,
)
from services.eligibility.store.register_store import read_register
from services.eligibility.tables import VerdictTable
from shared.clock import SystemClock
from shared.contracts.decision import EligibilityDecided
from shared.errors import FosterframeError
from shared.framework.pack import load_framework
from shared.messaging.work import work_on
from shared.persistence.database import Database
from shared.persistence.migrate import prepare
from shared.settings import settings_from

register: Final = typer.Typer(help="The agencies and what is known of them.", no_args_is_help=True)
rulebook: Final = typer.Typer(help="The councils' policy.", no_args_is_help=True)
decision: Final = typer.Typer(help="Decisions and their reasons.", no_args_is_help=True)

Pack = Annotated[Path | None, typer.Argument(help="The framework pack; the deployment's if none.")]
Actor = Annotated[str, typer.Option("--as", help="Who does it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def attach(app: typer.Typer) -> None:
    """Add the commands of this service to the command line."""
    app.add_typer(register, name="register")
    app.add_typer(rulebook, name="rulebook")
    app.add_typer(decision, name="decision")


@register.command("import")
def import_(actor: Actor, pack: Pack = None, *, as_json: AsJson = False) -> None:
    """Add to the register what the pack's register.csv tells and nobody told before."""
    folder = pack or settings_from().framework
    framework = load_framework(folder)
    with _database() as database:
        cause = f"register {framework.digest}"
        with work_on(database, SystemClock(), SERVICE, cause_id=cause) as work:
            imported = import_register(work, folder, framework, actor)
    if as_json:
        typer.echo(json.dumps(asdict(imported)))
        return
    typer.echo(
        f"{imported.agencies} agencies: {imported.facts_added} facts added, "
        f"{imported.facts_known} known before. The register is at {imported.version[:12]}."
    )


@register.command("history")
def history(urn: str, *, as_json: AsJson = False) -> None:
    """Show everything that was ever recorded of an agency, the oldest word first."""
    with _database() as database, database.reading() as connection:
        told = read_register(connection).history(urn)
    if not told:
        raise FosterframeError(f"There is no agency {urn} on the register.")
    if as_json:
        rows = [
            {
                "kind": kind_of(each.fact),
                "recorded_at": each.recorded_at.isoformat(),
                "told": json.loads(fact_text(each.fact)),
            }
            for each in told
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("known from", "fact", "told", title=f"Agency {urn}")
    for each in told:
        told_text = ", ".join(
            f"{name}: {value}" for name, value in json.loads(fact_text(each.fact)).items()
        )
        table.add_row(f"{each.recorded_at:%Y-%m-%d %H:%M}", kind_of(each.fact), told_text)
    Console().print(table)


@rulebook.command("check")
def check(file: Path, *, pack: Annotated[Path | None, typer.Option()] = None) -> None:
    """Read and prove a rulebook, without activating it."""
    framework = load_framework(pack or settings_from().framework)
    told = read_rulebook(file, vocabulary(framework))
    policy = activate(told, Engine(told), framework.shortlist_order)
    count = sum(len(list(table.every_row())) for table in policy.tables)
    typer.echo(
        f"Rulebook {told} is sound: {len(policy.tables)} criteria, {count} combinations of facts "
        f"judged, {len(told.never)} promises proved. In force from {told.in_force.start}."
    )


@rulebook.command("table")
def table(
    criterion: Annotated[str | None, typer.Argument(help="One criterion; all if none.")] = None,
    *,
    pack: Annotated[Path | None, typer.Option()] = None,
    as_json: AsJson = False,
) -> None:
    """Print what a criterion says to every combination of its facts."""
    folder = pack or settings_from().framework
    policy = read_policies(folder, load_framework(folder)).on(SystemClock().today())
    tables = [each for each in policy.tables if criterion in {None, each.criterion.id}]
    if not tables:
        known = ", ".join(each.criterion.id for each in policy.tables)
        raise FosterframeError(f"Rulebook {policy.rulebook} has only the criteria {known}.")
    if as_json:
        typer.echo(json.dumps({each.criterion.id: _rows(each) for each in tables}))
        return
    for each in tables:
        _print_table(each)


@decision.command("show")
def show(decision_id: str, *, as_json: AsJson = False) -> None:
    """Show a decision: every agency with its outcome, and why not."""
    derived = _derived(decision_id)
    if as_json:
        typer.echo(derived.body.decode())
        return
    told = EligibilityDecided.model_validate_json(derived.body)
    title = f"Referral {told.referral_id}, decided {told.decided_at:%Y-%m-%d %H:%M}"
    rows = Table("rank", "agency", "outcome", "why", title=title)
    for each in told.agencies:
        why = "\n".join(f"{reason.criterion}: {reason.because}" for reason in told.unmet(each))
        rank = "" if each.rank is None else str(each.rank)
        rows.add_row(rank, f"{each.name}\n{each.agency}", each.outcome.replace("_", " "), why)
    console = Console()
    for gate in told.gates:
        console.print(f"{gate.criterion}: {gate.verdict.replace('_', ' ')}. {gate.because}")
    console.print(rows)
    if told.spot_purchase_indicated:
        console.print("No agency is eligible: a spot purchase is indicated.")


@decision.command("verify")
def verify(decision_id: str) -> None:
    """Derive a decision again, and say whether it is the same, byte for byte."""
    derived = _derived(decision_id)
    if not derived.is_same:
        raise FosterframeError(
            f"Decision {decision_id} is NOT what was decided: what is kept of it was altered."
        )
    typer.echo(f"Decision {decision_id} is the same, byte for byte.")


def _derived(decision_id: str) -> Derived:
    with _database() as database:
        service = EligibilityService.open(database, settings_from().framework, SystemClock())
        with database.reading() as connection:
            return service.archive().by_id(connection, decision_id)


@contextmanager
def _database() -> Iterator[Database]:
    settings = settings_from()
    database = Database.open(settings.database_url(SERVICE))
    migrates = settings.migrate == "at-start"
    try:
        prepare(database, MIGRATIONS, service=SERVICE, migrates=migrates)
        yield database
    finally:
        database.close()


def _rows(table: VerdictTable) -> list[dict[str, str]]:
    return [
        {
            **{name: value_text(each) for name, each in zip(table.facts, values, strict=True)},
            "verdict": verdict,
        }
        for values, verdict in table.every_row()
    ]


def _print_table(each: VerdictTable) -> None:
    names = [name.replace("_", " ") for name in each.facts]
    printed = Table(*names, "verdict", title=f"{each.criterion.id}: {each.criterion.asks}")
    for row in _rows(each):
        printed.add_row(*(text.replace("_", " ") for text in row.values()))
    Console().print(printed)
