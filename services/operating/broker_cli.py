"""What people do with the broker from the command line."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from shared.errors import FosterframeError
from shared.messaging.administration.definitions import USERS, VIRTUAL_HOST, definitions
from shared.messaging.administration.management import Management
from shared.messaging.administration.soundness import Finding, findings
from shared.messaging.administration.standing import (
    Standing,
    standing_by_link,
    standing_by_management,
)
from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.messaging.topology import topology
from shared.passwords import SettingRefused, is_well_known, password_in
from shared.plain_console import plain_console
from shared.settings import Settings, settings_from

broker: Final = typer.Typer(help="The RabbitMQ that all parties share.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_NAME: Final = "fosterframe command"
_UNKNOWN: Final = "-"


def attach(app: typer.Typer) -> None:
    """Add the commands about the broker to the command line."""
    app.add_typer(broker, name="broker")
    app.command("queues")(queues)


def queues(*, as_json: AsJson = False) -> None:
    """Show every queue: what waits, who reads, what is parked.

    With FOSTERFRAME_MANAGEMENT_URL it also shows what was delivered and not acknowledged.
    """
    found = _standing(settings_from())
    if as_json:
        typer.echo(json.dumps([asdict(one) | {"lacks_reader": one.lacks_reader} for one in found]))
        return
    _print_queues(found)


@broker.command("definitions")
def print_definitions(
    secrets: Annotated[Path, typer.Option(help="The folder of rabbitmq-USER.password files.")],
    *,
    with_topology: Annotated[
        bool, typer.Option("--topology/--no-topology", help="Exchanges and queues, or users only.")
    ] = True,
) -> None:
    """Print the definitions that RabbitMQ loads at its start: users, rights, and the topology."""
    passwords = {user: _password_of(user, secrets) for user in USERS}
    made = definitions(topology(), passwords, with_topology=with_topology)
    typer.echo(json.dumps(made, indent=2))


@broker.command("declare")
def declare() -> None:
    """Make the whole topology, where it is not there yet; FOSTERFRAME_AMQP_URL names user ops."""
    settings, whole = settings_from(), topology()
    link = _rabbitmq(settings).connect()
    try:
        link.declare(whole)
    finally:
        link.close()
    typer.echo(f"{len(whole.exchanges)} exchanges and {len(whole.queues)} queues are there.")


@broker.command("check")
def check(*, as_json: AsJson = False) -> None:
    """Refuse a broker that could lose messages or hold them back; say what to do about it.

    It asks the management side (FOSTERFRAME_MANAGEMENT_URL) as a user who may monitor. The exit
    status is 1 where something is unsafe, and 0 where there is nothing worse than a warning.
    """
    settings = settings_from()
    if settings.management_url is None:
        raise FosterframeError(
            "To look into the broker, set FOSTERFRAME_MANAGEMENT_URL, such as "
            "http://monitoring@127.0.0.1:15672, and FOSTERFRAME_MANAGEMENT_PASSWORD_FILE."
        )
    with Management(settings.management_url) as management:
        state = management.state(_virtual_host(settings))
    found = findings(state, topology())
    if as_json:
        told = {"version": state.version, "findings": [asdict(one) for one in found]}
        typer.echo(json.dumps(told))
    else:
        _print_findings(state.version, found)
    if any(one.weight == "refused" for one in found):
        raise typer.Exit(1)


def _rabbitmq(settings: Settings) -> RabbitBroker:
    if settings.amqp_url is None:
        raise FosterframeError("Which broker? Set FOSTERFRAME_AMQP_URL.")
    return RabbitBroker(settings.amqp_url, name=_NAME)


def _virtual_host(settings: Settings) -> str:
    """Return the virtual host of the broker's address, or ours where there is no address."""
    return VIRTUAL_HOST if settings.amqp_url is None else _rabbitmq(settings).virtual_host


def _standing(settings: Settings) -> list[Standing]:
    if settings.management_url is not None:
        with Management(settings.management_url) as management:
            return standing_by_management(topology(), management.queues(_virtual_host(settings)))
    link = _rabbitmq(settings).connect()
    try:
        return standing_by_link(topology(), link)
    finally:
        link.close()


def _print_queues(found: list[Standing]) -> None:
    table = Table("queue", "for")
    for column in ("ready", "unacknowledged", "consumers"):
        table.add_column(column, justify="right")
    for one in found:
        figures = (one.ready, one.unacknowledged, one.consumers)
        shown = [_UNKNOWN if figure is None else f"{figure:,}" for figure in figures]
        table.add_row(one.queue, one.purpose, *shown)
    plain_console().print(table)
    for one in found:
        if not one.is_there:
            typer.echo(f"{one.queue} is not there: fosterframe broker declare.")
        elif one.lacks_reader:
            typer.echo(f"Nobody reads {one.queue}.")
        elif one.purpose == "parked" and one.ready:
            typer.echo(f"{one.ready} parked in {one.queue}: fosterframe dead list {one.party}.")


def _print_findings(version: str, found: list[Finding]) -> None:
    for one in found:
        typer.echo(f"{one.weight}: {one}")
    refused = sum(one.weight == "refused" for one in found)
    typer.echo(f"RabbitMQ {version}: {refused or 'nothing'} unsafe.")


def _password_of(user: str, secrets: Path) -> str:
    password = password_in(secrets / f"rabbitmq-{user}.password", f"The password of {user}")
    if is_well_known(user, password):
        raise SettingRefused(
            f"The password of {user} is one that everybody knows. Make a random one, and write it "
            f"into {secrets / f'rabbitmq-{user}.password'}."
        )
    return password
