"""What pricing does when commissioning tells something of an agency: keep it, and see who left."""

from typing import Final

from sqlalchemy import select

from services.pricing.days_told import check_days
from services.pricing.fee_book.leaving import is_moved, look_at_agencies
from services.pricing.handlers.placements import fees_moved
from services.pricing.store.fee_book import move_all
from services.pricing.store.fees import POINTS
from services.pricing.store.memberships import memberships_of
from services.pricing.store.numbers import stand_still
from services.pricing.store.reviews import unfinished
from services.pricing.store.tables import PROVIDER_FACTS
from shared.contracts.event import Event
from shared.contracts.provider import Judgement, Membership, ProviderUpdated
from shared.framework.framework import Framework
from shared.messaging.work import Work

_MEMBERSHIP: Final = "membership"


def keep_provider_facts(framework: Framework, work: Work, event: Event[ProviderUpdated]) -> None:
    """Keep what commissioning says about an agency, each fact with the days on which it holds.

    Where the agency has left the framework, or has not after all, its fees are worked out again.

    Raises:
        CannotSucceed: a day of its membership lies too far off to be reckoned with.
    """
    agency = event.data.agency
    for position, fact in enumerate(event.data.facts):
        if isinstance(fact, Membership):
            days = {"valid_from": fact.valid_from, "valid_to": fact.valid_to}
            check_days({f"facts.{position}.{field}": day for field, day in days.items()})
    work.flush()
    if _is_kept(work, agency, event.id):
        return
    if all(fact.fact != _MEMBERSHIP for fact in event.data.facts):
        _keep(work, event)
        return
    # Nobody else tells of its membership meanwhile: each has to see what the other has moved.
    stand_still(work.connection, POINTS)
    before = memberships_of(work.connection, agency)
    _keep(work, event)
    work.flush()
    if not is_moved(before, memberships_of(work.connection, agency)):
        return
    # Nobody else prices a placement or approves a review by what was known before.
    move_all(work.connection)
    if not unfinished(work.connection):
        look_at_agencies(work, framework, [agency])
    # Else the fees wait until that review is applied, and are looked at then.
    fees_moved(work)


def _keep(work: Work, event: Event[ProviderUpdated]) -> None:
    for fact in event.data.facts:
        days = (
            (fact.published_on, None)
            if isinstance(fact, Judgement)
            else (fact.valid_from, fact.valid_to)
        )
        row = {
            "agency": event.data.agency,
            "fact": fact.fact,
            "valid_from": days[0],
            "valid_to": days[1],
            "body": fact.model_dump_json(),
            "event_id": event.id,
            "told_at": event.time if event.time.timestamp() > 0 else work.now,
            "recorded_at": work.now,
        }
        work.add(PROVIDER_FACTS, row)


def _is_kept(work: Work, agency: str, event_id: str) -> bool:
    kept = select(PROVIDER_FACTS.c.id).where(
        PROVIDER_FACTS.c.agency == agency, PROVIDER_FACTS.c.event_id == event_id
    )
    return work.connection.execute(kept.limit(1)).first() is not None
