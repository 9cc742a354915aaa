"""The command that plays the demo."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from services.demo.cli_sample import sample
from services.demo.show import show, summary
from services.demo.stage import keep_logs, set_stage
from services.demo.story import TOLD_AT, play
from shared.settings import settings_from

LEAST_REFERRALS = 20
_COLUMNS = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())


def attach(app: typer.Typer) -> None:
    """Add the commands of the demonstration to the command line."""
    app.command("demo")(demo)
    app.command("sample")(sample)


def demo(
    referrals: Annotated[
        int, typer.Option(min=LEAST_REFERRALS, max=20_000, help="How many referrals to publish.")
    ] = 600,
    seed: Annotated[int, typer.Option(help="The same seed makes the same children.")] = 2026,
    *,
    amqp_url: Annotated[
        str | None,
        typer.Option(
            envvar="FOSTERFRAME_AMQP_URL",
            help="A RabbitMQ with empty queues; two service processes are then started.",
        ),
    ] = None,
    state: Annotated[Path | None, typer.Option(help="Where the databases are made.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="End in one line of figures.")] = False,
) -> None:
    """Show the whole path on invented children and real CPI and wages, and reconcile it.

    Exits with 1 if anything does not add up.
    """
    console = Console(stderr=as_json)
    settings = replace(settings_from(), amqp_url=amqp_url)
    if state is not None:
        settings = replace(settings, state=state)
    stage = set_stage(settings, TOLD_AT)
    keep_logs(stage)
    with Progress(*_COLUMNS, console=console) as progress:
        told = play(stage, referrals, seed, progress)
    show(told, stage, console)
    where = "the embedded broker" if amqp_url is None else "RabbitMQ, two service processes"
    console.print(f"\nRun on {where}; databases in {stage.settings.state}.")
    figures = summary(told)
    if figures["reconciled"]:
        console.print("[bold green]Everything reconciles.[/bold green]")
    else:
        console.print("[bold red]It does not reconcile: see the lines that do not hold.[/bold red]")
    if as_json:
        typer.echo(json.dumps(figures))
    raise typer.Exit(0 if figures["reconciled"] else 1)
