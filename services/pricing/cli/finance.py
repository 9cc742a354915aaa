"""What people do with finance from the command line: statements, and what finance has booked."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from services.pricing.cli.said import AsJson, desk_of
from services.pricing.finance.desk import (
    ReviewReconciliation,
    gone_before,
    lines_due,
    period_of,
    reconciled,
    reconciled_review,
)
from services.pricing.finance.review_reconcile import Figures, Reconciliation
from services.pricing.finance.statement import StatementLine, Totals
from services.pricing.finance.statement_json import (
    CSV_HEADING,
    line_told,
    reconciliation_told,
    review_reconciliation_told,
    statement_told,
    totals_told,
)
from shared.errors import FosterframeError
from shared.figure_table import figure_table, print_figures
from shared.money import money_text

OPEN: Final = 3
"""The exit code when something is not booked by finance, or otherwise than it was told."""

_ISO: Final = "%Y-%m-%d"
_From = Annotated[datetime, typer.Option("--from", formats=[_ISO], help="The first day.")]
_To = Annotated[datetime, typer.Option("--to", formats=[_ISO], help="The day after the last.")]
_Csv = Annotated[Path | None, typer.Option("--csv", help="Write the lines to this file.")]
_Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=[_ISO], help="Only what was told from this day on."),
]


def attach_finance(review: typer.Typer, pricing: typer.Typer) -> None:
    """Add these commands to those about reviews, and to those about placements."""
    review.command("reconcile")(reconcile_review)
    pricing.command("reconcile")(reconcile_all)
    pricing.command("statement")(state)


def state(
    agency: Annotated[str, typer.Argument(help="The agency's Ofsted number.")],
    first: _From,
    end: _To,
    *,
    file: _Csv = None,
    as_json: AsJson = False,
) -> None:
    """Show what is due to an agency for a period: fees as finance knew them, arrears, credits.

    Each line is rounded once. The statements of consecutive periods add up to what the agency's
    placements cost, but for the rounding of each line.
    """
    period = period_of(first.date(), end.date())
    with desk_of() as desk:
        gone = gone_before(desk, period)
        if as_json:
            told = statement_told(agency, period, lines_due(desk, agency, period), gone)
            typer.echo(json.dumps(told))
            return
        totals = Totals()
        shown = figure_table("placement", "line", "purchaser", "from", "days", "weekly", "amount")
        with _lines_into(file) as write:
            for line in lines_due(desk, agency, period):
                totals.add(line)
                write(line)
                if file is None:
                    row = (line.placement_id, line.kind, line.account.purchaser, line.first_day)
                    shown.add_row(*map(str, (*row, line.days, line.weekly, line.amount)))
    if file is None and totals.lines:
        print_figures(shown)
    _print_totals(f"{agency} from {period.start} to {period.end}", totals)
    if gone is not None:
        typer.echo(f"What placements cost that ended before {gone} is no longer kept.")


def reconcile_all(*, since: _Since = None, as_json: AsJson = False) -> None:
    """Compare all price changes that finance was sent with what it has booked.

    Ends with exit code 3 when one is not acknowledged, or was booked with other figures.
    """
    with desk_of() as desk:
        found = reconciled(desk, since.date() if since is not None else None)
    if as_json:
        typer.echo(json.dumps(reconciliation_told(found)))
    else:
        _print_reconciliation("price changes", found)
    if not found.is_complete:
        raise typer.Exit(OPEN)


def reconcile_review(review_id: str, *, as_json: AsJson = False) -> None:
    """Compare what a review has sent to finance with what finance has booked.

    Ends with exit code 3 when something is not sent, not acknowledged, or booked with other
    figures.
    """
    with desk_of() as desk:
        found = reconciled_review(desk, review_id)
    if as_json:
        typer.echo(json.dumps(review_reconciliation_told(found)))
    else:
        _print_review(found)
    if not found.is_complete:
        raise typer.Exit(OPEN)


@contextmanager
def _lines_into(path: Path | None) -> Iterator[Callable[[StatementLine], None]]:
    """Give what writes lines to a CSV file, in the place of what was there, if one is named."""
    if path is None:
        yield lambda _: None
        return
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise FosterframeError(f"{path} cannot be written: {error.strerror}.") from None
    with file:
        rows = csv.DictWriter(file, CSV_HEADING)
        rows.writeheader()
        yield lambda line: rows.writerow(line_told(line))


def _print_totals(title: str, totals: Totals) -> None:
    table = figure_table("", "fees", "arrears", "credits", "total", title=title)
    told = totals_told(totals)
    named = [*told["by_purchaser"].items(), *told["by_service_line"].items(), ("all", told["all"])]
    for name, sums in named:
        table.add_row(name, sums["fees"], sums["arrears"], sums["credits"], sums["total"])
    print_figures(table)
    if totals.rederived:
        typer.echo(
            f"{totals.rederived} lines of arrears were told before such lines were kept; their "
            "days are worked out again from what was told."
        )


def _print_review(found: ReviewReconciliation) -> None:
    _print_reconciliation(f"price changes of {found.review_id}", found.changes)
    if found.told is None:
        typer.echo(f"The review is {found.state}: its totals were not sent yet.")
        return
    _print_reconciliation(f"totals of {found.review_id}", found.totals)
    if not found.adds_up:
        typer.echo(
            f"Its totals said {_text(found.told)}; the price changes that are kept come to "
            f"{_text(Figures(found.changes.arrears_sent, price_changes=found.changes.sent))}. "
            "See: fosterframe audit verify."
        )
    elif found.is_purged:
        typer.echo("Some of its price changes may have been purged since.")


def _print_reconciliation(what: str, found: Reconciliation) -> None:
    typer.echo(
        f"{what}: {found.sent} sent, {found.agreed} agreed, "
        f"{len(found.not_acknowledged)} not acknowledged, {len(found.differing)} with other "
        f"figures; arrears {money_text(found.arrears_sent)} sent, "
        f"{money_text(found.arrears_booked)} booked."
    )
    for sent in found.not_acknowledged:
        typer.echo(
            f"  {sent}: not acknowledged, sent {sent.sent_at:%Y-%m-%d %H:%M} UTC as "
            f"{sent.message_id} ({_text(sent.figures)})"
        )
    for one in found.differing:
        typer.echo(
            f"  {one.sent}: {_text(one.sent.figures)} was sent as {one.sent.message_id}, "
            f"{_text(one.booked)} was booked"
        )


def _text(figures: Figures) -> str:
    weekly = "" if figures.new_weekly is None else f"{money_text(figures.new_weekly)} a week, "
    count = "" if figures.price_changes is None else f"{figures.price_changes} price changes, "
    return f"{weekly}{count}arrears {money_text(figures.arrears)}"
