"""What people do with the eligibility service from the command line."""

from typing import Final

import typer

from services.eligibility import (
    cli_concerns,
    cli_register_import,
    cli_rulebook_activate,
    cli_rulebook_schema,
    cli_simulate,
)
from services.eligibility.cli_decision import decision
from services.eligibility.cli_register import register
from services.eligibility.cli_rulebook import rulebook
from services.eligibility.cli_views import eligibility

MORE_COMMANDS: Final = (
    cli_concerns,
    cli_register_import,
    cli_rulebook_activate,
    cli_rulebook_schema,
    cli_simulate,
)
"""Modules that add commands to those of others; it is enough that they are imported."""


def attach(app: typer.Typer) -> None:
    """Add the commands of this service to the command line."""
    app.add_typer(register, name="register")
    app.add_typer(rulebook, name="rulebook")
    app.add_typer(decision, name="decision")
    app.add_typer(eligibility, name="eligibility")
