"""What people do with the eligibility service from the command line."""

import typer

from services.eligibility.cli_decision import decision
from services.eligibility.cli_register import register
from services.eligibility.cli_rulebook import rulebook


def attach(app: typer.Typer) -> None:
    """Add the commands of this service to the command line."""
    app.add_typer(register, name="register")
    app.add_typer(rulebook, name="rulebook")
    app.add_typer(decision, name="decision")
