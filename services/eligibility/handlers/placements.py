"""What is done about the life of a placement: with which agency a child lives is remembered."""

from datetime import date

from services.eligibility.concerns.stays import AMENDED, ENDED, STARTED
from services.eligibility.occasion import said_at
from services.eligibility.store.tables import placement_events
from shared.contracts.event import Event
from shared.contracts.placement import PlacementAmended, PlacementEnded, PlacementStarted
from shared.messaging.work import Work


class Placements:
    """Remembers where children live, so that a change in an agency finds whom it touches.

    Nothing is kept of the child. What is wrong with a placement as such is refused by the pricing
    service, which reads the same messages.
    """

    def record_start(self, work: Work, event: Event[PlacementStarted]) -> None:
        """Record that a child moved in with an agency."""
        started = event.data
        _add(
            work,
            event,
            STARTED,
            started.placement_id,
            agency=started.agency,
            referral_id=started.referral_id,
            day=started.start_date,
            start_date=started.start_date,
        )

    def record_amendment(self, work: Work, event: Event[PlacementAmended]) -> None:
        """Record that the agency, or the start, is another one than was told."""
        amended = event.data
        if amended.agency is None and amended.start_date is None:
            return
        _add(
            work,
            event,
            AMENDED,
            amended.placement_id,
            agency=amended.agency,
            day=amended.effective_from,
            start_date=amended.start_date,
        )

    def record_end(self, work: Work, event: Event[PlacementEnded]) -> None:
        """Record that a placement ended, or that it goes on after all."""
        _add(work, event, ENDED, event.data.placement_id, day=event.data.end_date)


def _add(  # noqa: PLR0913 - each is a column
    work: Work,
    event: Event[PlacementStarted] | Event[PlacementAmended] | Event[PlacementEnded],
    word: str,
    placement_id: str,
    *,
    agency: str | None = None,
    referral_id: str | None = None,
    day: date | None = None,
    start_date: date | None = None,
) -> None:
    work.add(
        placement_events,
        {
            "event_id": event.id,
            "placement_id": placement_id,
            "word": word,
            "agency": agency,
            "referral_id": referral_id,
            "day": day,
            "start_date": start_date,
            "said_at": said_at(event.time, work.now),
            "recorded_at": work.now,
        },
    )
