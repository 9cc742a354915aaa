"""Prints tables of rulebooks, and what came of examples, for a person at a terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer
from rich.table import Table

from services.eligibility.facts import value_text
from services.eligibility.rulebooks.criteria import MET, NOT_MET, REFER, Criterion
from services.eligibility.rulebooks.told import in_general, source_in_full
from services.eligibility.trials.examples import ExamplesTried
from services.eligibility.verdicts.condensed import condensed
from services.eligibility.verdicts.tables import VerdictTable
from shared.plain_console import plain_console


def print_tables(
    tables: Sequence[VerdictTable], sources: Mapping[str, str], *, every: bool
) -> None:
    """Print what criteria say, each with its texts and its source."""
    console = plain_console()
    for table in tables:
        kind = "Gate" if table.is_gate else "Criterion"
        title = f"{kind} {table.criterion.id}: {table.criterion.asks}"
        console.print(f"\n{title}", style="bold")
        console.print(_source(table.criterion, sources))
        console.print(_every_row(table) if every else _lines(table))
        for text in _texts(table):
            console.print(text)


def print_tried(found: ExamplesTried, file: Path) -> None:
    """Print which examples fail and which verdicts have none, each where a person finds it."""
    for failure in found.failures:
        typer.echo(f"{file}:{failure.line}: {failure.name}: {failure.reason}")
    for uncovered in found.uncovered:
        typer.echo(f"{file}: {uncovered}")
    held = found.count - len(found.failures)
    typer.echo(
        f"{held} of {found.count} examples hold; {found.verdicts_covered} of {found.verdicts} "
        "verdicts that the criteria can give have one."
    )


def _lines(table: VerdictTable) -> Table:
    printed = Table("verdict", "when", "combinations")
    for line in condensed(table):
        verdict = value_text(line.said)
        printed.add_row(verdict, line.when, str(line.combinations))
    return printed


def _every_row(table: VerdictTable) -> Table:
    printed = Table(*(value_text(name) for name in table.facts), "verdict")
    for values, verdict in table.every_row():
        printed.add_row(*map(value_text, values), value_text(verdict))
    return printed


def _source(criterion: Criterion, sources: Mapping[str, str]) -> str:
    in_full = source_in_full(criterion.source, sources)
    return f"Source: {criterion.source}" + (f" ({in_full})" if in_full else "")


def _texts(table: VerdictTable) -> list[str]:
    """Return what is told for each verdict that the criterion can give."""
    said = {verdict for _, verdict in table.every_row()}
    return [
        f"{value_text(verdict)}: {in_general(table.criterion.says.text(verdict))}"
        for verdict in (MET, REFER, NOT_MET)
        if verdict in said
    ]
