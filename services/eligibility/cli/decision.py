"""What people do with decisions from the command line: show, explain, verify and list them."""

import json
from collections.abc import Iterator
from datetime import datetime, time
from typing import Annotated, Final

import typer
from sqlalchemy import Connection

from services.eligibility.cli.decision_print import (
    print_agency,
    print_decision,
    print_listed,
    print_why,
)
from services.eligibility.cli.options import AsJson, open_service
from services.eligibility.decisions.archive import Archive, Derived, PatientArchive
from services.eligibility.decisions.verifying import Verified, verified
from services.eligibility.decisions.why import explain
from services.eligibility.decisions.why_told import told_why, told_why_agency
from services.eligibility.facts import vocabulary
from services.eligibility.store.decision_list import (
    decision_count,
    decision_ids,
    decision_ids_on,
    decisions_listed,
)
from services.eligibility.store.decision_store import NoSuchDecision
from shared.days import LONDON
from shared.errors import FosterframeError
from shared.progress_bar import bar

decision: Final = typer.Typer(help="Decisions and their reasons.", no_args_is_help=True)

_MOST_NAMED: Final = 10

_Which = Annotated[str, typer.Argument(help="A decision, or a referral: then the one that counts.")]
_Limit = Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")]
_SinceOrNot = Annotated[
    datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="The first day.")
]


@decision.command("show")
def show(which: _Which, *, as_json: AsJson = False) -> None:
    """Show a decision: every agency with its outcome, and why not."""
    derived = _derived(which)
    if as_json:
        typer.echo(derived.body.decode())
        return
    print_decision(derived)


@decision.command("why")
def why(
    which: _Which,
    agency: Annotated[
        str | None, typer.Argument(help="One agency's number; all of them if none.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Explain a decision: what each criterion read of whom, what it says, and on what ground.

    With an agency, every criterion in full. Without one, what failed how often, the near misses,
    and where no agency is eligible those that miss the least; with --json every agency by every
    criterion.
    """
    derived = _derived(which)
    explanation = explain(derived.decision)
    if agency is None and as_json:
        typer.echo(json.dumps(told_why(derived.stored, explanation), ensure_ascii=False))
    elif agency is None:
        print_why(derived, explanation)
    elif as_json:
        told = told_why_agency(derived.stored, explanation, agency)
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        print_agency(derived, explanation, explanation.agency(agency))


@decision.command("verify")
def verify(
    which: Annotated[
        str | None, typer.Argument(help="A decision, or a referral: then all of its decisions.")
    ] = None,
    *,
    since: _SinceOrNot = None,
    as_json: AsJson = False,
) -> None:
    """Derive decisions again, and say whether they are the same, byte for byte.

    It goes by what is kept: facts, rulebook and register. Whether that is what was told, the log
    says: see `fosterframe audit verify`.
    """
    if (which is None) == (since is None):
        raise FosterframeError("Name a decision or a referral, or say --since a day.")
    found: list[Verified] = []
    with open_service() as service, service.database.reading() as connection:
        archive = PatientArchive(vocabulary(service.framework))
        ids, count = _ids(connection, which, since)
        with bar("decisions") as progress:
            for done, decision_id in enumerate(ids, start=1):
                found.append(verified(archive, connection, decision_id))
                progress(done, count)
    altered = [each for each in found if not each.is_same]
    if as_json:
        told = {"verified": len(found), "altered": [each.told() for each in altered]}
        typer.echo(json.dumps(told))
    if altered:
        raise FosterframeError(_altered(found, altered))
    if not as_json:
        typer.echo(_sentence([each.decision_id for each in found]))


@decision.command("list")
def list_(
    *,
    referral: Annotated[str | None, typer.Option(help="On this referral only.")] = None,
    since: _SinceOrNot = None,
    limit: _Limit = 50,
    after: Annotated[str | None, typer.Option(help="The last decision of the page before.")] = None,
    as_json: AsJson = False,
) -> None:
    """List decisions, the last one first."""
    with open_service() as service, service.database.reading() as connection:
        found = decisions_listed(
            connection,
            limit=limit,
            referral_id=referral,
            since=None if since is None else _midnight(since),
            after=after,
        )
    if as_json:
        typer.echo(json.dumps([each.told() for each in found]))
        return
    print_listed(found, limit)


def _derived(which: str) -> Derived:
    with open_service() as service, service.database.reading() as connection:
        return _found(service.archive(), connection, which)


def _found(archive: Archive, connection: Connection, which: str) -> Derived:
    try:
        return archive.by_id(connection, which)
    except NoSuchDecision as no_decision:
        try:
            return archive.latest(connection, which)
        except NoSuchDecision as no_referral:
            raise NoSuchDecision(f"{no_decision} {no_referral}") from None


def _midnight(day: datetime) -> datetime:
    return datetime.combine(day.date(), time.min, LONDON)


def _ids(
    connection: Connection, which: str | None, since: datetime | None
) -> tuple[Iterator[str], int]:
    """Return the decisions that are asked for, and how many there are."""
    if since is not None:
        day = _midnight(since)
        return decision_ids(connection, day), decision_count(connection, day)
    named = which or ""
    ids = decision_ids_on(connection, named) or [named]
    return iter(ids), len(ids)


def _sentence(ids: list[str]) -> str:
    if len(ids) == 1:
        return f"Decision {ids[0]} is the same, byte for byte."
    return f"{len(ids)} decisions are the same, byte for byte."


def _altered(found: list[Verified], altered: list[Verified]) -> str:
    named = "; ".join(f"{each.decision_id}: {each.fault}" for each in altered[:_MOST_NAMED])
    if len(found) == 1:
        return (
            f"Decision {altered[0].decision_id} is NOT what was decided: what is kept of it was "
            f"altered ({altered[0].fault}). See: fosterframe audit verify eligibility."
        )
    more = "" if len(altered) <= _MOST_NAMED else f"; and {len(altered) - _MOST_NAMED} more"
    return (
        f"{len(altered)} of {len(found)} decisions are NOT what was decided: what is kept of them "
        f"was altered ({named}{more}). See: fosterframe audit verify eligibility."
    )
