"""How parked messages are told to an operator: as tables for a person, as JSON for a program."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import typer

from shared.messaging.parked.message import ParkedMessage
from shared.messaging.parked.queue import Looked
from shared.messaging.parked.reasons import ReasonGroup

Json = dict[str, Any]


def print_list_json(service: str, looked: Looked) -> None:
    """Print a list of parked messages as JSON, those that were kept one by one."""
    told = {
        "service": service,
        "parked": looked.ready,
        "looked_at": looked.looked_at,
        "count": looked.count,
        "reasons": [_group_told(group) for group in looked.reasons.groups()],
    }
    _print_json(told, looked.first)


def message_told(one: ParkedMessage) -> Json:
    """Return one parked message as JSON."""
    return {
        "id": one.message_id,
        "type": one.type,
        "correlation_id": one.correlation_id,
        "queue": one.queue or None,
        "reason": one.reason,
        "field": one.field,
        "advice": one.advice,
        "attempts": one.attempts,
        "parked_at": _iso(one.parked_at),
        "parked_by": "broker" if one.by_broker else "service",
        "body_bytes": one.body_bytes,
        "body_digest": one.digest,
    }


def print_done_json(service: str, looked: Looked, *, done: bool) -> None:
    """Print what became of messages that were replayed or discarded, as JSON."""
    told = {
        "service": service,
        "done": done,
        "looked_at": looked.looked_at,
        "count": looked.done,
        "failed": [{"id": one.message_id, "because": why} for one, why in looked.first_failed],
    }
    _print_json(told, looked.first)


def print_list(service: str, looked: Looked) -> None:
    """Print parked messages: all by reason, those that were kept one by one."""
    typer.echo(how_many(service, looked))
    if not looked.count:
        if looked.looked_at:
            typer.echo("None of them fits: see --reason and --type, or leave them out.")
        return
    typer.echo("\nBy reason:")
    for number, group in enumerate(looked.reasons.groups(), start=1):
        since = f"{_when(group.oldest)} to {_when(group.newest)}"
        typer.echo(
            f"{number:>3}. {group.count} messages, {since}: {', '.join(sorted(group.types))}"
        )
        typer.echo(f"     {group.reason}")
    numbers = looked.reasons.numbers()
    typer.echo("\nOne by one (number of the reason, id, parked, queue, field):")
    for one in looked.first:
        told = (one.message_id, _when(one.parked_at), one.queue or "not known", one.field)
        typer.echo(f"{numbers[one.reason]:>3}. {'  '.join(told).rstrip()}")
    if len(looked.first) < looked.count:
        shown = len(looked.first)
        typer.echo(f"These are the first {shown} of {looked.count}: --limit shows more.")


def print_message(one: ParkedMessage) -> None:
    """Print what is known of one parked message."""
    parked_by = "the broker; its sender was not told" if one.by_broker else "the service"
    rows = {
        "id": one.message_id,
        "type": one.type,
        "about": one.correlation_id,
        "from the queue": one.queue or "not known",
        "parked": f"{_when(one.parked_at)}, by {parked_by}",
        "attempts": str(one.attempts),
        "reason": one.reason,
        "field": one.field,
        "advice": one.advice,
        "body": f"{one.body_bytes} bytes, SHA-256 {one.digest}",
    }
    for name, text in rows.items():
        if text:
            typer.echo(f"{name + ':':<16}{text}")


def how_many(service: str, looked: Looked) -> str:
    """Say how many messages are parked, and how many of them were looked at."""
    if not looked.ready:
        return f"Nothing is parked in {service}."
    said = f"{looked.ready} messages are parked in {service}"
    if looked.looked_at < looked.ready:
        said += (
            f"; {looked.looked_at} of them were looked at (somebody else looks at the rest at this "
            "moment, or they are too many)"
        )
    return f"{said}."


def _print_json(told: Json, messages: Iterable[ParkedMessage]) -> None:
    """Print an object whose messages are written one by one: there may be a hundred thousand."""
    sys.stdout.write(f'{json.dumps(told, ensure_ascii=False)[:-1]}, "messages": [')
    for number, one in enumerate(messages):
        comma = ", " if number else ""
        sys.stdout.write(comma + json.dumps(message_told(one), ensure_ascii=False))
    typer.echo("]}")


def _group_told(group: ReasonGroup) -> Json:
    return {
        "reason": group.reason,
        "count": group.count,
        "types": sorted(group.types),
        "oldest": _iso(group.oldest),
        "newest": _iso(group.newest),
    }


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _when(instant: datetime | None) -> str:
    return "not known" if instant is None else f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
