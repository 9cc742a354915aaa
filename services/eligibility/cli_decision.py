"""What people do with decisions from the command line."""

from typing import Final

import typer
from rich.console import Console
from rich.table import Table

from services.eligibility.archive import Derived
from services.eligibility.cli_options import AsJson, open_service
from shared.contracts.decision import EligibilityDecided
from shared.errors import FosterframeError

decision: Final = typer.Typer(help="Decisions and their reasons.", no_args_is_help=True)


@decision.command("show")
def show(decision_id: str, *, as_json: AsJson = False) -> None:
    """Show a decision: every agency with its outcome, and why not."""
    derived = _derived(decision_id)
    if as_json:
        typer.echo(derived.body.decode())
        return
    told = EligibilityDecided.model_validate_json(derived.body)
    title = f"Referral {told.referral_id}, decided {told.decided_at:%Y-%m-%d %H:%M}"
    rows = Table("rank", "agency", "outcome", "why", title=title)
    for each in told.agencies:
        why = "\n".join(f"{reason.criterion}: {reason.because}" for reason in told.unmet(each))
        rank = "" if each.rank is None else str(each.rank)
        rows.add_row(rank, f"{each.name}\n{each.agency}", each.outcome.replace("_", " "), why)
    console = Console()
    for gate in told.gates:
        console.print(f"{gate.criterion}: {gate.verdict.replace('_', ' ')}. {gate.because}")
    console.print(rows)
    if told.spot_purchase_indicated:
        console.print("No agency is eligible: a spot purchase is indicated.")


@decision.command("verify")
def verify(decision_id: str) -> None:
    """Derive a decision again, and say whether it is the same, byte for byte."""
    derived = _derived(decision_id)
    if not derived.is_same:
        raise FosterframeError(
            f"Decision {decision_id} is NOT what was decided: what is kept of it was altered."
        )
    typer.echo(f"Decision {decision_id} is the same, byte for byte.")


def _derived(decision_id: str) -> Derived:
    with open_service() as service, service.database.reading() as connection:
        return service.archive().by_id(connection, decision_id)
