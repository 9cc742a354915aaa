"""What the operators' commands have in common: how they answer, and show how far they are."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Service = Annotated[str, typer.Argument(help="eligibility or pricing", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]
Yes = Annotated[
    bool, typer.Option("--yes", help="Do it. Without this, only what would be done is said.")
]

Bar = Callable[[int, int], None]
"""Hears how many are done, and of how many."""


def say(told: object, sentence: str, *, as_json: bool) -> None:
    """Print a sentence, or JSON where a program asks."""
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else sentence)


@contextmanager
def bar(title: str) -> Iterator[Bar]:
    """Give what moves a progress bar, on a terminal; elsewhere nothing is shown."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(title, total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)
