"""What people do with figures, fees and placements from the command line."""

import json
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from services.pricing.api_json import explanation_told, repriced_told, value_told
from services.pricing.cli_review import review
from services.pricing.cli_said import Actor, AsJson, On, Pack, desk_of, say
from services.pricing.explain import Explanation
from services.pricing.fee_import import import_fees
from services.pricing.index_table_csv import read_index_file
from services.pricing.prices_csv import read_prices
from services.pricing.repricing import Repriced
from services.pricing.standing import explained
from services.pricing.store.figures import import_index, import_wages, index_book
from services.pricing.tick import tick
from services.pricing.wages_csv import read_wages
from shared.errors import FosterframeError
from shared.money import money_text, percentage_text
from shared.settings import settings_from

index: Final = typer.Typer(help="Inflation rates as published.", no_args_is_help=True)
wage: Final = typer.Typer(help="Minimum wage rates.", no_args_is_help=True)
fees: Final = typer.Typer(help="Weekly fees of the framework.", no_args_is_help=True)
pricing: Final = typer.Typer(help="What placements cost, and why.", no_args_is_help=True)

_PRICES_FILE: Final = "prices.csv"
_SHOWN: Final = 24


def attach(app: typer.Typer) -> None:
    """Add the commands of this service to the command line."""
    app.add_typer(index, name="index")
    app.add_typer(wage, name="wage")
    app.add_typer(fees, name="fees")
    app.add_typer(review, name="review")
    app.add_typer(pricing, name="pricing")


@index.command("import")
def import_index_file(file: Path, *, as_json: AsJson = False) -> None:
    """Add the values of a file of the statistics office that are not known yet."""
    values = read_index_file(file)
    with desk_of() as desk, desk.database.transaction() as connection:
        added = import_index(connection, values, desk.clock.now())
    told = {"series": sorted({value.series for value in values}), "added": added}
    known = len(values) - added
    say(told, f"{added} values added, {known} known before.", as_json=as_json)


@index.command("show")
def show_index(
    series: Annotated[str, typer.Argument()] = "D7G7",
    *,
    months: Annotated[int, typer.Option(help="How many of the last months.")] = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """Show the values of a series, superseded ones too, with their sources."""
    with desk_of() as desk, desk.database.reading() as connection:
        values = list(index_book(connection).of_series(series))[-months:]
    if not values:
        raise FosterframeError(
            f"No value of {series} is known. Import one: fosterframe index import FILE."
        )
    if as_json:
        typer.echo(json.dumps([value_told(value) for value in values]))
        return
    table = Table("month", "value", "release", "standing", "source", title=series)
    for value in values:
        table.add_row(
            str(value.month),
            percentage_text(value.value),
            str(value.released_on),
            value.standing,
            value.source,
        )
    Console().print(table)


@wage.command("import")
def import_wage_file(file: Path, *, as_json: AsJson = False) -> None:
    """Add the rates of a wage table that are not known yet."""
    rates = read_wages(file)
    with desk_of() as desk, desk.database.transaction() as connection:
        added = import_wages(connection, rates, desk.clock.now())
    known = len(rates) - added
    say({"added": added}, f"{added} rates added, {known} known before.", as_json=as_json)


@fees.command("import")
def import_fee_file(actor: Actor, pack: Pack = None, *, as_json: AsJson = False) -> None:
    """Record the fees of a pack that are not known yet, and tell finance what they move."""
    with desk_of(pack) as desk:
        told = read_prices((pack or settings_from().framework) / _PRICES_FILE, desk.framework)
        done = import_fees(desk, told, cause_id=f"{actor}:{desk.framework.digest}")
    found = {"recorded": done.recorded, "known": done.known, **repriced_told(done.repriced)}
    sentence = f"{done.recorded} fees recorded, {done.known} known before. "
    say(found, sentence + _repriced_sentence(done.repriced), as_json=as_json)


@pricing.command("tick")
def move_horizon(*, as_json: AsJson = False) -> None:
    """Tell finance of every birthday that lies within the notice period now."""
    with desk_of() as desk:
        done = tick(desk)
    say(repriced_told(done), _repriced_sentence(done), as_json=as_json)


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
    console = Console()
    console.print(
        f"Placement {told.placement_id} on {told.day}: {money_text(told.weekly)} a week, "
        f"{money_text(told.daily)} for the day ({told.bought_as})."
    )
    for link in told.chain:
        mark = "agrees" if link.agrees else "DOES NOT AGREE when worked out again"
        console.print(f"\nFrom {link.valid_from}: {money_text(link.weekly)} a week ({mark})")
        for sentence in link.sentences:
            console.print(f"  {sentence}")


def _repriced_sentence(done: Repriced) -> str:
    sentence = (
        f"{done.price_changes} price changes told about {done.placements_changed} placements, "
        f"arrears {money_text(done.arrears)}."
    )
    if done.unpriced:
        sentence += f" Without a fee for some of their days: {', '.join(done.unpriced)}."
    return sentence
