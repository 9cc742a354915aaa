"""What people do before they change a rulebook: they try it on what was decided."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from services.eligibility.cli.options import AsJson, Since, open_service
from services.eligibility.cli.rulebook import rulebook
from services.eligibility.rulebooks.named import IN_FORCE, policy_named
from services.eligibility.rulebooks.proving import proved
from services.eligibility.trials.looking_back import LookedBack, simulate
from services.eligibility.trials.simulation import CHANGES, Simulation
from services.eligibility.verdicts.policy import Policy
from services.eligibility.views.grouping import NAMES, in_order
from shared.figure_table import figure_table, print_figures
from shared.plain_console import plain_console
from shared.progress_bar import bar

_SUCH_AS: Final = 5
_IN_WORDS: Final = {
    "loses_last_eligible": "lose the last eligible agency",
    "gains_first_eligible": "gain an eligible agency where there was none",
    "first_changes": "are offered to another agency first",
    "shortlist_changes": "have another shortlist, or another order of it",
}

_Against = Annotated[
    str | None,
    typer.Option(
        help=f"What to compare with: a file; {IN_FORCE}; or the version or digest of a rulebook "
        "that was activated. If none, what was decided then."
    ),
]


@rulebook.command("simulate")
def simulate_(
    file: Path, since: Since, *, against: _Against = None, as_json: AsJson = False
) -> None:
    """Show what a rulebook would have made of the referrals decided since a day."""
    with open_service() as service:
        framework = service.framework
        candidate = proved(file, framework)
        compared = None
        if against is not None:
            compared = policy_named(against, framework, lambda: nullcontext(service))
        with service.database.reading() as connection, bar("decisions") as progress:
            found = simulate(
                service.archive(),
                connection,
                candidate,
                since.date(),
                against=compared,
                progress=progress,
            )
    if as_json:
        typer.echo(json.dumps(_told(found, candidate, compared), ensure_ascii=False))
        return
    _print(found, candidate, compared)


def _told(
    found: LookedBack[Simulation], candidate: Policy, against: Policy | None
) -> dict[str, object]:
    return {
        "rulebook": str(candidate.rulebook),
        "against": None if against is None else str(against.rulebook),
        "since": found.since.isoformat(),
        "as_if_in_force_throughout": True,
        "not_counted": found.not_counted,
        **found.counts.told(),
    }


def _print(found: LookedBack[Simulation], candidate: Policy, against: Policy | None) -> None:
    console, counts = plain_console(), found.counts
    other = "what was decided then" if against is None else f"rulebook {against.rulebook}"
    console.print(
        f"Rulebook {candidate.rulebook} on {counts.referrals} referrals decided since "
        f"{found.since}, as if it had been in force on all those days, compared with {other}. "
        "Of each referral the decision that counts was replayed, with the register of its time."
    )
    if found.not_counted:
        console.print(found.not_counted)
    if not counts.referrals:
        console.print("There was nothing to try it on.")
        return
    if not counts.agencies and not any(each.count for each in counts.changes.values()):
        console.print("Nothing would have been otherwise.")
        return
    changes = Table("referrals that would", "referrals", "such as")
    for change, listed in counts.changes.items():
        changes.add_row(
            _IN_WORDS[change], str(listed.count), ", ".join(listed.referrals[:_SUCH_AS])
        )
    console.print(changes)
    _print_groups(console, counts)
    _print_agencies(console, counts)


def _print_groups(console: Console, counts: Simulation) -> None:
    for by, groups in counts.groups.items():
        table = figure_table(
            NAMES[by],
            "referrals",
            "lose the last eligible",
            "gain a first eligible",
            "another is first",
            "another shortlist",
        )
        for group in in_order(groups):
            words = ("referrals", *CHANGES)
            table.add_row(group[0].replace("_", " "), *(str(groups[group][word]) for word in words))
        print_figures(table)
    console.print("A referral for children of several age bands counts once in each band.")


def _print_agencies(console: Console, counts: Simulation) -> None:
    table = figure_table("agency", "gains", "loses", "eligible", "a person decides", "not eligible")
    for urn, each in counts.agencies_in_order():
        became = (each.became["eligible"], each.became["refer"], each.became["not_eligible"])
        numbers = map(str, (each.gains, each.loses, *became))
        table.add_row(f"{each.name}\n{urn}", *numbers)
    console.print("Agencies that would have another outcome, and for how many referrals:")
    print_figures(table)
