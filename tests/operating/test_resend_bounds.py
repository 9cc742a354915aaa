"""What cannot be told again is counted; what can is told a portion at a time."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from services.eligibility.store.tables import concerns, decisions
from services.operating.resend.resending import AT_A_TIME, MOST_WAITING, NobodyPublishes
from services.operating.resend.told import READ_AT_A_TIME, Told, Wanted, told_by_the_log
from services.pricing.store.review_tables import REVIEW_STEPS
from services.pricing.store.reviews import TOLD
from services.pricing.store.tables import PRICE_CHANGES, SHORTLISTS
from shared.messaging.message import Outgoing
from shared.messaging.work import work_on
from shared.persistence.tables import DELIVERY
from tests.eligibility.running import referral
from tests.operating.resending import (
    BEGINNING,
    END,
    WHY,
    by_type,
    count,
    kept_of,
    published,
    quietly,
    resend_of,
    told_again,
    waiting,
)
from tests.operating.test_purge import purge_of
from tests.pricing.builders import OTHER_URN
from tests.pricing.pricing_service import started

ACTS = DELIVERY.acts
APPLIED_STEP = REVIEW_STEPS.c.step == "applied"


def test_what_was_purged_is_counted_and_not_told(busy):
    counted = by_type(kept_of(published(busy)))
    purge_of(busy, "eligibility", "5y").run("J. Okafor", quietly)
    busy.take(referral("R-young"))
    young = kept_of(published(busy))

    tally = resend_of(busy).run("J. Okafor", WHY, quietly)

    assert published(busy) == young
    assert {(type_, str(why)): n for (type_, why), n in tally.lost.items()} == {
        ("eligibility.decided.v1", "purged"): len(counted["eligibility.decided.v1"]),
        ("provider.concern.v1", "purged"): len(counted["provider.concern.v1"]),
    }


def test_of_placements_and_shortlists_too_what_was_purged_is_counted(priced):
    first = by_type(published(priced))
    purge_of(priced, "pricing", "5y").run("J. Okafor", quietly)

    tally = resend_of(priced, until=END.replace(year=2039)).run("J. Okafor", WHY, quietly)
    left = by_type(published(priced))

    purged = {type_: n for (type_, why), n in tally.lost.items() if str(why) == "purged"}
    assert purged["shortlist.priced.v1"] == 2
    assert "shortlist.priced.v1" not in left
    told = len(left["price.changed.v1"])
    assert purged["price.changed.v1"] + told == len(first["price.changed.v1"])
    assert left["price.changed.v1"] == [
        one for one in first["price.changed.v1"] if json.loads(one.body)["subject"] == "P-other"
    ]
    # What it counts is gone, and what was told is still what was told.
    assert left["review.applied.v1"] == first["review.applied.v1"]


def test_what_an_older_version_decided_is_counted_and_not_told_otherwise(busy):
    first = kept_of(published(busy))
    forget_what_stood_around(busy, decisions, concerns)

    tally = resend_of(busy).run("J. Okafor", WHY, quietly)

    assert waiting(busy) == []
    assert {str(why) for _, why in tally.lost} == {"told by an older version"}
    assert sum(tally.lost.values()) == len(first)


def test_what_an_older_version_told_finance_is_counted_and_not_told_otherwise(priced):
    published(priced)
    forget_what_stood_around(priced, PRICE_CHANGES)
    with priced.database.transaction() as connection:
        applied = REVIEW_STEPS.c.step == "applied"
        connection.execute(update(REVIEW_STEPS).where(applied).values(body="{}"))

    tally = resend_of(priced, to="finance").run("J. Okafor", WHY, quietly)

    assert waiting(priced) == []
    assert {str(why) for _, why in tally.lost} == {"told by an older version"}
    assert sum(tally.lost.values()) == count(priced, PRICE_CHANGES) + 1


def forget_what_stood_around(service, *tables):
    with service.database.transaction() as connection:
        for table in tables:
            connection.execute(update(table).values(correlation_id=None, traceparent=None))


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (decisions, {"register_version": "0" * 64}),
        (decisions, {"referral": "{"}),
        (decisions, {"referral": "[]"}),
        (concerns, {"told": "{}"}),
    ],
)
def test_what_was_altered_since_is_not_told(busy, table, values):
    first = by_type(kept_of(published(busy)))
    with busy.database.transaction() as connection:
        connection.execute(update(table).values(**values))

    tally = resend_of(busy).run("J. Okafor", WHY, quietly)

    altered = {type_: n for (type_, why), n in tally.lost.items() if str(why) == "altered"}
    assert sum(altered.values()) == sum(len(first[type_]) for type_ in altered) > 0
    assert by_type(published(busy)) == {
        type_: some for type_, some in first.items() if type_ not in altered
    }


def test_a_price_change_that_was_altered_since_is_not_told(priced):
    published(priced)
    of = PRICE_CHANGES.c
    one = (of.placement_id == "P-moved") & (of.sequence == 1)
    with priced.database.transaction() as connection:
        connection.execute(update(PRICE_CHANGES).where(one).values(agency=OTHER_URN))

    again = told_again(priced, subject="P-moved")

    assert [json.loads(each.body)["sequence"] for each in again][:1] == ["2"]


@pytest.mark.parametrize(
    ("altering", "type_"),
    [
        (update(SHORTLISTS).values(told=b"no shortlist"), "shortlist.priced.v1"),
        (update(PRICE_CHANGES).values(causes="started"), "price.changed.v1"),
        (
            update(REVIEW_STEPS).where(APPLIED_STEP).values(body=json.dumps({TOLD: 5})),
            "review.applied.v1",
        ),
    ],
)
def test_what_cannot_be_read_any_more_does_not_stop_the_rest(priced, altering, type_):
    first = by_type(published(priced))
    with priced.database.transaction() as connection:
        connection.execute(altering)

    tally = resend_of(priced).run("J. Okafor", WHY, quietly)

    altered = {kind: n for (kind, why), n in tally.lost.items() if str(why) == "altered"}
    assert altered == {type_: len(first.pop(type_))}
    assert by_type(published(priced)) == first


def test_a_cause_whose_reference_looks_like_a_day_is_told_again_as_it_was(pricing):
    pricing.has_figures()
    pricing.on(date(2026, 5, 4))
    pricing.reviews(review_id="2026-04-01")
    pricing.hears(started("P-later", start_date=date(2026, 4, 1)))
    first = published(pricing)

    again = told_again(pricing)

    told = [one.body for one in first if b"P-later" in one.body]
    assert b'"reference":"2026-04-01"' in told[0]
    assert [one.body for one in again if b"P-later" in one.body] == told


# Bounded.


class Countless:
    """A type of which very many messages were told; it knows how many were asked for."""

    type = "eligibility.decided.v1"

    def __init__(self, count, at):
        self.count, self.at, self.read = count, at, 0

    def told(self, _database, _wanted):
        for number in range(self.count):
            self.read += 1
            message = Outgoing("fosterframe", self.type, b"{}", f"M{number}", self.type)
            yield Told(self.type, self.at, self.type, message)


def test_no_more_is_read_than_what_is_put_next_and_the_outbox_stays_short(busy):
    published(busy)
    many = Countless(20 * AT_A_TIME + 7, busy.clock.now())
    ahead, depths, told = [], [], []

    def hears(done):
        ahead.append(many.read - done)
        depths.append(count(busy, DELIVERY.outbox))
        if depths[-1] > MOST_WAITING - 2 * AT_A_TIME:
            told.extend(published(busy))

    replace(resend_of(busy), kept=[many]).run("J. Okafor", WHY, hears)
    told.extend(published(busy))

    assert [one.message_id for one in told] == [f"M{number}" for number in range(many.count)]
    assert max(ahead) <= 1
    assert max(depths) <= MOST_WAITING


def test_the_log_is_read_some_entries_at_a_time_and_each_once(busy):
    with work_on(busy.database, busy.clock, "eligibility", cause_id="test") as work:
        for number in range(2 * READ_AT_A_TIME + 3):
            work.record("tested", f"S{number}", b"")
    seen = []

    def look(_connection, entries, _purges):
        seen.append([entry.subject for entry in entries])
        return ()

    list(told_by_the_log(busy.database, "tested", Wanted(BEGINNING, END), None, look))

    assert [len(some) for some in seen] == [READ_AT_A_TIME, READ_AT_A_TIME, 3]
    assert [one for some in seen for one in some] == [
        f"S{number}" for number in range(2 * READ_AT_A_TIME + 3)
    ]


def test_a_long_outbox_is_waited_for_and_then_said_to_be_nobodys(busy):
    first = published(busy)
    rows = [
        {
            "message_id": f"M{number}",
            "exchange": "fosterframe",
            "routing_key": "eligibility.decided.v1",
            "type": "eligibility.decided.v1",
            "correlation_id": "",
            "headers": "{}",
            "body": b"{}",
            "created_at": busy.clock.now(),
        }
        for number in range(MOST_WAITING)
    ]
    with busy.database.transaction() as connection:
        connection.execute(DELIVERY.outbox.insert(), rows)

    with pytest.raises(NobodyPublishes, match="Start its worker"):
        resend_of(busy, patience_seconds=0.5).run("J. Okafor", WHY, quietly)

    assert first
    assert count(busy, DELIVERY.outbox) == MOST_WAITING
