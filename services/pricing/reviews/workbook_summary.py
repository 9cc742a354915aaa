"""The first sheet of a review's workbook: what it comes to, and how far it has come."""

from collections.abc import Mapping
from typing import Any, Final

from services.pricing.reviews.workbook_sheet import Cell, Formula, Rate, Sheet, Workbook
from services.pricing.store.reviews import PREVIEWED, Review
from shared.framework.framework import Framework
from shared.money import percentage, pounds

_WIDTHS: Final = (34, 26, 16, 16, 16, 16, 16, 16, 16)
_TOTALS_HEAD: Final = (
    *("fees uplifted", "fees left", "fees restored", "weekly before", "weekly after"),
    *("placements moved", "a year costs more", "the rest of it"),
)
_PAID_HEAD: Final = (
    *("purchaser", "placements", "paid a week before", "paid a week after"),
    *("a year costs more", "the rest of it"),
)
_MOVED: Final = '=SUMIF(lines!F:F,"uplifted",lines!{column}:{column})'
_RESTORED: Final = '+SUMIF(lines!F:F,"restored",lines!{column}:{column})'

Json = Mapping[str, Any]


def write_summary(book: Workbook, review: Review, framework: Framework) -> None:
    """Write the control totals, the cost to the budget, and the steps of a review."""
    body = review.last(PREVIEWED).body
    sheet = book.sheet("summary", _WIDTHS)
    sheet.head("Price review", review.id)
    sheet.row("framework", framework.name)
    sheet.row("takes effect on", review.effective_from)
    sheet.row("award", review.award)
    sheet.row("state", review.state)
    if supersedes := body.get("supersedes"):
        sheet.row("supersedes", supersedes, "all is counted from what that one has brought")
    for track in review.tracks:
        types = ", ".join(track.placement_types) or "uplift in %"
        sheet.row(types, Rate(track.uplift.rate), track.uplift.formula())
    sheet.row("digest of the preview", body["digest"])
    sheet.row("days of the financial year", body["days"])
    sheet.row("days from the review to its end", body["remaining_days"])
    _write_steps(sheet, review)
    _write_totals(sheet, body, framework)
    _write_service_lines(sheet, body, framework)
    _write_comparison(sheet, review, body)
    _write_distribution(sheet, body["distribution"])
    _write_group(sheet, "agency", body["by_agency"], {})


def _write_steps(sheet: Sheet, review: Review) -> None:
    sheet.skip()
    sheet.head("step", "by", "on", "decision")
    sheet.row("drafted", review.drafted_by, review.drafted_at.date())
    for step in review.steps:
        sheet.row(step.step, step.actor, step.at.date(), step.body.get("decision_reference"))


def _write_totals(sheet: Sheet, body: Json, framework: Framework) -> None:
    types = {word: each.name for word, each in framework.placement_types.items()}
    _write_group(sheet, "purchaser", body["by_purchaser"], framework.purchasers)
    sheet.row("all", *_totals_cells(body["total"]))
    sheet.row("all, added up from the lines", *_added_up(body["total"]))
    _write_group(sheet, "placement type", body["by_placement_type"], types)


def _write_group(sheet: Sheet, what: str, group: Json, names: Mapping[str, str]) -> None:
    sheet.skip()
    sheet.head(what, *_TOTALS_HEAD)
    for word, totals in group.items():
        sheet.row(names.get(word, word), *_totals_cells(totals))


def _totals_cells(totals: Json) -> tuple[Cell, ...]:
    return (
        totals["fees_uplifted"],
        totals["fees_excluded"],
        totals["fees_restored"],
        pounds(totals["weekly_before"]),
        pounds(totals["weekly_after"]),
        totals["placements"],
        pounds(totals["annual_effect"]),
        pounds(totals["remaining_effect"]),
    )


def _added_up(totals: Json) -> tuple[Cell, ...]:
    """Return formulas over the lines, beside which the control totals can be read."""
    sums = _MOVED + _RESTORED
    return (
        None,
        None,
        None,
        Formula(sums.format(column="G"), pounds(totals["weekly_before"])),
        Formula(sums.format(column="H"), pounds(totals["weekly_after"])),
        None,
        Formula("=SUM(lines!N:N)+SUM('spot lines'!L:L)", pounds(totals["annual_effect"])),
    )


def _write_service_lines(sheet: Sheet, body: Json, framework: Framework) -> None:
    names = {line.id: line.name for line in framework.service_lines}
    sheet.skip()
    sheet.head("line of the budget", *_PAID_HEAD)
    for one in body["service_lines"]:
        sheet.row(
            names.get(one["service_line"], one["service_line"]),
            framework.purchasers.get(one["purchaser"], one["purchaser"]),
            *_paid_cells(one),
        )
    for name, one in body["by_service_line"].items():
        sheet.row(names.get(name, name), "all", *_paid_cells(one))


def _paid_cells(paid: Json) -> tuple[Cell, ...]:
    return (
        paid["placements"],
        pounds(paid["weekly_before"]),
        pounds(paid["weekly_after"]),
        pounds(paid["annual_effect"]),
        pounds(paid["remaining_effect"]),
    )


def _write_comparison(sheet: Sheet, review: Review, body: Json) -> None:
    before = body["compared_with"]
    if before is None:
        return
    sheet.skip()
    sheet.head("compared with the review before", review.id, before["review_id"])
    sheet.row("takes effect on", review.effective_from.isoformat(), before["effective_from"])
    sheet.row("uplift in %", Rate(review.uplift.rate), Rate(percentage(before["uplift"])))
    for name in ("fees_uplifted", "fees_excluded", "placements"):
        sheet.row(name.replace("_", " "), body["total"][name], before[name])
    for name in ("weekly_before", "weekly_after", "annual_effect"):
        told = pounds(body["total"][name]), pounds(before[name])
        sheet.row(name.replace("_", " "), *told)


def _write_distribution(sheet: Sheet, distribution: Json) -> None:
    for words, name in (("pounds a week", "pounds_a_week"), ("per cent", "per_cent")):
        sheet.skip()
        sheet.head(f"fees that move by, in {words}", "above", "up to", "fees", "placements")
        for band in distribution[name]:
            if name == "per_cent":
                edges: tuple[Cell, Cell] = (
                    Rate(percentage(band["above"])),
                    Rate(percentage(band["up_to"])),
                )
            else:
                edges = pounds(band["above"]), pounds(band["up_to"])
            moved = "" if band["above"] != band["up_to"] else "not at all"
            sheet.row(moved, *edges, band["fees"], band["placements"])
