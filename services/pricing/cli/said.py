"""What the commands of pricing have in common: the database, the options, and how they answer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.pricing.desk import MIGRATIONS, SERVICE, Desk
from shared.clock import SystemClock
from shared.framework.pack import load_framework
from shared.persistence.database import Database
from shared.persistence.migrate import prepare
from shared.settings import settings_from

Pack = Annotated[Path | None, typer.Argument(help="The framework pack; the deployment's if none.")]
Actor = Annotated[str, typer.Option("--as", help="Who does it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="A day: 2026-04-01.")]
On = Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="A day: 2026-04-01.")]


@contextmanager
def desk_of(pack: Path | None = None) -> Iterator[Desk]:
    """Give the desk of the deployment, its database brought up to date."""
    settings = settings_from()
    framework = load_framework(pack or settings.framework)
    database = Database.open(settings.database_url(SERVICE))
    migrates = settings.migrate == "at-start"
    try:
        prepare(database, MIGRATIONS, service=SERVICE, migrates=migrates)
        yield Desk(database, SystemClock(), framework)
    finally:
        database.close()


def say(told: object, sentence: str, *, as_json: bool) -> None:
    """Print a sentence, or JSON where a program asks."""
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else sentence)
