"""What people see of price reviews from the command line: a list, totals, lines, a workbook."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer
from rich.console import Console
from rich.progress import Progress as Bar

from services.pricing.api.answers_reviews import review_in_short, review_told, totals_of
from services.pricing.cli.said import AsJson, desk_of, say
from services.pricing.desk import Progress
from services.pricing.reviews.lines_csv import lines_csv
from services.pricing.reviews.workbook import write_workbook
from services.pricing.store.review_lines import lines_of, spot_lines_of
from services.pricing.store.review_reading import reviews_after
from services.pricing.store.reviews import PREVIEWED, Review, review_named
from shared.figure_table import figure_table, print_figures
from shared.plain_console import plain_console

_Way = Annotated[
    Literal["purchaser", "service-line", "agency", "placement-type"],
    typer.Option("--by", help="By what the totals are told."),
]
_AT_A_TIME: Final = 100
_FEES: Final = (
    ("uplifted", "fees_uplifted"),
    ("left", "fees_excluded"),
    ("back", "fees_restored"),
    ("fees before", "weekly_before"),
    ("fees after", "weekly_after"),
)
_LIVE: Final = (
    ("live", "placements_live"),
    ("week before", "paid_before"),
    ("week after", "paid_after"),
    ("more a year", "annual_effect"),
    ("rest of it", "remaining_effect"),
)
_PAID: Final = (
    ("live", "placements"),
    ("week before", "weekly_before"),
    ("week after", "weekly_after"),
    ("more a year", "annual_effect"),
    ("rest of it", "remaining_effect"),
)


def list_reviews(*, as_json: AsJson = False) -> None:
    """Show every review with its state."""
    told: list[dict[str, Any]] = []
    with desk_of() as desk, desk.database.reading() as connection:
        after: str | None = None
        while page := reviews_after(connection, after, _AT_A_TIME):
            told.extend(review_in_short(one) for one in page)
            after = page[-1].id
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    table = figure_table("review", "takes effect", "award", "state", "uplift %")
    for one in told:
        table.add_row(
            one["review_id"], one["effective_from"], one["award"], one["state"], one["uplift"]
        )
    print_figures(table)


def show_review(
    review_id: str,
    *,
    by: _Way = "purchaser",
    lines: Annotated[
        bool, typer.Option("--lines", help="Every fee key and spot placement, as CSV.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a review with its steps and the totals of its last preview, or its lines."""
    with desk_of() as desk, desk.database.reading() as connection:
        found = review_named(connection, review_id)
        if lines:
            kept = lines_csv(lines_of(connection, review_id), spot_lines_of(connection, review_id))
            for portion in kept:
                # As it is: no line ending becomes another.
                sys.stdout.write(portion)
            return
    if as_json:
        told = review_told(found)
        if told["preview"] is not None:
            told["preview"] |= totals_of(found, by.replace("-", "_"))
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    print_review(found, by)


def write_review_workbook(review_id: str, file: Path, *, as_json: AsJson = False) -> None:
    """Write the last preview of a review as an Excel workbook, with formulas to check it by."""
    with desk_of() as desk, bar("Writing", shown=not as_json) as progress:
        write_workbook(desk, review_id, file, progress=progress)
    say({"file": str(file)}, f"Wrote {file}.", as_json=as_json)


@contextmanager
def bar(what: str, *, shown: bool) -> Iterator[Progress]:
    """Give what moves a progress bar."""
    with Bar(console=Console(stderr=True), disable=not shown) as moving:
        task = moving.add_task(what, total=None)
        yield lambda done, of: moving.update(task, completed=done, total=of)


def print_review(found: Review, by: str = "purchaser") -> None:
    """Print a review for a person, with the totals of its last preview."""
    console = plain_console()
    console.print(f"{found.id} ({found.award}, {found.state}), from {found.effective_from}")
    if found.reverses:
        console.print(f"Takes back {found.reverses}.")
    for track in found.tracks:
        whose = f" of {', '.join(track.placement_types)}" if track.placement_types else ""
        console.print(f"Uplift{whose}: {track.uplift.formula()}")
    if found.needs_decision:
        console.print("The rate is above what the terms let pass: a person has to decide on it.")
    if found.model.assumption:
        console.print(f"Not agreed yet: {found.model.assumption}")
    for step in found.steps:
        console.print(f"{step.step} by {step.actor} at {step.at:%Y-%m-%d %H:%M}")
    try:
        body = found.last(PREVIEWED).body
    except KeyError:
        return
    _print_totals(totals_of(found, by.replace("-", "_")), by)
    _print_effect(console, body)
    _print_distribution(body["distribution"]["pounds_a_week"])
    console.print(f"A year has {body['days']} days. Digest: {body['digest']}")


def _print_totals(told: dict[str, Any], by: str) -> None:
    """Print what becomes of the fees, and beside it what the live placements pay for them."""
    group = told[f"by_{by.replace('-', '_')}"]
    name = by.replace("-", " ")
    if by == "service-line":
        _print_group(name, group, _PAID, "placements")
        return
    every = {**group, "all": told["total"]}
    _print_group(name, every, _FEES, "fees")
    _print_group(name, every, _LIVE, "placements")


def _print_group(
    name: str, group: Mapping[str, Any], shown: Sequence[tuple[str, str]], title: str
) -> None:
    table = figure_table(name, *(heading for heading, _ in shown), title=title)
    for word, one in group.items():
        table.add_row(word, *(str(one[column]) for _, column in shown))
    print_figures(table)


def _print_effect(console: Console, body: Mapping[str, Any]) -> None:
    total, spot = body["total"], body["spot"]
    if supersedes := body.get("supersedes"):
        console.print(f"It supersedes {supersedes}: all is counted from what that one has brought.")
    console.print(
        f"Live placements cost {total['annual_effect']} more in the financial year, "
        f"{total['remaining_effect']} in the {body['remaining_days']} days from the review on."
    )
    if any(spot.values()):
        console.print(
            f"Spot placements: {spot['placements_uplifted']} uplifted, "
            f"{spot['placements_excluded']} left, {spot['placements_restored']} put back."
        )
    before = body["compared_with"]
    if before is not None:
        console.print(
            f"The review before, {before['review_id']}: uplift {before['uplift']} %, "
            f"{before['fees_uplifted']} fees, {before['annual_effect']} a year."
        )


def _print_distribution(bands: list[dict[str, Any]]) -> None:
    table = figure_table("pounds a week", "fees", "placements")
    for band in bands:
        moved = band["above"] != band["up_to"]
        name = f"above {band['above']} up to {band['up_to']}" if moved else "not at all"
        table.add_row(name, str(band["fees"]), str(band["placements"]))
    print_figures(table)
