"""What people do with fees and placements from the command line; it attaches their other work."""

import json
from typing import Final

import typer

from services.pricing.api.answers import explanation_told, imported_told
from services.pricing.cli.figures import index, wage
from services.pricing.cli.finance import attach_finance
from services.pricing.cli.placements import attach as attach_placements
from services.pricing.cli.placements import repriced_sentence
from services.pricing.cli.review import review
from services.pricing.cli.said import Actor, AsJson, On, Pack, desk_of, say
from services.pricing.explaining.explain import Explanation
from services.pricing.fee_book.importing import import_fees
from services.pricing.fee_book.prices_csv import read_prices
from services.pricing.placements.standing import explained
from shared.money import money_text
from shared.plain_console import plain_console
from shared.settings import settings_from

fees: Final = typer.Typer(help="Weekly fees of the framework.", no_args_is_help=True)
pricing: Final = typer.Typer(help="What placements cost, and why.", no_args_is_help=True)

_PRICES_FILE: Final = "prices.csv"


def attach(app: typer.Typer) -> None:
    """Add the commands of this service to the command line."""
    app.add_typer(index, name="index")
    app.add_typer(wage, name="wage")
    app.add_typer(fees, name="fees")
    app.add_typer(review, name="review")
    attach_placements(pricing)
    attach_finance(review, pricing)
    app.add_typer(pricing, name="pricing")


@fees.command("import")
def import_fee_file(actor: Actor, pack: Pack = None, *, as_json: AsJson = False) -> None:
    """Record the fees of a pack that are not known yet, and tell finance what they move."""
    with desk_of(pack) as desk:
        told = read_prices((pack or settings_from().framework) / _PRICES_FILE, desk.framework)
        done = import_fees(desk, told, cause_id=f"{actor}:{desk.framework.digest}")
    sentence = f"{done.recorded} fees recorded, {done.known} known before. "
    say(imported_told(done), sentence + repriced_sentence(done.repriced), as_json=as_json)


@pricing.command("explain")
def explain_fee(placement_id: str, on: On, *, as_json: AsJson = False) -> None:
    """Show how the fee of a placement on a day came about, worked out again to the penny."""
    with desk_of() as desk:
        told = explained(desk, placement_id, on.date())
    if as_json:
        typer.echo(json.dumps(explanation_told(told), ensure_ascii=False))
        return
    _print_explanation(told)


def _print_explanation(told: Explanation) -> None:
    console = plain_console()
    console.print(
        f"Placement {told.placement_id} on {told.day}: {money_text(told.weekly)} a week, "
        f"{money_text(told.daily)} for the day ({told.bought_as})."
    )
    for link in told.chain:
        mark = "agrees" if link.agrees else "DOES NOT AGREE when worked out again"
        console.print(f"\nFrom {link.valid_from}: {money_text(link.weekly)} a week ({mark})")
        for sentence in link.sentences:
            console.print(f"  {sentence}")
    for change in told.told:
        until = change.end or "further notice"
        console.print(
            f"Finance was told by {change.sequence}: from {change.start} until {until} "
            f"{money_text(change.new_weekly)} a week to {change.account.agency}."
        )
