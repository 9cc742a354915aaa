"""What operators do where others have lost what they were told: it is told again, as it was."""

import importlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final

import typer

from services.operating.resend.resending import Resend, Tally
from services.operating.resend.told import Kept, Lost, Wanted
from services.operating.resend.way import Way, way
from services.operating.said import AsJson, Service, Yes, say
from services.running import open_database, worker_of
from shared.clock import SystemClock
from shared.days import LONDON
from shared.errors import FosterframeError
from shared.messaging import acts
from shared.messaging.topology import SERVICES, reader_of
from shared.persistence.old_rows import SHORTEST
from shared.progress_bar import bar
from shared.settings import Settings, settings_from

_LENGTH_OF_A_DAY: Final = len("2026-11-22")
_NOT_KEPT: Final = "Rejections are not kept, nor is what is parked: they are not told again."


Since = Annotated[
    str, typer.Option(help="Told then or later: 2026-11-22T09:00:00Z, or a day in London.")
]
Until = Annotated[
    str | None, typer.Option(help="Told then or before; on a day, until its end. Else up to now.")
]
Because = Annotated[str, typer.Option(help="Why; it is kept for good. Name no child.")]
Actor = Annotated[str, typer.Option("--as", help="Who does it; it is kept for good.")]
Types = Annotated[
    list[str] | None, typer.Option("--type", help="Only messages of this type; may be repeated.")
]
To = Annotated[str | None, typer.Option(help="Only to this queue, or to the queues of this party.")]
Subject = Annotated[
    str | None, typer.Option(help="Only about this referral, placement, agency or price review.")
]


class InstantRefused(FosterframeError):  # noqa: N818 - what became of it
    """That is no instant."""


