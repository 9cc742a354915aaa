"""What operators do about data that nobody may keep any longer."""

from collections.abc import Mapping
from typing import Annotated

import typer

from services.operating.purge.age import horizon_of
from services.operating.purge.purging import Purge
from services.operating.said import AsJson, Service, Yes, say
from services.running import open_database, worker_of
from shared.clock import SystemClock
from shared.messaging import acts
from shared.persistence.old_rows import Horizon
from shared.progress_bar import bar
from shared.settings import settings_from


def purge(
    service: Service,
    older_than: Annotated[
        str, typer.Option(help="How long ago it ended: 90d, 18m, 6y. At least 90 days.")
    ],
    actor: Annotated[str, typer.Option("--as", help="Who does it; it is kept for good.")],
    *,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Remove personal data of what ended long ago. First see what would go; then add --yes.

    From eligibility go decisions with the facts of the children, and withdrawals. From pricing go
    placements that ended, with dates of birth, all that was told of them, the price changes, and
    old shortlists. From both go the notes of which messages were handled.

    What has not ended stays: a decision for a start that is still to come, a placement that goes
    on. So does what waits to be sent or to be tried again, and what is parked. The log of
    decisions and price changes stays whole: it holds digests only, and it can still be verified.
    It also keeps who purged, what from, and how much. It may be interrupted, and begun again.
    """
    worker_of(service)
    who, clock = acts.named(actor), SystemClock()
    horizon = horizon_of(older_than, clock)
    database = open_database(settings_from(), service)
    try:
        waiting = Purge(service, database, clock, horizon)
        counts = waiting.count()
        if yes:
            of = sum(counts.values())
            with bar("rows") as progress:
                counts = waiting.run(who, lambda done: progress(min(done, of), of))
    finally:
        database.close()
    told = {"service": service, "before": str(horizon.day), "done": yes, "rows": counts}
    say(told, _sentence(service, horizon, counts, done=yes), as_json=as_json)


def _sentence(service: str, horizon: Horizon, counts: Mapping[str, int], *, done: bool) -> str:
    by_table = ", ".join(f"{number} {table.replace('_', ' ')}" for table, number in counts.items())
    verb = "Purged from" if done else "Would be purged from"
    advice = "" if done else " Add --yes to do it."
    return f"{verb} {service}, of what ended before {horizon.day}: {by_table}.{advice}"
