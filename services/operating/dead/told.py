"""How parked messages are told to an operator: as tables for a person, as JSON for a program."""

from datetime import datetime
from typing import Any

import typer

from shared.messaging.parked.message import ParkedMessage, ReasonGroup, by_reason
from shared.messaging.parked.queue import Looked

Json = dict[str, Any]


def list_told(service: str, looked: Looked, limit: int) -> Json:
    """Return a list of parked messages as JSON, the first of them one by one."""
    return {
        "service": service,
        "parked": looked.ready,
        "looked_at": looked.looked_at,
        "reasons": [_group_told(group) for group in by_reason(looked.found)],
        "messages": [message_told(one) for one in looked.found[:limit]],
    }


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


def done_told(service: str, looked: Looked, *, done: bool) -> Json:
    """Return what became of messages that were replayed or discarded, as JSON."""
    return {
        "service": service,
        "done": done,
        "looked_at": looked.looked_at,
        "count": looked.done,
        "messages": [message_told(one) for one in looked.found],
        "failed": [{"id": one.message_id, "because": why} for one, why in looked.failed],
    }


def print_list(service: str, looked: Looked, limit: int) -> None:
    """Print parked messages: all by reason, the first of them one by one."""
    typer.echo(how_many(service, looked))
    if not looked.found:
        return
    groups = by_reason(looked.found)
    typer.echo("\nBy reason:")
    for number, group in enumerate(groups, start=1):
        since = f"{_when(group.oldest)} to {_when(group.newest)}"
        typer.echo(f"{number:>3}. {group.count} messages, {since}: {', '.join(group.types)}")
        typer.echo(f"     {group.reason}")
    numbers = {group.reason: number for number, group in enumerate(groups, start=1)}
    typer.echo("\nOne by one (number of the reason, id, parked, queue, field):")
    for one in looked.found[:limit]:
        told = (one.message_id, _when(one.parked_at), one.queue or "not known", one.field)
        typer.echo(f"{numbers[one.reason]:>3}. {'  '.join(told).rstrip()}")
    if len(looked.found) > limit:
        typer.echo(f"These are the first {limit} of {len(looked.found)}: --limit shows more.")


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


def _group_told(group: ReasonGroup) -> Json:
    return {
        "reason": group.reason,
        "count": group.count,
        "types": list(group.types),
        "oldest": _iso(group.oldest),
        "newest": _iso(group.newest),
    }


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _when(instant: datetime | None) -> str:
    return "not known" if instant is None else f"{instant:%Y-%m-%d %H:%M}"
