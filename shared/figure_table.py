"""Tables of figures on a terminal of any width, in which no figure is ever cut short."""

from typing import Final

from rich.box import SIMPLE_HEAD
from rich.table import Table

from shared.plain_console import plain_console

_NAME_WIDTH: Final = 12
_SHORTEST: Final = 4
_GAP: Final = 2
"""Columns of a terminal: for a folded name, for a folded heading over short figures, between."""


def figure_table(name: str, *figures: str, title: str | None = None) -> Table:
    """Return a table whose rows begin with a name; the figures stand to the right, whole.

    Where the terminal is narrow the name is folded onto more lines, and the headings are.
    """
    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title=title,
        title_justify="left",
        title_style="bold",
    )
    table.add_column(name, overflow="fold")
    for figure in figures:
        table.add_column(figure, justify="right", overflow="fold")
    return table


def print_figures(table: Table) -> None:
    """Print a table of figures; wider than the terminal, rather than with a figure cut short."""
    widest = [
        max((len(str(cell)) for cell in column.cells), default=0) for column in table.columns[1:]
    ]
    for column, width in zip(table.columns[1:], widest, strict=True):
        column.min_width = width
    gaps = _GAP * (len(table.columns) + 1)
    needed = _NAME_WIDTH + sum(max(width, _SHORTEST) for width in widest) + gaps
    console = plain_console()
    console.width = max(console.width, needed)
    console.print(table)
