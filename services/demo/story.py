"""The demo: referrals become decisions, priced shortlists, placements, a price review."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from rich.progress import Progress
from sqlalchemy import func, select

from services.demo import reckoning
from services.demo.judged import DECIDED_AGAIN, Judged, agency_to_judge, judged_checks
from services.demo.kent_review import KentReview, review_kent_year
from services.demo.kent_year import SEED as KENT_SEED
from services.demo.parties import Reader, message, publish
from services.demo.reckoning import Check, once_each
from services.demo.sample import Sample
from services.demo.sample_placements import end_without_start, sample_placements
from services.demo.samples import sample_referrals
from services.demo.stage import (
    Stage,
    apply_past_reviews,
    approve_and_apply,
    current_timelines,
    import_all,
    parked,
    placements_heard,
    review_of,
    services_running,
)
from services.pricing.placements.tick import tick
from services.pricing.store.reviews import PREVIEWED, Review, review_named
from services.pricing.store.tables import PRICE_CHANGES as PRICE_CHANGE_ROWS
from shared.contracts.concern import ProviderConcern
from shared.contracts.decision import EligibilityDecided
from shared.contracts.event import Event
from shared.contracts.fields import Data
from shared.contracts.placement import PlacementStarted
from shared.contracts.price import ReviewApplied
from shared.contracts.shortlist import ShortlistPriced
from shared.errors import FosterframeError
from shared.persistence import chain

FIRST_REFERRAL: Final = date(2026, 2, 16)
LAST_REFERRAL: Final = date(2026, 3, 30)
TOLD_AT: Final = datetime(2026, 3, 31, 9, tzinfo=UTC)
"""When the referrals and placements reach the services."""

AWARDED_AT: Final = datetime(2026, 5, 11, 10, tzinfo=UTC)
"""When the review of 1 April is approved: late, as it happens, so that arrears are owed."""

REVIEW_OF: Final = date(2026, 4, 1)
DECISION_REFERENCE: Final = "sample-decision-26/00031"

DECISIONS: Final = "case-management.decisions"
SHORTLISTS: Final = "case-management.shortlists"
REJECTIONS: Final = "case-management.rejections"
PRICE_CHANGES: Final = "finance.price-changes"
REVIEWS: Final = "finance.reviews"
CONCERNS: Final = "commissioning.concerns"
READ_QUEUES: Final = (DECISIONS, SHORTLISTS, REJECTIONS, PRICE_CHANGES, REVIEWS, CONCERNS)

PATIENCE_SECONDS: Final = 120.0
_LOOK_SECONDS: Final = 0.05


class StoryStuck(FosterframeError):  # noqa: N818 - a state of the world
    """Something that had to come did not come in time; says what."""


@dataclass
class Told:
    """Everything that the demo saw, for its tables and its reckoning."""

    imported: dict[str, int] = field(default_factory=dict)
    past_reviews: list[str] = field(default_factory=list)
    referrals: list[Sample] = field(default_factory=list)
    placements: list[Sample] = field(default_factory=list)
    decisions: list[Event[Data]] = field(default_factory=list)
    judged: Judged | None = None
    decided_again: list[Event[Data]] = field(default_factory=list)
    concerns: list[Event[Data]] = field(default_factory=list)
    shortlists: list[Event[Data]] = field(default_factory=list)
    rejections: list[Event[Data]] = field(default_factory=list)
    price_changes: list[Event[Data]] = field(default_factory=list)
    review: Review | None = None
    applied: ReviewApplied | None = None
    kent: KentReview | None = None
    checks: list[Check] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def play(stage: Stage, count: int, seed: int, progress: Progress) -> Told:
    """Play the whole story, and return what was seen.

    Raises:
        StoryStuck: a message that had to come did not come.
    """
    told = Told()
    with _timed(told, "import", progress):
        told.imported = import_all(stage)
        told.past_reviews = apply_past_reviews(stage)
    with Reader(stage.broker, READ_QUEUES) as reader, services_running(stage):
        with _timed(told, "referrals", progress):
            _refer(stage, told, reader, count, seed)
        with _timed(told, "placements", progress):
            _place(stage, told, reader, seed)
        with _timed(told, "judgement", progress):
            _judge(stage, told, reader)
        with _timed(told, "review", progress):
            _review(stage, told, reader)
        _keep(told, reader)
    with _timed(told, "Kent-sized year", progress):
        told.kent = review_kent_year(stage.settings, stage.desk.framework, KENT_SEED)
    with _timed(told, "reckoning", progress):
        told.checks = _reckon(stage, told)
    return told


@contextmanager
def _timed(told: Told, act: str, progress: Progress) -> Iterator[None]:
    """Show an act while it runs, and note how long it took."""
    task = progress.add_task(act, total=None)
    began = time.perf_counter()
    yield
    told.seconds[act] = time.perf_counter() - began
    progress.update(task, total=1, completed=1)


def started(told: Told) -> set[str]:
    """Return the placements that case management started and that pricing can take."""
    return {
        one.data.placement_id
        for one in told.placements
        if isinstance(one.data, PlacementStarted) and one.fate == "handled"
    }


def _refer(stage: Stage, told: Told, reader: Reader, count: int, seed: int) -> None:
    told.referrals = sample_referrals(count, seed, FIRST_REFERRAL, LAST_REFERRAL)
    _publish(stage, told.referrals)
    refused = {one.message_id for one in told.referrals if one.fate == "refused"}
    _await(reader, DECISIONS, count)
    _await(reader, SHORTLISTS, count)
    _await(reader, REJECTIONS, len(refused))
    told.shortlists = once_each(reader.events(SHORTLISTS))


def _place(stage: Stage, told: Told, reader: Reader, seed: int) -> None:
    shortlists = [
        event.data for event in told.shortlists if isinstance(event.data, ShortlistPriced)
    ]
    told.placements = sample_placements(shortlists, told.referrals, seed, TOLD_AT.date())
    told.placements.append(end_without_start(TOLD_AT.date(), seed))
    _publish(stage, told.placements)
    # Both services read these, and each rejects what is spoilt. The end that pricing cannot place
    # is tried again and parked last: by then all else is done.
    rejected = reader.count(REJECTIONS)
    spoilt = sum(one.fate == "refused" for one in told.placements)
    _await(reader, REJECTIONS, rejected + 2 * spoilt + 1)
    _await(reader, PRICE_CHANGES, _told_count(stage))


def _judge(stage: Stage, told: Told, reader: Reader) -> None:
    """Let an agency be judged inadequate, once it is known who lives with it."""
    # An end that nobody started is pricing's to refuse: here it is an end like any other.
    heard = sum(one.fate == "handled" for one in told.placements)
    until = time.monotonic() + PATIENCE_SECONDS
    while placements_heard(stage) < heard and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
    decided = once_each(reader.events(DECISIONS))
    told.judged = agency_to_judge(told.referrals, told.placements, decided, TOLD_AT.date())
    if told.judged is None:
        return
    before = {queue: reader.count(queue) for queue in (DECISIONS, SHORTLISTS)}
    _publish(stage, [told.judged.told(TOLD_AT)])
    _await(reader, CONCERNS, 1)
    concerns = [event.data for event in once_each(reader.events(CONCERNS))]
    # As many as it says itself; whether these are all of them is for the reckoning.
    again = sum(len(each.referrals) for each in concerns if isinstance(each, ProviderConcern))
    for queue, count in before.items():
        _await(reader, queue, count + again)


def _review(stage: Stage, told: Told, reader: Reader) -> None:
    stage.clock.set(AWARDED_AT)
    tick(stage.desk)
    review_id = review_of(stage, REVIEW_OF)
    with stage.desk.database.transaction() as connection:
        told.review = review_named(connection, review_id)
    digest = told.review.last(PREVIEWED).body["digest"]
    approve_and_apply(stage, review_id, DECISION_REFERENCE, digest)
    _await(reader, REVIEWS, len(told.past_reviews) + 1)
    _await(reader, PRICE_CHANGES, _told_count(stage))
    told.applied = next(
        event.data
        for event in reader.events(REVIEWS)
        if isinstance(event.data, ReviewApplied) and event.data.review_id == review_id
    )


def _publish(stage: Stage, samples: Sequence[Sample]) -> None:
    publish(stage.broker, [message(one.routing_key, one.body, one.message_id) for one in samples])


def _await(reader: Reader, queue: str, count: int) -> None:
    if not reader.wait_for(queue, count, PATIENCE_SECONDS):
        raise StoryStuck(
            f"{queue} has told {reader.count(queue)} messages of {count} after "
            f"{PATIENCE_SECONDS:.0f} s. Do both services run, and what do their logs say?"
        )


def _told_count(stage: Stage) -> int:
    """Return how many price changes pricing has made, so that finance must hear as many."""
    with stage.desk.database.reading() as connection:
        counted = connection.execute(select(func.count()).select_from(PRICE_CHANGE_ROWS))
        return int(counted.scalar_one())


def _keep(told: Told, reader: Reader) -> None:
    for event in once_each(reader.events(DECISIONS)):
        (told.decided_again if _is_again(event) else told.decisions).append(event)
    told.shortlists = once_each(reader.events(SHORTLISTS))
    told.concerns = once_each(reader.events(CONCERNS))
    told.rejections = once_each(reader.events(REJECTIONS))
    told.price_changes = once_each(reader.events(PRICE_CHANGES))


def _is_again(event: Event[Data]) -> bool:
    """Say whether a referral was decided anew because an agency changed."""
    decided = event.data
    occasion = decided.occasion if isinstance(decided, EligibilityDecided) else None
    return occasion is not None and occasion.word == DECIDED_AGAIN


def _reckon(stage: Stage, told: Told) -> list[Check]:
    review, applied = told.review, told.applied
    if review is None or applied is None or told.kent is None:
        raise StoryStuck("the review was not applied")
    total = review.last(PREVIEWED).body["total"]
    previewed = {"uplifted": total["fees_uplifted"], "excluded": total["fees_excluded"]}
    timelines = current_timelines(stage.desk)
    return [
        *reckoning.referral_checks(told.referrals, told.decisions, told.rejections),
        *reckoning.shortlist_checks([*told.decisions, *told.decided_again], told.shortlists),
        *reckoning.placement_checks(started(told), told.price_changes, timelines),
        *judged_checks(told.judged, told.concerns, told.decided_again),
        *reckoning.review_checks(applied, told.price_changes, previewed),
        *reckoning.kent_checks(told.kent),
        *_parking_checks(stage, told),
        *_log_checks(stage),
    ]


def _parking_checks(stage: Stage, told: Told) -> list[Check]:
    refused = {one.message_id for one in told.referrals if one.fate == "refused"}
    spoilt = sum(one.fate == "refused" for one in told.placements)
    found = parked(stage)
    return [
        Check("messages parked by eligibility", len(refused) + spoilt, found["eligibility"]),
        Check("messages parked by pricing", spoilt + 1, found["pricing"]),
    ]


def _log_checks(stage: Stage) -> list[Check]:
    checks = []
    databases = (("eligibility", stage.eligibility.database), ("pricing", stage.desk.database))
    for service, database in databases:
        with database.reading() as connection:
            found = chain.verify(connection)
        detail = "" if found is None else f"position {found.position}: {found.reason}"
        checks.append(Check(f"breaks in the log of {service}", 0, int(bool(detail)), detail))
    return checks
