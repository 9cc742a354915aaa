"""What operators and auditors ask: is what was decided and told still what is kept?"""

import importlib
import importlib.util
import json
from typing import Annotated, Any, Final

import typer

from services.operating.audit.verification import MEANS, ActsKept, Audit, audit
from services.operating.said import AsJson
from services.running import open_database, worker_of
from shared.errors import FosterframeError
from shared.messaging.topology import SERVICES
from shared.progress_bar import bar
from shared.settings import Settings, settings_from

log: Final = typer.Typer(
    help="Proofs that decisions and prices are what they were when they were told.",
    no_args_is_help=True,
)


@log.callback()
def _group() -> None:
    """Keep `verify` a command of its own."""


@log.command("verify")
def verify(
    service: Annotated[
        str | None, typer.Argument(help="eligibility or pricing; both if none is named.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Verify that nothing that was logged has been altered, removed or added since.

    It walks the log of decisions and price changes, in which each entry seals all before it, and
    compares what is kept with it: each decision is derived again, byte for byte; each price
    change and acknowledgement, each change of the register and step with a rulebook, each concern
    and each act of an operator is compared with its digest.

    It changes nothing, and the service may run meanwhile. Write down where the log ends, with its
    digest, and keep that elsewhere: it shows later that nobody wrote the whole log anew. It ends
    with 1 at the first thing that is wrong.
    """
    settings = settings_from()
    told: list[dict[str, Any]] = []
    broken: list[str] = []
    for name in _services(service):
        found = _audited(settings, name)
        told.append(_told(name, found))
        sentence = _sentence(name, found)
        if found.broken is not None:
            broken.append(sentence)
        elif not as_json:
            typer.echo(sentence)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    if broken:
        raise FosterframeError(" ".join([*broken, MEANS]))


def _services(service: str | None) -> list[str]:
    if service is not None:
        worker_of(service)
        return [service]
    # An image may hold one service only.
    return [name for name in SERVICES if importlib.util.find_spec(f"services.{name}") is not None]


def _audited(settings: Settings, service: str) -> Audit:
    of_service = importlib.import_module(f"services.operating.audit.{service}")
    database = open_database(settings, service)
    try:
        with bar(f"log of {service}") as progress:
            return audit(database, [*of_service.comparisons(settings), ActsKept()], progress)
    finally:
        database.close()


def _told(service: str, found: Audit) -> dict[str, Any]:
    broken = found.broken
    return {
        "service": service,
        "verifies": broken is None,
        "entries": found.end.position,
        "digest": found.end.digest,
        "compared": dict(found.seen.compared),
        "purged": dict(found.seen.purged),
        "only_sealed": dict(found.seen.unchecked),
        "purges": len(found.seen.purges),
        "broken": None if broken is None else {"at": broken.position, "reason": broken.reason},
    }


def _sentence(service: str, found: Audit) -> str:
    if found.broken is not None:
        where = f"at entry {found.broken.position} of its log" if found.broken.position else "kept"
        return f"{service} does NOT verify, {where}: {found.broken.reason}."
    if not found.end.position:
        return (
            f"{service} verifies: 0 entries. Nothing was ever logged in this database: is it the "
            f"right one? FOSTERFRAME_{service.upper()}_DATABASE_URL names it."
        )
    seen = found.seen
    said = f"{service} verifies: {found.end.position} entries"
    for verb, counts in (("compared", seen.compared), ("purged", seen.purged)):
        if counts:
            said += f"; {verb}: " + ", ".join(f"{n} {kind}" for kind, n in counts.items())
    return f"{said}. The log ends with {found.end.digest}."
