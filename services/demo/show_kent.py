"""Shows a person what a Kent-sized year costs, and what a review adds to it."""

from typing import Any

from rich.table import Table

from shared.money import pounds


def sums_table(told: dict[str, Any]) -> Table:
    """Return what a year costs by service line and purchaser, and what a review adds to each."""
    title = f"A Kent-sized year, {told['year']} (invented but for the size of the sum)"
    table = Table(title=title, title_justify="left", title_style="bold", show_footer=True)
    table.add_column("service line", "total", overflow="fold")
    table.add_column("purchaser")
    table.add_column("placements", str(told["placements"]), justify="right")
    cost = with_commas(told["total"])
    table.add_column("cost of the year", cost, justify="right", no_wrap=True)
    review = told.get("review")
    if review is None:
        table.add_column("share", "100.00 %", justify="right")
        last = {_part(line): f"{line['share_per_cent']} %" for line in told["lines"]}
    else:
        adds = with_commas(review["annual_effect"])
        table.add_column("the review adds", adds, justify="right", no_wrap=True)
        last = {_part(line): with_commas(line["annual_effect"]) for line in review["lines"]}
    for line in told["lines"]:
        cells = (line["name"], line["purchaser"], str(line["placements"]))
        table.add_row(*cells, with_commas(line["cost"]), last.get(_part(line), ""))
    return table


def _part(line: dict[str, Any]) -> tuple[str, str]:
    return line["service_line"], line["purchaser"]


def sentences(told: dict[str, Any]) -> list[str]:
    """Return how near the year comes to what was published, and what of it is invented."""
    published = (
        f"Published: {with_commas(told['published'])} on all external fostering in "
        f"{told['year']}, over the three service lines together (Kent County Council, record of "
        "decision 23-00112)."
    )
    invented = (
        "Only that sum is published. The children, placements, agencies and fees are invented, "
        "and so is the split by service line and purchaser."
    )
    counted = (
        f"{told['placements']} placements in {told['homes']} homes; {told['spot']} placements "
        f"are spot. {told['events']} events."
    )
    difference = with_commas(told["difference"])
    return [
        published,
        f"Difference: {difference}, {told['difference_per_cent']} %.",
        invented,
        counted,
    ]


def review_sentence(review: dict[str, Any]) -> str:
    """Return what a review adds to the year's book."""
    by_purchaser = ", ".join(
        f"{name} {with_commas(effect)}" for name, effect in review["by_purchaser"].items()
    )
    return (
        f"The review of {review['effective_from']} (uplift {review['uplift']} %) adds "
        f"{with_commas(review['annual_effect'])} a year to the {review['placements']} framework "
        f"placements that run on that day: {by_purchaser}."
    )


def with_commas(amount: str) -> str:
    """Return pounds as a person reads them: £20,199,057.00."""
    value = pounds(amount)
    return f"-£{-value:,.2f}" if value < 0 else f"£{value:,.2f}"
