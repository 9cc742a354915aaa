"""What people read in the register from the command line: as it stands, and as it came about."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final

import typer
from rich.table import Table

from services.eligibility.cli.options import AsJson, open_database
from services.eligibility.fact_words import fact_words
from services.eligibility.facts import value_text
from services.eligibility.provider import fact_text, kind_of
from services.eligibility.register.register import Register
from services.eligibility.register.view import AgencyShown, listed, recorded_told, shown
from services.eligibility.store.register_store import read_register
from shared.clock import SystemClock
from shared.days import LONDON
from shared.errors import FosterframeError
from shared.plain_console import plain_console

register: Final = typer.Typer(help="The agencies and what is known of them.", no_args_is_help=True)

_Agency = Annotated[str | None, typer.Argument(help="The agency's number; all, if none.")]
_On = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="The day: 2026-04-01. Today, if none."),
]
_KnownAt = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        help="By what was known then: 2026-04-01T09:00+01:00, or a day, to its end. Now, if none.",
    ),
]


@register.command("show")
def show(
    agency: _Agency = None, on: _On = None, known_at: _KnownAt = None, *, as_json: AsJson = False
) -> None:
    """Show the register as it stood on a day, by what was known at an instant."""
    clock = SystemClock()
    day = on.date() if on else clock.today()
    instant = clock.now() if known_at is None else instant_from(known_at)
    with open_database() as database, database.reading() as connection:
        known = read_register(connection)
    if known_at is not None:
        known = known.as_known_at(instant)
    if agency is not None and agency not in known:
        raise FosterframeError(
            f"There is no agency {agency} on the register as it was known at "
            f"{instant.isoformat(timespec='seconds')}."
        )
    found = [each for each in shown(known, day) if agency in (None, each.agency.urn)]
    if as_json:
        told = {
            "on": day.isoformat(),
            "known_at": instant.isoformat(),
            "register_version": known.version,
            "agencies": [each.told() for each in found],
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
    elif agency is None:
        _print_all(found, day, known)
    else:
        _print_one(found[0], day)


@register.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List every agency that the register ever knew."""
    with open_database() as database, database.reading() as connection:
        found = listed(read_register(connection))
    if as_json:
        typer.echo(json.dumps([each.told() for each in found], ensure_ascii=False))
        return
    table = Table("agency", "name", "joined", "left", "words", "last word")
    for each in found:
        days = (str(each.joined or ""), str(each.left or ""))
        last = f"{each.last_word_at:%Y-%m-%d %H:%M}"
        table.add_row(each.urn, each.name, *days, str(each.facts), last)
    plain_console().print(table)
    typer.echo(f"{len(found)} agencies.")


@register.command("history")
def history(urn: str, *, as_json: AsJson = False) -> None:
    """Show everything that was ever recorded of an agency, the oldest word first."""
    with open_database() as database, database.reading() as connection:
        told = read_register(connection).history(urn)
    if not told:
        raise FosterframeError(f"There is no agency {urn} on the register.")
    if as_json:
        typer.echo(json.dumps([recorded_told(each) for each in told], ensure_ascii=False))
        return
    table = Table("known from", "fact", "told", title=f"Agency {urn}")
    for each in told:
        told_text = ", ".join(
            f"{name}: {value}" for name, value in json.loads(fact_text(each.fact)).items()
        )
        table.add_row(f"{each.recorded_at:%Y-%m-%d %H:%M}", kind_of(each.fact), told_text)
    plain_console().print(table)


def instant_from(text: str) -> datetime:
    """Return the instant that a text names: with its offset, or a day in London, to its end.

    Raises:
        FosterframeError: it is neither.
    """
    try:
        if len(text) == len("2026-04-01"):
            after = date.fromisoformat(text) + timedelta(days=1)
            return datetime.combine(after, time(), LONDON) - timedelta(microseconds=1)
        instant = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        instant = None
    if instant is None or instant.tzinfo is None:
        raise FosterframeError(
            f"--known-at {text} is no instant. Give one with its offset, such as "
            "2026-04-01T09:00+01:00, or a day, such as 2026-04-01."
        )
    return instant


def _print_all(found: Sequence[AgencyShown], day: date, known: Register) -> None:
    table = Table("agency", "name", "member", "registered", "Ofsted", "suspended", "tier", "lots")
    for each in found:
        facts = each.agency.facts
        names = ("on_framework", "registration", "ofsted_overall", "suspended", "tier", "lots")
        told = [value_text(facts[name]) for name in names]
        table.add_row(each.agency.urn, each.agency.name, *told)
    plain_console().print(table)
    members = sum(each.agency.facts["on_framework"] == "yes" for each in found)
    typer.echo(
        f"{len(found)} agencies, {members} on the framework on {day}. "
        f"The register is at {known.version[:12]}."
    )


def _print_one(found: AgencyShown, day: date) -> None:
    agency = found.agency
    console = plain_console()
    facts = Table("fact", "value", title=f"{agency.urn} {agency.name} on {day}")
    for name, value in agency.facts.items():
        facts.add_row(name.replace("_", " "), value_text(value))
    console.print(facts)
    by = Table("by", "known from")
    for each in found.holding:
        by.add_row(fact_words(each.fact), f"{each.recorded_at:%Y-%m-%d %H:%M}")
    console.print(by)
