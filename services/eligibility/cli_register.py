"""What people do with the register from the command line."""

import json
from dataclasses import asdict
from typing import Final

import typer
from rich.console import Console
from rich.table import Table

from services.eligibility.cli_options import Actor, AsJson, Pack, open_database
from services.eligibility.provider import fact_text, kind_of
from services.eligibility.service import SERVICE, import_register
from services.eligibility.store.register_store import read_register
from shared.clock import SystemClock
from shared.errors import FosterframeError
from shared.framework.pack import load_framework
from shared.messaging.work import work_on
from shared.settings import settings_from

register: Final = typer.Typer(help="The agencies and what is known of them.", no_args_is_help=True)


@register.command("import")
def import_(actor: Actor, pack: Pack = None, *, as_json: AsJson = False) -> None:
    """Add to the register what the pack's register.csv tells and nobody told before."""
    folder = pack or settings_from().framework
    framework = load_framework(folder)
    with open_database() as database:
        cause = f"register {framework.digest}"
        with work_on(database, SystemClock(), SERVICE, cause_id=cause) as work:
            imported = import_register(work, folder, framework, actor)
    if as_json:
        typer.echo(json.dumps(asdict(imported)))
        return
    typer.echo(
        f"{imported.agencies} agencies: {imported.facts_added} facts added, "
        f"{imported.facts_known} known before. The register is at {imported.version[:12]}."
    )


@register.command("history")
def history(urn: str, *, as_json: AsJson = False) -> None:
    """Show everything that was ever recorded of an agency, the oldest word first."""
    with open_database() as database, database.reading() as connection:
        told = read_register(connection).history(urn)
    if not told:
        raise FosterframeError(f"There is no agency {urn} on the register.")
    if as_json:
        rows = [
            {
                "kind": kind_of(each.fact),
                "recorded_at": each.recorded_at.isoformat(),
                "told": json.loads(fact_text(each.fact)),
            }
            for each in told
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("known from", "fact", "told", title=f"Agency {urn}")
    for each in told:
        told_text = ", ".join(
            f"{name}: {value}" for name, value in json.loads(fact_text(each.fact)).items()
        )
        table.add_row(f"{each.recorded_at:%Y-%m-%d %H:%M}", kind_of(each.fact), told_text)
    Console().print(table)
