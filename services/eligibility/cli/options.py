"""What the commands of the eligibility service have in common: options, and the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.eligibility.service import MIGRATIONS, SERVICE, EligibilityService
from shared.clock import SystemClock
from shared.persistence.database import Database
from shared.persistence.migrate import prepare
from shared.settings import settings_from

Pack = Annotated[Path | None, typer.Argument(help="The framework pack; the deployment's if none.")]
PackOption = Annotated[
    Path | None, typer.Option("--pack", help="The framework pack; the deployment's if none.")
]
Actor = Annotated[str, typer.Option("--as", help="Who does it.")]
Since = Annotated[
    datetime, typer.Option("--since", formats=["%Y-%m-%d"], help="The first day: 2026-04-01.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@contextmanager
def open_database() -> Iterator[Database]:
    """Give the service's database, with every table that this version expects."""
    settings = settings_from()
    database = Database.open(settings.database_url(SERVICE))
    migrates = settings.migrate == "at-start"
    try:
        prepare(database, MIGRATIONS, service=SERVICE, migrates=migrates)
        yield database
    finally:
        database.close()


@contextmanager
def open_service() -> Iterator[EligibilityService]:
    """Give the service on its database, with the deployment's framework pack."""
    with open_database() as database:
        yield EligibilityService.open(database, settings_from().framework, SystemClock())
