"""Shows a person what followed when an agency of the demo was judged inadequate."""

from rich.console import Console
from rich.table import Table

from services.demo.story import Told
from shared.contracts.concern import ProviderConcern

_ROWS = 6


def show_judged(told: Told, console: Console) -> None:
    """Print each concern: what became known, what the rulebook says of it, and what it touches."""
    for event in told.concerns:
        concern = event.data
        if isinstance(concern, ProviderConcern):
            _show(concern, console)


def _show(concern: ProviderConcern, console: Console) -> None:
    console.print(f"\n[bold]A concern about {concern.name}[/bold]")
    console.print(concern.because, highlight=False)
    for worse in concern.standing:
        was, now = worse.was.replace("_", " "), worse.verdict.replace("_", " ")
        console.print(
            f"  {worse.criterion}, from {worse.on}: {was} before, {now} now. {worse.because}",
            highlight=False,
        )
    placements, referrals = len(concern.placements), len(concern.referrals)
    console.print(f"  {placements} placements to review, {referrals} referrals decided again:")
    table = Table()
    for name in ("referral", "was", "is", "fresh decision"):
        table.add_column(name, overflow="fold")
    for again in concern.referrals[:_ROWS]:
        was, now = (again.was or "").replace("_", " "), again.outcome.replace("_", " ")
        table.add_row(again.referral_id, was, now, again.decision_id)
    console.print(table)
    console.print("  More: fosterframe register concerns, fosterframe decision why REFERRAL.")
