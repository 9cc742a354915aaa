"""A service that told finance in May of what was so from April on, and finance that books it."""

from datetime import date

import typer
from typer.testing import CliRunner

from services.pricing.cli.commands import attach
from services.pricing.finance.desk import lines_due
from shared.days import Period
from tests.pricing.builders import FAMILY, OTHER_URN, URN
from tests.pricing.pricing_service import amended, ended, started
from tests.pricing.test_acknowledgements import acknowledged

REVIEW = "kent-medway-2026-04-01-final"
SPRING = Period(date(2026, 3, 1), date(2026, 6, 1))


def told_late(ready):
    """Tell finance in May of a review of April, of an end in April, and of a move of agency."""
    ready.has_fees(families=(FAMILY._replace(agency=OTHER_URN),))
    ready.hears(started("P2"), started("P3"))
    ready.on(date(2026, 5, 4))
    ready.reviews()
    ready.hears(
        ended(date(2026, 4, 20), "P2"),
        amended("P3", effective_from=date(2026, 5, 11), agency=OTHER_URN),
    )
    return ready


def commands_on(url):
    """Return what runs a command on a database: its exit code, and what it said."""
    app = typer.Typer()
    attach(app)

    def command(*words):
        environment = {"FOSTERFRAME_PRICING_DATABASE_URL": url, "COLUMNS": "80"}
        result = CliRunner().invoke(app, [*words], env=environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout

    return command


def books_all(service):
    """Let finance acknowledge everything that it was sent."""
    every = [*service.sent(), *service.sent("review.applied.v1")]
    service.hears(*(acknowledged(told, f"F{number}") for number, told in enumerate(every, start=1)))
    assert not service.fates()
    return every


def due(service, agency=URN, period=SPRING):
    return list(lines_due(service.desk, agency, period))
