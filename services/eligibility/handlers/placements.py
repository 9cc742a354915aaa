"""What is done about the life of a placement: with which agency a child lives is remembered."""

from services.eligibility.concerns.heard_later import HeardLater
from services.eligibility.concerns.stays import AMENDED, ENDED, STARTED, PlacementWord
from services.eligibility.occasion import said_at
from services.eligibility.store.tables import placement_events
from shared.contracts.event import Event
from shared.contracts.placement import PlacementAmended, PlacementEnded, PlacementStarted
from shared.messaging.work import Work


class Placements:
    """Remembers where children live, so that a change in an agency finds whom it touches.

    Of a child of whom we hear after such a change, commissioners are told when we hear of it.
    Nothing is kept of the child. What is wrong with a placement as such is refused by the pricing
    service, which reads the same messages.
    """

    def __init__(self, heard_later: HeardLater) -> None:
        self._heard_later = heard_later

    def record_start(self, work: Work, event: Event[PlacementStarted]) -> None:
        """Record that a child moved in with an agency."""
        started = event.data
        word = PlacementWord(
            event.id,
            started.placement_id,
            STARTED,
            said_at(event.time, work.now),
            agency=started.agency,
            day=started.start_date,
            start_date=started.start_date,
        )
        self._record(work, word, event.source, referral_id=started.referral_id)

    def record_amendment(self, work: Work, event: Event[PlacementAmended]) -> None:
        """Record that the agency, or the start, is another one than was told."""
        amended = event.data
        if amended.agency is None and amended.start_date is None:
            return
        word = PlacementWord(
            event.id,
            amended.placement_id,
            AMENDED,
            said_at(event.time, work.now),
            agency=amended.agency,
            day=amended.effective_from,
            start_date=amended.start_date,
        )
        self._record(work, word, event.source)

    def record_end(self, work: Work, event: Event[PlacementEnded]) -> None:
        """Record that a placement ended, or that it goes on after all."""
        ended, at = event.data, said_at(event.time, work.now)
        word = PlacementWord(event.id, ended.placement_id, ENDED, at, day=ended.end_date)
        self._record(work, word, event.source)

    def _record(
        self, work: Work, word: PlacementWord, told_by: str, referral_id: str | None = None
    ) -> None:
        work.add(
            placement_events,
            {
                "event_id": word.event_id,
                "placement_id": word.placement_id,
                "word": word.word,
                "agency": word.agency,
                "referral_id": referral_id,
                "day": word.day,
                "start_date": word.start_date,
                "said_at": word.said_at,
                "recorded_at": work.now,
            },
        )
        self._heard_later.follow(work, word, told_by)
