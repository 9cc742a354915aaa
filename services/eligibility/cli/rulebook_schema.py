"""Prints the JSON Schema of a framework's rulebooks, for the editors of those who write them."""

import typer

from services.eligibility.cli.options import PackOption
from services.eligibility.cli.rulebook import rulebook
from services.eligibility.rulebooks.schema import schema_text
from shared.framework.pack import load_framework
from shared.settings import settings_from


@rulebook.command("schema")
def schema(*, pack: PackOption = None) -> None:
    """Print the JSON Schema of the rulebooks of a framework, with its facts and their values."""
    framework = load_framework(pack or settings_from().framework)
    typer.echo(schema_text(framework), nl=False)
