"""Runs the whole bench, prints the ratios, and writes them as JSON."""

import argparse
import json
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from shared.settings import settings_from
from tools.bench import book, deciding, kent, pipeline, reviewing
from tools.bench.ground import ground

TARGETS: Final = {
    "table_vs_by_hand_45_agencies": 1.0,
    "table_vs_by_hand_300_agencies": 1.0,
    "table_vs_fact_by_fact_45_agencies": 20.0,
    "table_vs_fact_by_fact_300_agencies": 20.0,
    "pipeline_vs_bare_loop": 0.25,
    "review_vs_bare_publishing_20000_placements": 0.3,
    "review_vs_bare_publishing_100000_placements": 0.3,
}
PARTS: Final = ("deciding", "pipeline", "reviewing", "kent", "book")


def main() -> None:
    """Measure what was asked for; the figures say for themselves whether they are enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="measure one part")
    parser.add_argument("--output", type=Path, default=Path("var/bench.json"))
    asked = parser.parse_args()
    console = Console()
    results: dict[str, Any] = {}
    wanted = PARTS if asked.only is None else (asked.only,)
    if "deciding" in wanted:
        console.print("Deciding referrals by table, by hand and fact by fact ...")
        results["deciding"] = deciding.measure(settings_from().framework)
    if "pipeline" in wanted:
        console.print("Referrals over RabbitMQ, against a bare loop ...")
        with ground() as here:
            results["pipeline"] = pipeline.measure(here)
    if "reviewing" in wanted:
        console.print(f"A price review of {reviewing.KEYS:,} fees, against bare publishing ...")
        with ground() as here:
            results["reviewing"] = reviewing.measure(here)
    if "kent" in wanted:
        console.print("The preview of a review at the size of one council ...")
        results["kent"] = kent.measure()
    if "book" in wanted:
        console.print(f"{book.PLACEMENTS:,} placements looked at again ...")
        results["book"] = book.measure()
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    asked.output.write_text(json.dumps(results, indent=2) + "\n")
    console.print(_table(results))
    console.print_json(data=results)
    console.print(f"Written to {asked.output}.")


def _table(results: dict[str, Any]) -> Table:
    table = Table(title="Ratios within this run; more is better", title_justify="left")
    for name in ("ratio", "measured", "to reach"):
        table.add_column(name)
    for part in results.values():
        for name, value in part["ratios"].items():
            table.add_row(name, f"{value:.2f}", f"{TARGETS[name]:.2f}")
    for part, told in results.items():
        if "preview_seconds" in told:
            took = f"{told['preview_seconds']:.2f} s"
            table.add_row(f"preview of {part}'s {told['fee_keys']} fees", took, "under 1 s")
        if "rederived_seconds" in told:
            took = f"{told['rederived_seconds']:.1f} s"
            table.add_row(f"{told['placements']} placements looked at again", took, "under 30 s")
            took = f"{told['timeline_microseconds']:.0f} us"
            table.add_row("one timeline", took, "under 100 us")
        table.add_row(f"peak memory of {part}", f"{told['peak_megabytes']} MB", "under 200 MB")
    return table


if __name__ == "__main__":
    main()
