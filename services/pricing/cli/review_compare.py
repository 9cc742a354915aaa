"""Compares other review terms with the present ones, from the command line."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from rich.console import Console
from rich.progress import Progress as Bar

from services.pricing.api.answers_reviews import comparison_told, difference
from services.pricing.cli.said import AsJson, desk_of
from services.pricing.reviews.compare import Compared, Comparison
from services.pricing.reviews.comparing import Variant, compare, in_words, next_review_day
from services.pricing.terms.pack_yaml import read_terms
from shared.figure_table import figure_table, print_figures
from shared.money import Money, money_text, percentage_text
from shared.settings import settings_from

_TERMS_FILE: Final = "price-review.yaml"
_NO_VARIANT: Final = "Say at least one other set of terms: --with month=12, or --terms FILE."

_With = Annotated[
    list[str] | None,
    typer.Option("--with", help="Terms otherwise than now: month=12 or nlw=0.20,cap=3.0"),
]
_Terms = Annotated[
    list[Path] | None, typer.Option("--terms", help="Other terms whole: a price-review.yaml.")
]
_Effective = Annotated[
    datetime | None,
    typer.Option("--effective", formats=["%Y-%m-%d"], help="The review's day; the next if none."),
]


def compare_terms(
    *,
    effective: _Effective = None,
    said: _With = None,
    files: _Terms = None,
    award: Annotated[Literal["final", "provisional"], typer.Option()] = "provisional",
    as_json: AsJson = False,
) -> None:
    """Show what other terms would come to beside the present ones; nothing is stored."""
    if not said and not files:
        raise typer.BadParameter(_NO_VARIANT)
    with (
        desk_of() as desk,
        Bar(console=Console(stderr=True), disable=as_json) as moving,
    ):
        present = read_terms(settings_from().framework / _TERMS_FILE, desk.framework)
        others: list[Variant] = [in_words(each) for each in said or ()]
        others += [(file.stem, read_terms(file, desk.framework)) for file in files or ()]
        day = effective.date() if effective else next_review_day(present, desk.clock)
        task = moving.add_task("Comparing", total=None)
        compared = compare(
            desk,
            present,
            day,
            others,
            award=award,
            progress=lambda done, of: moving.update(task, completed=done, total=of),
        )
    if as_json:
        told = {"effective_from": day.isoformat(), "award": award, **comparison_told(compared)}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(f"A review from {day}, in pounds a year of {compared.compared[0].stretch.days} days")
    _print(compared)


def _print(compared: Comparison) -> None:
    every = compared.compared
    present = every[0]
    table = figure_table("", *(one.column.name for one in every))
    table.add_row("uplift %", *(_uplifts(one) for one in every))
    table.add_row("fees uplifted", *(str(one.fees.get("uplifted", "-")) for one in every))
    for place in compared.places():
        paid = [one.service_lines.get(place) for one in every]
        cells = ["-" if one is None else money_text(one.annual_effect) for one in paid]
        table.add_row(" ".join(place), *cells)
    table.add_row("all", *(_effect(one) for one in every), end_section=True)
    table.add_row("against the present terms", *(_more(one, present) for one in every))
    print_figures(table)
    for one in every:
        if one.column.missing:
            typer.echo(f"{one.column.name}: {one.column.missing}")


def _uplifts(one: Compared) -> str:
    return " / ".join(percentage_text(uplift.rate) for uplift in one.column.uplifts) or "-"


def _effect(one: Compared) -> str:
    return "-" if one.column.rule is None else money_text(one.total.annual_effect)


def _more(one: Compared, present: Compared) -> str:
    more: Money | None = difference(one, present)
    return "-" if more is None else f"{more:+.2f}"
