"""Runs the whole bench, prints the ratios, and writes them as JSON."""

import argparse
import json
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from tools.bench.parts import PARTS

TARGETS: Final = {
    "table_vs_by_hand_45_agencies": 1.0,
    "table_vs_by_hand_300_agencies": 1.0,
    "table_vs_fact_by_fact_45_agencies": 20.0,
    "table_vs_fact_by_fact_300_agencies": 20.0,
    "pipeline_vs_bare_loop": 0.25,
    "review_vs_bare_publishing_20000_placements": 0.3,
    "review_vs_bare_publishing_100000_placements": 0.3,
}


def main() -> None:
    """Measure what was asked for; the figures say for themselves whether they are enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="measure one part")
    parser.add_argument("--output", type=Path, default=Path("var/bench.json"))
    asked = parser.parse_args()
    console = Console()
    results: dict[str, Any] = {}
    for name in PARTS if asked.only is None else (asked.only,):
        does, measure = PARTS[name]
        console.print(f"{does} ...")
        results[name] = _in_a_process_of_its_own(measure)
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    asked.output.write_text(json.dumps(results, indent=2) + "\n")
    console.print(_table(results))
    console.print_json(data=results)
    console.print(f"Written to {asked.output}.")


def _in_a_process_of_its_own(measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what is measured where the memory is not that of the parts before."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(measure).result()


def _table(results: dict[str, Any]) -> Table:
    table = Table(title="Ratios within this run; more is better", title_justify="left")
    for name in ("ratio", "measured", "to reach"):
        table.add_column(name)
    for part in results.values():
        for name, value in part["ratios"].items():
            table.add_row(name, f"{value:.2f}", f"{TARGETS[name]:.2f}")
    for part, told in results.items():
        for row in _absolute(part, told):
            table.add_row(*row)
    return table


def _absolute(part: str, told: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what a part measured in seconds and megabytes, beside what is to be reached."""
    if "preview_seconds" in told:
        took = f"{told['preview_seconds']:.2f} s"
        yield f"preview of {part}'s {told['fee_keys']} fees", took, "under 1 s"
    if "rederived_seconds" in told:
        took = f"{told['rederived_seconds']:.1f} s"
        yield f"{told['placements']} placements looked at again", took, "under 30 s"
        yield "one timeline", f"{told['timeline_microseconds']:.0f} us", "under 100 us"
    if "activation_seconds" in told:
        yield "activation, with all proofs", f"{told['activation_seconds']:.2f} s", "under 1 s"
        what = f"{told['replayed']} referrals x {told['agencies']} agencies simulated"
        yield what, f"{told['simulate_seconds']:.1f} s", "under 30 s"
    if "import_seconds" in told:
        took = f"{told['import_seconds']:.1f} s"
        yield f"{told['rows']} rows of Ofsted's imported", took, "under 10 s"
    yield f"peak memory of {part}", f"{told['peak_megabytes']} MB", "under 200 MB"


if __name__ == "__main__":
    main()
