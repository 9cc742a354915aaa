"""What is counted after a crash: each referral decided once, everything told, nothing lost."""

import hashlib
import json

from sqlalchemy import func, select

from services.eligibility.store.tables import decisions
from shared.contracts.catalogue import ELIGIBILITY_DECIDED, SHORTLIST_PRICED
from shared.contracts.event import decode, event_id
from shared.persistence import chain
from shared.persistence.tables import DELIVERY

DECISIONS = "case-management.decisions"
SHORTLISTS = "case-management.shortlists"
PRICE_CHANGES = "finance.price-changes"


def decision_ids(referrals):
    """Return the id that the decision on each referral must have, whoever works it out."""
    return {
        event_id(one.message_id, ELIGIBILITY_DECIDED, one.data.referral_id): one.data.referral_id
        for one in referrals
    }


def assert_all_is_accounted_for(scene, referrals):
    """Each referral was decided, logged, told and priced, once in effect, and nothing is left."""
    assert_decided_once_each(scene, referrals)
    assert_logged_once_each(scene, referrals)
    assert_every_decision_was_told(scene, referrals)
    assert_every_shortlist_was_told(scene, referrals)
    assert_nothing_is_left(scene)


def assert_decided_once_each(scene, referrals):
    """The table of decisions has one row for each referral, and for nothing else."""
    with scene.stage.eligibility.database.reading() as connection:
        rows = connection.execute(select(decisions.c.decision_id, decisions.c.referral_id)).all()

    assert len(rows) == len(referrals)
    assert dict(rows) == decision_ids(referrals)


def assert_every_decision_was_told(scene, referrals):
    """Case management hears each decision, in the words whose digest is kept; copies are alike."""
    bodies = _told_alike(scene.take(DECISIONS))
    with scene.stage.eligibility.database.reading() as connection:
        kept = dict(
            connection.execute(select(decisions.c.decision_id, decisions.c.body_digest)).all()
        )

    assert bodies.keys() == decision_ids(referrals).keys()
    told = {id_: hashlib.sha256(_data_of(body)).hexdigest() for id_, body in bodies.items()}
    assert told == kept


def assert_every_shortlist_was_told(scene, referrals):
    """Case management hears a shortlist for each decision, under the id that follows from it."""
    bodies = _told_alike(scene.take(SHORTLISTS))

    expected = {
        event_id(decision_id, SHORTLIST_PRICED, referral_id): decision_id
        for decision_id, referral_id in decision_ids(referrals).items()
    }
    told = {id_: json.loads(body)["data"]["decision_id"] for id_, body in bodies.items()}
    assert told == expected
    return [decode(body).data for body in bodies.values()]


def assert_nothing_is_left(scene):
    """Every queue is empty, also those where messages wait or are parked, and both logs hold."""
    assert scene.left_in_queues() == {}
    for database in scene.databases:
        with database.reading() as connection:
            assert chain.verify(connection) is None


def assert_logged_once_each(scene, referrals):
    """The log has one entry for each decision."""
    with scene.stage.eligibility.database.reading() as connection:
        entries = select(func.count()).where(DELIVERY.log.c.kind == "decision")
        assert connection.scalar(entries) == len(referrals)


def price_changes_in_order(scene):
    """Return what finance heard, copies left out, having seen that each came in its turn."""
    deliveries = scene.take(PRICE_CHANGES)
    _told_alike(deliveries)
    events = list({one.message_id: decode(one.body) for one in deliveries}.values())
    last = {}
    for event in events:
        placement_id = event.data.placement_id
        assert event.data.sequence == last.get(placement_id, 0) + 1
        assert event.sequence == str(event.data.sequence)
        last[placement_id] = event.data.sequence
    return events


def _told_alike(deliveries):
    """Return each body by its id, having seen that copies are the same to the byte."""
    bodies = {}
    for one in deliveries:
        assert bodies.setdefault(one.message_id, one.body) == one.body
    return bodies


def _data_of(body):
    """Return the data as it stands in a body, to the byte: it is the last member."""
    return body.partition(b',"data":')[2].removesuffix(b"}")
