"""What commissioners do with concerns about agencies from the command line."""

import json
from datetime import datetime
from typing import Annotated, Final

import typer
from rich.table import Table

from services.eligibility.cli.options import AsJson, open_database
from services.eligibility.cli.register import register
from services.eligibility.store.concerns import concerns_told
from shared.contracts.concern import ProviderConcern
from shared.days import LONDON, london_day
from shared.plain_console import plain_console

MOST_LISTED: Final = 200

_Agency = Annotated[str | None, typer.Option("--agency", help="Only those about this agency.")]
_Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], help="Only those told from this day on."),
]


@register.command("concerns")
def concerns(agency: _Agency = None, since: _Since = None, *, as_json: AsJson = False) -> None:
    """Show of which agencies the standing became worse, and which placements to review."""
    known_since = None if since is None else since.replace(tzinfo=LONDON)
    with open_database() as database, database.reading() as connection:
        told = concerns_told(connection, agency=agency, since=known_since, limit=MOST_LISTED)
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in told], ensure_ascii=False))
        return
    if not told:
        typer.echo("No agency's standing became worse.")
        return
    for each in told:
        _print(each)
    if len(told) == MOST_LISTED:
        typer.echo(f"These are the latest {MOST_LISTED}. Ask for one agency with --agency.")


def _print(told: ProviderConcern) -> None:
    console = plain_console()
    console.print(f"{london_day(told.known_at)}  {told.agency}  {told.name}", style="bold")
    console.print(told.because)
    for earlier in told.adds_to:
        console.print(f"  It adds to the concern {earlier}.")
    for worse in told.standing:
        was, now = worse.was.replace("_", " "), worse.verdict.replace("_", " ")
        console.print(f"  From {worse.on}, {worse.criterion}: {was} before, {now} now.")
        console.print(f"    {worse.because}")
    if told.placements:
        placements = Table("placement", "since", "until", title="Placements to review")
        for stay in told.placements:
            placements.add_row(stay.placement_id, str(stay.since), str(stay.until or ""))
        console.print(placements)
    else:
        console.print("  No child is known to live with it.")
    if told.referrals:
        referrals = Table("referral", "was", "is", "decision", title="Referrals decided again")
        for again in told.referrals:
            was, now = (again.was or "").replace("_", " "), again.outcome.replace("_", " ")
            referrals.add_row(again.referral_id, was, now, again.decision_id)
        console.print(referrals)
    console.print()
