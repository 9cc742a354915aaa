"""Shows on a terminal how far something long is."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Bar = Callable[[int, int], None]
"""Hears how many are done, and of how many."""


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
