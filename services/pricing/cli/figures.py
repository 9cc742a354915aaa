"""What people do with inflation rates and minimum wages from the command line."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from services.pricing.api.answers_figures import (
    gap_text,
    index_told,
    judged_told,
    needs_told,
    rate_told,
    refusals,
    taken_told,
)
from services.pricing.cli.said import AsJson, desk_of
from services.pricing.figures.desk import HandedIn, Needs, needs_of, take_index, take_wages
from services.pricing.figures.judged import Judged
from services.pricing.indices import AWARDS
from services.pricing.store.figures import index_book, wage_book
from services.pricing.terms.pack_yaml import read_terms
from shared.errors import FosterframeError
from shared.framework.faults import read_text
from shared.money import money_text, percentage_text
from shared.plain_console import plain_console
from shared.settings import settings_from

index: Final = typer.Typer(help="Inflation rates as published.", no_args_is_help=True)
wage: Final = typer.Typer(help="Minimum wage rates.", no_args_is_help=True)

TERMS_FILE: Final = "price-review.yaml"
_SHOWN: Final = 24
_TOLD: Final = 5
_ISO: Final = "%Y-%m-%d"

_Who = Annotated[str | None, typer.Option("--as", help="Who does it; kept with the source.")]
_Unusual = Annotated[
    bool,
    typer.Option("--unusual", help="Values out of the ordinary are right: you have checked them."),
]
_For = Annotated[
    datetime | None,
    typer.Option("--for", formats=[_ISO], help="The day of the review; the next one if none."),
]
_OnOne = Annotated[
    datetime | None,
    typer.Option("--on", formats=[_ISO], help="Only rates that are due on that day."),
]


@index.command("import")
def import_index_file(
    file: Path, *, actor: _Who = None, unusual: _Unusual = False, as_json: AsJson = False
) -> None:
    """Add the values of a file of the statistics office that are not known yet."""
    with desk_of() as desk:
        taken = take_index(desk, HandedIn(file, read_text(file), actor, unusual))
    if as_json:
        typer.echo(json.dumps(taken_told(taken), ensure_ascii=False))
        return
    _say_judged(taken.judged, "values")
    for series, gaps in taken.gaps.items():
        if gaps:
            typer.echo(f"{series} is still without {', '.join(map(gap_text, gaps))}.")


@index.command("show")
def show_index(
    series: Annotated[str, typer.Argument()] = "D7G7",
    *,
    months: Annotated[int, typer.Option(help="How many of the last months.", min=1)] = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """Show the values of a series, superseded ones too, with their sources."""
    with desk_of() as desk, desk.database.reading() as connection:
        book = index_book(connection)
    every = list(book.of_series(series))
    if not every:
        raise FosterframeError(
            f"No value of {series} is known. Import one: fosterframe index import FILE."
        )
    last = set(sorted({value.month for value in every})[-months:])
    values = [value for value in every if value.month in last]
    if as_json:
        typer.echo(json.dumps([index_told(book, value) for value in values], ensure_ascii=False))
        return
    table = Table("month", "value", "release", "standing", "counts", "source", title=series)
    for value in values:
        counts = value is book.known(series, value.month)
        table.add_row(
            str(value.month),
            percentage_text(value.value),
            str(value.released_on),
            value.standing,
            "yes" if counts else "superseded",
            value.source,
        )
    plain_console().print(table)


@index.command("missing")
def show_missing(for_day: _For = None, *, as_json: AsJson = False) -> None:
    """Show which figures a review needs, which are known, and when the others come out."""
    with desk_of() as desk:
        terms = read_terms(settings_from().framework / TERMS_FILE, desk.framework)
        needs = needs_of(desk, terms, for_day.date() if for_day else None)
    if as_json:
        typer.echo(json.dumps(needs_told(needs), ensure_ascii=False))
        return
    _print_needs(needs)


@wage.command("import")
def import_wage_file(
    file: Path, *, actor: _Who = None, unusual: _Unusual = False, as_json: AsJson = False
) -> None:
    """Add the rates of a wage table that are not known yet."""
    with desk_of() as desk:
        judged = take_wages(desk, HandedIn(file, read_text(file), actor, unusual))
    if as_json:
        typer.echo(json.dumps(judged_told(judged), ensure_ascii=False))
        return
    _say_judged(judged, "rates")


@wage.command("show")
def show_wages(
    band: Annotated[str | None, typer.Option(help="Only this band: nlw, nmw_18_20, ...")] = None,
    on: _OnOne = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show wage rates with their status and source, superseded ones too."""
    day = on.date() if on else None
    with desk_of() as desk, desk.database.reading() as connection:
        book = wage_book(connection)
    rates = list(book.every() if day is None else book.due_on(day))
    if band is not None:
        rates = [rate for rate in rates if rate.band == band]
    if not rates:
        raise FosterframeError(
            f"No rate of {band or 'any band'} is known{f' for {day}' if day else ''}. "
            "Import it with its source: fosterframe wage import FILE."
        )
    told = [rate_told(book, rate) for rate in rates]
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    table = Table("from", "band", "age", "hourly", "status", "counts", "source")
    for rate, one in zip(rates, told, strict=True):
        table.add_row(
            str(rate.effective_from),
            rate.band,
            rate.ages,
            money_text(rate.hourly),
            rate.status,
            "yes" if one["counts"] else "superseded",
            rate.source,
        )
    plain_console().print(table)


def _say_judged(judged: Judged[Any], what: str) -> None:
    """Print what became of a file's figures, and the first sentences about what differs."""
    typer.echo(f"{len(judged.new)} {what} added, {judged.known} known before.")
    for sentences in (judged.older, judged.revised, judged.passed_over):
        for sentence in sentences[:_TOLD]:
            typer.echo(f"  {sentence}")
        if len(sentences) > _TOLD:
            typer.echo(f"  and {len(sentences) - _TOLD} more; --json tells all.")


def _print_needs(needs: Needs) -> None:
    typer.echo(f"Review from {needs.effective_from}, terms {', '.join(needs.versions)}:")
    for figure in needs.figures:
        standing = figure.standing
        shares = ", ".join(dict.fromkeys(share for _, share in figure.shares))
        told = f"{standing.what}: {standing.value or 'not known'}"
        known_as = f" ({standing.known_as})" if standing.known_as else ""
        typer.echo(f"  {figure.state:<12} share {shares}: {told}{known_as}")
        if figure.state != "known" and standing.expected:
            typer.echo(f"  {'':<12} {standing.expected.sentence}")
    for award in AWARDS:
        reasons = refusals(needs, award)
        typer.echo(f"A {award} award {'is refused:' if reasons else 'can be drafted.'}")
        for reason in reasons:
            typer.echo(f"  {reason}")
