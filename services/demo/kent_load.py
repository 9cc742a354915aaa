"""Takes the events of an invented year into a pricing database, as if they had been published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.demo.kent_year import KentYear
from services.demo.sample import Sample
from services.pricing.desk import SERVICE, Desk, Progress, no_progress
from services.pricing.fees import FeeBook, FeeFamily
from services.pricing.handlers.table import handlers
from services.pricing.store.fees import every_point
from shared.errors import FosterframeError
from shared.messaging.batch import Intake
from shared.messaging.message import Delivery
from shared.persistence.inbox import Fate

_QUEUE: Final = "pricing.placements"
_AT_A_TIME: Final = 200
_NAMED: Final = 3


class LoadRefused(FosterframeError):  # noqa: N818 - what became of what was asked for
    """The year was not taken in, or not all of it; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the events.

    Args:
        new: how many were taken in now.
        known: how many had been taken in before, and changed nothing.
    """

    new: int
    known: int


def load(desk: Desk, made: KentYear, progress: Progress = no_progress) -> Loaded:
    """Take in every event of a year through pricing's own handlers.

    The ids of the events are always the same, so that what is loaded twice is there once.

    Raises:
        LoadRefused: the database lacks fees of the year, and nothing was taken in; or some events
            were parked or are to be tried again.
    """
    _refuse_without_fees(desk, made)
    intake = Intake(
        service=SERVICE,
        database=desk.database,
        handlers=handlers(desk.framework),
        clock=desk.clock,
    )
    samples = made.samples()
    for first in range(0, len(samples), _AT_A_TIME):
        intake.take([_delivery(*one) for one in _numbered(samples, first)])
        progress(min(first + _AT_A_TIME, len(samples)), len(samples))
    became = intake.measures.messages_by_fate()
    if left := became[Fate.PARKED] + became[Fate.WAITING]:
        raise LoadRefused(
            f"{left} of {len(samples)} events were not taken in: the placements are there "
            "otherwise, or a later fee is missing. See fosterframe dead list pricing, or load "
            "into a new database: set FOSTERFRAME_STATE."
        )
    return Loaded(new=became[Fate.HANDLED], known=became["duplicate"])


def _numbered(samples: Sequence[Sample], first: int) -> Iterable[tuple[int, Sample]]:
    return enumerate(samples[first : first + _AT_A_TIME], start=first)


def _delivery(number: int, sample: Sample) -> Delivery:
    return Delivery(
        queue=_QUEUE,
        routing_key=sample.routing_key,
        body=sample.body,
        message_id=sample.message_id,
        type=sample.routing_key,
        correlation_id="",
        headers={},
        is_redelivered=False,
        tag=number,
    )


def _refuse_without_fees(desk: Desk, made: KentYear) -> None:
    with desk.database.reading() as connection:
        book = FeeBook(every_point(connection))
    lacking = sorted(
        {
            " ".join(family)
            for family, since in _bought(made)
            if not any(points[0].valid_from <= since for points in book.bands(family).values())
        }
    )
    if lacking:
        named = ", ".join(lacking[:_NAMED]) + (", ..." if len(lacking) > _NAMED else "")
        raise LoadRefused(
            f"The pricing database lacks the fees of {len(lacking)} of the things that are bought "
            f"({named}). Import those of the pack first: fosterframe fees import --as YOU."
        )


def _bought(made: KentYear) -> Iterable[tuple[FeeFamily, date]]:
    for one in made.placements:
        start = one.start
        if start.agreement == "framework":
            told = (start.agency, start.purchaser, start.placement_type, start.need_category)
            yield FeeFamily(*told), start.start_date
