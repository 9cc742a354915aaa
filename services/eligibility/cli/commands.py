"""What people do with the eligibility service from the command line."""

from typing import Final

import typer

from services.eligibility.cli import (
    concerns,
    register_import,
    rulebook_activate,
    rulebook_schema,
    rulebook_withdraw,
    simulate,
)
from services.eligibility.cli.decision import decision
from services.eligibility.cli.register import register
from services.eligibility.cli.rulebook import rulebook
from services.eligibility.cli.views import eligibility

MORE_COMMANDS: Final = (
    concerns,
    register_import,
    rulebook_activate,
    rulebook_schema,
    rulebook_withdraw,
    simulate,
)
"""Modules that add commands to those of others; it is enough that they are imported."""


def attach(app: typer.Typer) -> None:
    """Add the commands of this service to the command line."""
    app.add_typer(register, name="register")
    app.add_typer(rulebook, name="rulebook")
    app.add_typer(decision, name="decision")
    app.add_typer(eligibility, name="eligibility")
