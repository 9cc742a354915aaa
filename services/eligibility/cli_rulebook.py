"""What people do with rulebooks from the command line."""

import json
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from services.eligibility.cli_options import AsJson, PackOption
from services.eligibility.engine import Engine
from services.eligibility.facts import value_text, vocabulary
from services.eligibility.policy import activate
from services.eligibility.rulebook_yaml import read_rulebook
from services.eligibility.service import read_policies
from services.eligibility.tables import VerdictTable
from shared.clock import SystemClock
from shared.errors import FosterframeError
from shared.framework.pack import load_framework
from shared.settings import settings_from

rulebook: Final = typer.Typer(help="The councils' policy.", no_args_is_help=True)


@rulebook.command("check")
def check(file: Path, *, pack: PackOption = None) -> None:
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
    pack: PackOption = None,
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