def resend(  # noqa: PLR0913 - typer reads each option as an argument
    service: Service,
    *,
    since: Since,
    because: Because,
    actor: Actor,
    until: Until = None,
    types: Types = None,
    to: To = None,
    subject: Subject = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Tell again what others have lost, under the same ids and with the same bytes.

    First see what would be told; then add --yes. Eligibility tells decisions and concerns; pricing
    price changes, its words on applied reviews, and shortlists; in the order in which they were
    first told. Whoever has them drops them by their ids. The log keeps who did this, and why.

    The service runs meanwhile, and publishes them. It may be interrupted, and given again. What
    was purged, and what an older version told without keeping all of it, is counted and not told.
    """
    worker_of(service)
    who, why, clock = acts.named(actor), acts.because(because), SystemClock()
    last = clock.now() if until is None else _until(until)
    wanted, where = Wanted(_instant(since), last, subject), way(service, to)
    _refuse_backwards(wanted)
    _refuse_forgotten(wanted, where, clock.now())
    settings = settings_from()
    kept = _chosen(service, settings, where, types)
    database = open_database(settings, service)
    try:
        waiting = Resend(service, database, clock, kept, wanted, where)
        tally = waiting.count()
        if yes:
            tally = _run(waiting, who, why, tally.count)
    finally:
        database.close()
    say(_told(waiting, tally, done=yes), _sentence(waiting, tally, done=yes), as_json=as_json)
    _refuse_altered(service, tally)


def _refuse_backwards(wanted: Wanted) -> None:
    if wanted.since > wanted.until:
        raise InstantRefused(
            f"Nothing was told from {wanted.since.isoformat(timespec='seconds')} to "
            f"{wanted.until.isoformat(timespec='seconds')}: --since has to be before --until, and "
            "before now. A day begins at midnight in London."
        )


def _refuse_forgotten(wanted: Wanted, where: Way, now: datetime) -> None:
    """Refuse what another service may have forgotten that it knows: it would do it a second time.

    Raises:
        InstantRefused: its inbox may have been purged of messages from so long ago.
    """
    services = {reader_of(one.queue) for one in where.bindings} & set(SERVICES)
    if services and wanted.since < now - SHORTEST:
        raise InstantRefused(
            f"What is older than {SHORTEST.days} days may be purged from what "
            f"{', '.join(sorted(services))} knows to have handled, and would be handled again. "
            "Name a later day, or whom it is for: --to case-management."
        )


def _run(waiting: Resend, who: str, why: str, of: int) -> Tally:
    with bar("messages") as progress:
        return waiting.run(who, why, lambda done: progress(min(done, of), of))


def _instant(text: str) -> datetime:
    try:
        if len(text.strip()) == _LENGTH_OF_A_DAY:
            return datetime.combine(date.fromisoformat(text.strip()), time(), LONDON)
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InstantRefused(
            f"{text!r} is no instant. Write a day, 2026-11-22, or an instant with its offset: "
            "2026-11-22T09:00:00Z."
        )
    return instant


def _until(text: str) -> datetime:
    """Return an instant; of a day its last, since who names a day means all of it."""
    instant = _instant(text)
    if len(text.strip()) > _LENGTH_OF_A_DAY:
        return instant
    next_day = datetime.combine(instant.date() + timedelta(days=1), time(), LONDON)
    return next_day - timedelta.resolution


def _chosen(
    service: str, settings: Settings, where: Way, types: list[str] | None
) -> Sequence[Kept]:
    of_service = importlib.import_module(f"services.operating.resend.{service}")
    kept: Sequence[Kept] = [one for one in of_service.kept(settings) if where.leads(one.type)]
    known = [one.type for one in kept]
    if unknown := sorted(set(types or ()) - set(known)):
        there = f" to {where.to}" if where.to is not None else ""
        raise FosterframeError(
            f"{service} tells{there} no {', '.join(unknown)} of which it keeps anything; it keeps: "
            f"{', '.join(known)}."
        )
    return [one for one in kept if not types or one.type in types]


def _told(waiting: Resend, tally: Tally, *, done: bool) -> dict[str, Any]:
    wanted = waiting.wanted
    return {
        "service": waiting.service,
        "since": wanted.since.isoformat(),
        "until": wanted.until.isoformat(),
        "to": waiting.way.to,
        "subject": wanted.subject,
        "done": done,
        "count": tally.count,
        "types": [
            {
                "type": type_,
                "count": span.count,
                "first": span.first.isoformat(),
                "last": span.last.isoformat(),
            }
            for type_, span in tally.spans.items()
        ],
        "not_told": [
            {"type": type_, "because": str(why), "count": number}
            for (type_, why), number in tally.lost.items()
        ],
    }


def _sentence(waiting: Resend, tally: Tally, *, done: bool) -> str:
    to = f" to {waiting.way.to}" if waiting.way.to is not None else ""
    verb = "were put into the outbox, to be told again" if done else "would be told again"
    lines = [f"{tally.count} messages of {waiting.service} {verb}{to}."]
    lines += [
        f"{span.count} {type_}, told from {span.first:%Y-%m-%d %H:%M:%S} "
        f"to {span.last:%Y-%m-%d %H:%M:%S} UTC."
        for type_, span in tally.spans.items()
    ]
    lines += [
        f"Not told again: {_at_most(type_, why)}{number} {type_}, {why}."
        for (type_, why), number in tally.lost.items()
    ]
    if waiting.wanted.subject is not None:
        lines.append(
            "What was purged is counted only where it is known whom it was about: of placements."
        )
    lines.append(_NOT_KEPT if done else f"{_NOT_KEPT} Add --yes to do it.")
    return "\n".join(lines)


def _at_most(type_: str, why: Lost) -> str:
    """Of shortlists that were purged it is not known when each was told."""
    return "up to " if type_ == "shortlist.priced.v1" and why is Lost.PURGED else ""


def _refuse_altered(service: str, tally: Tally) -> None:
    altered = {type_: n for (type_, why), n in tally.lost.items() if why is Lost.ALTERED}
    if altered:
        what = ", ".join(f"{number} {type_}" for type_, number in altered.items())
        raise FosterframeError(
            f"{what} are not told again: what is kept of them was altered or removed since. "
            f"See: fosterframe audit verify {service}."
        )
