"""Prints on a terminal what others wrote, as it was written."""

from rich.console import Console


def plain_console() -> Console:
    """Return a console that takes no name for an instruction: `[bold]` and `:house:` stay."""
    return Console(markup=False, emoji=False, highlight=False)
