"""What the operators' commands have in common: their options, and how they answer."""

import json
from typing import Annotated

import typer

Service = Annotated[str, typer.Argument(help="eligibility or pricing", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]
Yes = Annotated[
    bool, typer.Option("--yes", help="Do it. Without this, only what would be done is said.")
]


def say(told: object, sentence: str, *, as_json: bool) -> None:
    """Print a sentence, or JSON where a program asks."""
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else sentence)
