"""What operators do to a service that runs: parked messages, proofs, purges, telling again."""

import typer

from services.operating.audit.cli import log
from services.operating.dead.cli import dead
from services.operating.purge.cli import purge
from services.operating.resend.cli import resend


def attach(app: typer.Typer) -> None:
    """Add the operators' commands to the command line."""
    app.add_typer(dead, name="dead")
    app.add_typer(log, name="audit")
    app.command("purge")(purge)
    app.command("resend")(resend)
