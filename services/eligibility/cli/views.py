"""What people ask of all decisions together: whose turn it was, and who had too few agencies."""

import json
from typing import Annotated, Final

import typer
from rich.table import Table

from services.eligibility.cli.options import AsJson, Since, open_service
from services.eligibility.cli.register import register
from services.eligibility.trials.looking_back import LookedBack
from services.eligibility.trials.looking_back import fairness as fairness_since
from services.eligibility.trials.looking_back import sufficiency as sufficiency_since
from services.eligibility.views.fairness import Fairness
from services.eligibility.views.grouping import DIMENSIONS, NAMES, Dimension, in_order
from services.eligibility.views.sufficiency import SUPPLIES, GroupSupply, Sufficiency
from shared.errors import FosterframeError
from shared.figure_table import figure_table, print_figures
from shared.plain_console import plain_console
from shared.progress_bar import bar

eligibility: Final = typer.Typer(
    help="What all decisions together say of the framework.", no_args_is_help=True
)

_Lot = Annotated[
    list[str] | None, typer.Option("--lot", help="A placement type; all if none. Repeatable.")
]
_By = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        help=f"{', '.join(DIMENSIONS)}; each on its own if none, together if repeated.",
    ),
]


@register.command("fairness")
def fairness(since: Since, *, lot: _Lot = None, as_json: AsJson = False) -> None:
    """Show how often each agency was offered first, beside its fair share, by lot."""
    lots = lot or []
    with open_service() as service:
        known = service.framework.placement_types
        _refuse_unknown("lot", lots, list(known))
        with service.database.reading() as connection, bar("decisions") as progress:
            found = fairness_since(
                service.archive(), connection, since.date(), lots, progress=progress
            )
    if as_json:
        typer.echo(_json(found, found.counts.told()))
        return
    _print_fairness(found)


@eligibility.command("sufficiency")
def sufficiency(since: Since, *, by: _By = None, as_json: AsJson = False) -> None:
    """Show how many referrals had 0, 1, 2-4, 5+ eligible agencies, and what failed most."""
    _refuse_unknown("group", by or [], DIMENSIONS)
    dimensions = [each for each in DIMENSIONS if each in (by or ())]
    with (
        open_service() as service,
        service.database.reading() as connection,
        bar("decisions") as progress,
    ):
        found = sufficiency_since(
            service.archive(), connection, since.date(), dimensions, progress=progress
        )
    if as_json:
        typer.echo(_json(found, {"views": [each.told() for each in found.counts]}))
        return
    _print_sufficiency(found)


def _refuse_unknown(kind: str, asked: list[str], known: list[str] | tuple[Dimension, ...]) -> None:
    unknown = [each for each in asked if each not in known]
    if unknown:
        raise FosterframeError(f"There is no {kind} {unknown[0]}. There is {', '.join(known)}.")


def _json(found: LookedBack[Fairness] | LookedBack[list[Sufficiency]], counts: object) -> str:
    told = {"since": found.since.isoformat(), "not_counted": found.not_counted}
    return json.dumps({**told, **(counts if isinstance(counts, dict) else {})}, ensure_ascii=False)


def _print_fairness(found: LookedBack[Fairness]) -> None:
    console = plain_console()
    console.print(f"Whose turn it was in {found.counts.decisions} decisions since {found.since}.")
    if found.not_counted:
        console.print(found.not_counted)
    for lot, turns in sorted(found.counts.lots.items()):
        title = f"{lot.replace('_', ' ')}: {turns.shortlists} shortlists"
        table = figure_table(
            "agency", "listed", "among the best", "offered first", "fair share", title=title
        )
        for urn, each in turns.in_order():
            share = f"{float(each.fair_share):.1f} ± {each.chance:.1f}"
            counts = (each.listed, each.at_top, each.first)
            table.add_row(f"{each.name}\n{urn}", *map(str, counts), share)
        print_figures(table)
    console.print(
        "An agency's fair share: on each shortlist where it was among the best, one part of as "
        "many as these were. After ±: a fair draw stays that near in nineteen cases of twenty."
    )


def _print_sufficiency(found: LookedBack[list[Sufficiency]]) -> None:
    console = plain_console()
    total = found.counts[0].total
    console.print(
        f"{total.referrals} referrals decided since {found.since}: {total.supplies['none']} had "
        f"no eligible agency ({total.person_only} of them had one after a person decided), "
        f"{total.stopped} were stopped at a gate."
    )
    if total.apart:
        console.print(
            f"{total.apart} of those with none were for children who need not stay together, and "
            "each of them alone had an eligible agency."
        )
    if found.not_counted:
        console.print(found.not_counted)
    for each in found.counts:
        console.print(_sufficiency_table(each))
    console.print(
        "0 person: of those with none, how many had an agency after a person decided. Failed "
        "most: where none was eligible, the criterion that alone kept out most agencies; how many "
        "it kept out alone, and how many with others.\n"
        "A referral for children of several age bands counts once in each band."
    )


def _sufficiency_table(counts: Sufficiency) -> Table:
    table = figure_table(
        ", ".join(NAMES[each] for each in counts.by),
        *("referrals", "stopped", "0", "0 person", "1", "2-4", "5+", "failed most"),
    )
    for group in in_order(counts.groups):
        words = ", ".join(word.replace("_", " ") for word in group)
        table.add_row(words, *_supply_row(counts.groups[group]))
    if len(counts.groups) > 1:
        table.add_section()
        table.add_row("all", *_supply_row(counts.total))
    *figures, failed_most = table.columns[1:]
    for column in figures:
        column.no_wrap = True
    failed_most.justify = "left"
    return table


def _supply_row(group: GroupSupply) -> list[str]:
    none, *others = (str(group.supplies[supply]) for supply in SUPPLIES)
    numbers = [str(group.referrals), str(group.stopped), none, str(group.person_only), *others]
    return [*numbers, _failed_most(group)]


def _failed_most(group: GroupSupply) -> str:
    criterion = group.failed_most
    if criterion is None:
        gates = group.referred_at.most_common(1) if group.supplies["none"] else []
        return "".join(f"a person, at the gate {gate}: {count}" for gate, count in gates)
    counts = group.kept_out[criterion]
    return f"{criterion}\nalone {counts.alone}, in all {counts.in_all}"
