"""The command that makes an invented Kent-sized year, and loads it to try a review on."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from services.demo.kent_load import Loaded, load
from services.demo.kent_year import (
    SEED,
    YEAR,
    KentYear,
    check_year,
    figures,
    kent_year,
    tendered_book,
)
from services.demo.show_kent import sentences, sums_table
from services.pricing.cli.said import AsJson, desk_of
from services.pricing.fee_book.prices_csv import read_prices
from shared.framework.pack import load_framework
from shared.plain_console import plain_console
from shared.settings import settings_from

Year = Annotated[
    int, typer.Option(help="The financial year that begins in it; its spend is published.")
]
Seed = Annotated[int, typer.Option(help="The same seed makes the same placements.")]
Out = Annotated[
    Path | None,
    typer.Option(help="Write the events here, one CloudEvent a line, ready to publish."),
]
IntoDatabase = Annotated[
    bool,
    typer.Option(
        "--load",
        help="Take the events into the pricing database, to try a review on it. They are as any "
        "others: finance is told of them. Never where there are real placements.",
    ),
]


def sample(
    year: Year = YEAR.start.year,
    seed: Seed = SEED,
    out: Out = None,
    *,
    into_database: IntoDatabase = False,
    as_json: AsJson = False,
) -> None:
    """Make invented placements that cost what the council published for 2022/23."""
    check_year(year)
    settings = settings_from()
    framework = load_framework(settings.framework)
    fees = tendered_book(read_prices(settings.framework / "prices.csv", framework))
    made = kent_year(framework, fees, seed)
    told = figures(made)
    said = sentences(told)
    if out is not None:
        out.write_bytes(b"".join(one.body + b"\n" for one in made.samples()))
        said.append(f"{told['events']} events written to {out}.")
    if into_database:
        loaded = _loaded(made)
        told |= {"loaded": {"new": loaded.new, "known": loaded.known}}
        said.append(_loaded_sentence(loaded))
    if as_json:
        typer.echo(json.dumps(told))
        return
    console = plain_console()
    console.print(sums_table(told))
    console.print("\n".join(said), highlight=False, soft_wrap=True)


def _loaded(made: KentYear) -> Loaded:
    with desk_of() as desk, Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("loading", total=None)
        return load(desk, made, lambda done, of: progress.update(task, completed=done, total=of))


def _loaded_sentence(loaded: Loaded) -> str:
    if not loaded.new:
        return f"All {loaded.known} events were loaded before; nothing is changed."
    return (
        f"{loaded.new} events loaded, {loaded.known} loaded before. Try a review on them: "
        "fosterframe review draft 2023-04-01 --as YOU."
    )
