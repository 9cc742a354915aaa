"""What operators do about parked messages: find out why, mend it, and send them back to work."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

import typer

from services.operating.dead.body import scrubbed
from services.operating.dead.choice import Choice
from services.operating.dead.told import (
    how_many,
    message_told,
    print_done_json,
    print_list,
    print_list_json,
    print_message,
)
from services.operating.said import AsJson, Service, Yes
from services.running import open_database, worker_of
from shared.clock import SystemClock
from shared.errors import FosterframeError
from shared.messaging import acts
from shared.messaging.message import Delivery
from shared.messaging.parked.queue import MOST, Looked, ParkedQueue
from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.progress_bar import bar
from shared.settings import Settings, settings_from

dead: Final = typer.Typer(
    help="Messages that could not be handled, and wait for a person. None is ever lost: they are "
    "parked in the queue SERVICE.dead until they are replayed or discarded.",
    no_args_is_help=True,
)

_MOST_SHOWN: Final = 20
"""How many are shown that have the same id."""

Id = Annotated[list[str] | None, typer.Option("--id", help="Only this message; may be repeated.")]
Reason = Annotated[str | None, typer.Option(help="Only where the reason has this text in it.")]
Type = Annotated[str | None, typer.Option("--type", help="Only messages of this type.")]
All = Annotated[bool, typer.Option("--all", help="Every parked message.")]
Limit = Annotated[int, typer.Option(min=1, max=MOST, help="How many messages at most.")]


@dead.command("list")
def list_(
    service: Service,
    reason: Reason = None,
    type_: Type = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many to list one by one.")] = 100,
    *,
    as_json: AsJson = False,
) -> None:
    """List what is parked, by reason and one by one. Nothing is changed."""
    with _parked(settings_from(), service, keep=limit) as queue:
        looked = queue.look(Choice(None, reason, type_))
    if as_json:
        print_list_json(service, looked)
    else:
        print_list(service, looked)


@dead.command("show")
def show(
    service: Service,
    message_id: Annotated[str, typer.Argument(metavar="ID", help="As dead list prints it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show one parked message: where from, why, what to do, and its body without a child's facts.

    Of the body only the structure is shown, and ids, types and instants.
    """
    bodies: list[Any] = []

    def see(delivery: Delivery) -> None:
        bodies.append(scrubbed(delivery.body))

    choice = Choice([message_id])
    with _parked(settings_from(), service, keep=_MOST_SHOWN) as queue:
        looked = queue.look(choice, see)
    _refuse_unknown(service, choice, looked)
    if as_json:
        told = [
            {**message_told(one), "body": body}
            for one, body in zip(looked.first, bodies, strict=True)
        ]
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for one, body in zip(looked.first, bodies, strict=True):
        print_message(one)
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False))


@dead.command("replay")
def replay(  # noqa: PLR0913 - typer reads each option as an argument
    service: Service,
    ids: Id = None,
    reason: Reason = None,
    type_: Type = None,
    limit: Limit = MOST,
    *,
    everything: All = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Send parked messages back to the queue that they came from, once the cause is mended.

    A message that was handled before is not handled again. One that fails again is parked again.
    """
    _refuse_no_choice(ids, reason, type_, everything=everything)
    choice = Choice(ids, reason, type_)
    with _parked(settings_from(), service, limit, keep=limit if as_json else 0) as queue:
        looked = queue.replay(choice) if yes else queue.look(choice)
    verb = "sent back to work" if yes else "would be sent back to work; add --yes to do it"
    _tell(service, looked, verb, done=yes, as_json=as_json)
    _refuse_unknown(service, choice, looked)


@dead.command("discard")
def discard(  # noqa: PLR0913 - as replay
    service: Service,
    because: Annotated[str, typer.Option(help="Why; it is kept for good. Name no child.")],
    actor: Annotated[str, typer.Option("--as", help="Who does it; it is kept for good.")],
    ids: Id = None,
    reason: Reason = None,
    type_: Type = None,
    limit: Limit = MOST,
    *,
    everything: All = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Take parked messages away for good.

    Before a message goes, its id, the digest of its body, the reasons and your name are written
    to the service's log, in which nothing can be altered unseen.
    """
    _refuse_no_choice(ids, reason, type_, everything=everything)
    why, who = acts.because(because), acts.named(actor)
    choice, settings = Choice(ids, reason, type_), settings_from()
    with _parked(settings, service, limit, keep=limit if as_json else 0) as queue:
        if yes:
            database = open_database(settings, service)
            try:
                looked = queue.discard(choice, database, SystemClock(), actor=who, because=why)
            finally:
                database.close()
        else:
            looked = queue.look(choice)
    verb = "discarded, and written to the log" if yes else "would be discarded; add --yes to do it"
    _tell(service, looked, verb, done=yes, as_json=as_json)
    _refuse_unknown(service, choice, looked)


@contextmanager
def _parked(
    settings: Settings, service: str, limit: int = MOST, *, keep: int
) -> Iterator[ParkedQueue]:
    worker_of(service)
    if settings.amqp_url is None:
        raise FosterframeError(
            "Parked messages are kept by RabbitMQ: set FOSTERFRAME_AMQP_URL. The broker inside "
            "fosterframe serve and fosterframe demo lives in their process, and ends with it."
        )
    link = RabbitBroker(settings.amqp_url, name=f"fosterframe {service} dead").connect()
    try:
        with bar("parked messages") as progress:
            yield ParkedQueue(link, service, limit=limit, keep=keep, progress=progress)
    finally:
        link.close()


def _refuse_no_choice(
    ids: list[str] | None, reason: str | None, type_: str | None, *, everything: bool
) -> None:
    if everything == bool(ids or reason or type_):
        raise FosterframeError("Say which: --id, --reason or --type, or else --all.")


def _refuse_unknown(service: str, choice: Choice, looked: Looked) -> None:
    if choice.missing:
        raise FosterframeError(
            f"There is no parked message {', '.join(choice.missing)}. {how_many(service, looked)} "
            f"See: fosterframe dead list {service}."
        )


def _tell(service: str, looked: Looked, verb: str, *, done: bool, as_json: bool) -> None:
    count = looked.done if done else looked.count
    if as_json:
        print_done_json(service, looked, done=done)
    else:
        typer.echo(f"{count} messages {verb}. {how_many(service, looked)}")
    if looked.failed:
        reasons = "; ".join(sorted(looked.failed))
        raise FosterframeError(f"{looked.failed.total()} messages stay parked: {reasons}.")
