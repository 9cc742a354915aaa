"""What a service has told is told again: the same messages, in order, and nothing is done twice."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.operating.resend.resending import AT_A_TIME
from services.operating.resend.way import NoSuchWay, way
from services.pricing.store.tables import SHORTLISTS
from shared.messaging.topology import topology
from shared.persistence.tables import DELIVERY
from tests.eligibility.builders import PACK
from tests.eligibility.impact_events import started
from tests.operating.commands import Operator
from tests.operating.resending import (
    TRACE,
    WHY,
    by_type,
    count,
    in_a_trace,
    kept_of,
    published,
    quietly,
    resend_of,
    told_again,
    waiting,
)
from tests.operating.test_audit import audited
from tests.pricing.builders import OTHER_URN, URN
from tests.pricing.test_shortlists import decided, judged

ACTS = DELIVERY.acts


def test_decisions_and_concerns_are_told_again_in_order_and_byte_for_byte(busy):
    first = by_type(kept_of(published(busy)))

    again = by_type(told_again(busy))

    assert again == first
    assert set(first) == {"eligibility.decided.v1", "provider.concern.v1"}
    told = [json.loads(one.body) for one in first["eligibility.decided.v1"]]
    words = {one["data"]["occasion"]["word"] for one in told}
    assert words == {"received", "amended", "register_changed"}
    correlated = {one.correlation_id for one in first["eligibility.decided.v1"]}
    assert {"CASE-7", "R3"} <= correlated
    assert {one.correlation_id for one in first["provider.concern.v1"]} >= {"CASE-8"}
    assert {one.headers.get("traceparent") for one in first["eligibility.decided.v1"]} == {
        TRACE,
        None,
    }
    urgent = [one for one in again["eligibility.decided.v1"] if "R-urgent" in str(one.body)]
    assert {one.routing_key for one in urgent} == {"eligibility.decided.v1.emergency"}


def test_a_concern_about_a_child_heard_of_later_is_told_again_byte_for_byte(busy):
    published(busy)
    busy.take(in_a_trace(started("P-late"), "CASE-9"))
    [first] = published(busy)

    again = by_type(told_again(busy))["provider.concern.v1"]

    assert first.correlation_id == "CASE-9"
    assert b"P-late" in first.body
    assert [each for each in again if each.message_id == first.message_id] == [first]


def test_price_changes_reviews_and_shortlists_are_told_again_byte_for_byte(priced):
    first = by_type(kept_of(published(priced)))

    again = by_type(told_again(priced))

    assert again == first
    assert {type_: len(some) for type_, some in first.items()} == {
        "price.changed.v1": len(first["price.changed.v1"]),
        "review.applied.v1": 1,
        "shortlist.priced.v1": 2,
    }
    changes = [json.loads(one.body) for one in first["price.changed.v1"]]
    causes = {cause["cause"] for one in changes for cause in one["data"]["causes"]}
    assert {"started", "amended", "ended", "review"} <= causes
    assert {one["data"]["review_id"] is None for one in changes} == {True, False}
    assert {one["data"]["decision_reference"] for one in changes} == {None, "26/00001"}
    assert any(one["data"]["arrears"] for one in changes)
    assert {one["correlationid"] for one in changes} >= {"CASE-9", "P-other"}
    assert {one.get("traceparent") for one in changes} == {TRACE, None}
    assert {one.routing_key for one in first["shortlist.priced.v1"]} == {
        "shortlist.priced.v1",
        "shortlist.priced.v1.emergency",
    }


def test_what_finance_is_told_again_comes_in_sequence_and_the_review_after_its_changes(priced):
    published(priced)

    again = told_again(priced, to="finance")

    sequences = {}
    for one in again:
        document = json.loads(one.body)
        if one.type == "price.changed.v1":
            sequences.setdefault(document["subject"], []).append(int(document["sequence"]))
    assert all(each == list(range(1, len(each) + 1)) for each in sequences.values())
    applied = [one.type for one in again].index("review.applied.v1")
    of_review = [
        place for place, one in enumerate(again) if json.loads(one.body)["data"].get("review_id")
    ]
    assert max(place for place in of_review if place != applied) < applied


def test_only_what_was_asked_for_is_told_again(priced):
    first = published(priced)
    at = [json.loads(one.body)["time"] for one in first]

    about = told_again(priced, subject="P-moved")
    of_type = told_again(priced, types=["review.applied.v1"])
    early = told_again(priced, until=priced.clock.now() - timedelta(days=30))
    late = told_again(priced, since=priced.clock.now())

    assert about == [one for one in first if json.loads(one.body)["subject"] == "P-moved"]
    assert [one.type for one in of_type] == ["review.applied.v1"]
    assert len(early) == sum(each < "2026-04" for each in at) > 0
    assert len(late) == sum(each >= "2026-05-04" for each in at) > 0


def test_a_party_that_has_lost_its_queue_is_told_alone(busy):
    published(busy)

    to_pricing = told_again(busy, to="pricing")
    to_case_management = told_again(busy, to="case-management")
    to_one_queue = told_again(busy, to="pricing.emergencies")

    assert {(one.exchange, one.routing_key) for one in to_pricing} == {
        ("", "pricing.decisions"),
        ("", "pricing.emergencies"),
    }
    assert {(one.exchange, one.routing_key) for one in to_case_management} == {
        ("", "case-management.decisions")
    }
    assert {json.loads(one.body)["subject"] for one in to_one_queue} == {"R-urgent"}


def test_finance_alone_is_told_of_what_it_pays(priced):
    published(priced)

    to_finance = told_again(priced, to="finance")
    to_one_queue = told_again(priced, to="finance.price-changes")

    assert {(one.exchange, one.routing_key) for one in to_finance} == {
        ("", "finance.price-changes"),
        ("", "finance.reviews"),
    }
    assert {one.type for one in to_one_queue} == {"price.changed.v1"}


@pytest.mark.parametrize(
    ("service", "to"),
    [
        ("eligibility", "finance"),
        ("pricing", "commissioning.concerns"),
        ("pricing", "finance.rejections"),
        ("pricing", "pricing.dead"),
        ("eligibility", "nobody"),
    ],
)
def test_who_reads_nothing_of_it_is_named_and_so_are_those_who_do(service, to):
    with pytest.raises(NoSuchWay, match=rf"goes to '{to}'.*case-management\."):
        way(service, to)


def test_every_queue_that_reads_what_is_kept_can_be_told_alone():
    told = {"eligibility.decided", "provider.concern", "shortlist.priced", "price.changed"}
    for binding in topology().bindings:
        if any(binding.routing_key.startswith(type_) for type_ in told):
            services = [
                service
                for service in ("eligibility", "pricing")
                if binding in way(service, None).bindings
            ]
            (service,) = services
            assert way(service, binding.queue).queue_of(binding.routing_key) == binding.queue


def test_who_is_told_again_is_only_counted_until_somebody_says_yes(priced):
    first = kept_of(published(priced))
    logged = count(priced, DELIVERY.log)

    tally = resend_of(priced).count()

    assert tally.count == len(first)
    assert not tally.lost
    assert waiting(priced) == []
    assert (count(priced, DELIVERY.log), count(priced, ACTS)) == (logged, 0)


def test_the_log_says_who_told_it_again_and_why_and_still_verifies(priced):
    published(priced)

    tally = resend_of(priced, to="finance").run("J. Okafor", WHY, quietly)

    with priced.database.reading() as connection:
        begun, done = connection.execute(select(ACTS).order_by(ACTS.c.number)).all()
    assert (begun.kind, done.kind) == ("resend.begun", "resend.done")
    told = json.loads(done.told)
    assert (told["by"], told["because"], told["to"]) == ("J. Okafor", WHY, "finance")
    assert told["sent"] == {type_: span.count for type_, span in tally.spans.items()}
    found = audited(priced)
    assert found.broken is None
    assert found.seen.compared["resend.done"] == 1


def test_pricing_does_nothing_a_second_time_that_it_is_told_again(priced):
    earlier = [*published(priced)]
    urgent = decided(judged(URN, 1), judged(OTHER_URN, 2, "refer"), emergency=True)
    told = replace(urgent, id="D-urgent", correlation_id="CASE-7", traceparent=TRACE)

    priced.hears(told)

    assert earlier
    assert waiting(priced) == []
    assert count(priced, SHORTLISTS) == 2


def test_what_was_cut_off_and_is_given_again_tells_everything_with_nothing_else_in_it(busy):
    first = kept_of(published(busy))

    def cut_off(_done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resend_of(busy).run("J. Okafor", WHY, cut_off)
    half = published(busy)
    whole = told_again(busy)

    assert 0 < len(half) == min(AT_A_TIME, len(first))
    assert by_type(whole) == by_type(first)
    assert all(one in first for one in half)
    kinds = [row.kind for row in busy.kept(ACTS)]
    assert kinds == ["resend.begun", "resend.begun", "resend.done"]
    assert audited(busy).broken is None


# At the terminal.


def test_an_operator_sees_first_what_would_be_told_again(busy, url):
    decided = by_type(kept_of(published(busy)))["eligibility.decided.v1"]
    operator = Operator(eligibility_database_url=url, framework=PACK)
    resend = ("resend", "eligibility", "--since", "2026-03-01", "--as", "J. Okafor")
    resend = (*resend, "--because", WHY)

    forgotten = operator.runs(*resend)
    tried = operator.runs(*resend, "--to", "case-management")
    unsent = waiting(busy)
    done = operator.runs(*resend, "--to", "commissioning", "--yes", "--json").told
    odd = operator.runs("resend", "eligibility", "--since", "yesterday", *resend[4:])
    unknown = operator.runs(*resend, "--to", "commissioning", "--type", "price.changed.v1")
    nobody = operator.runs(*resend[:-1], "")

    assert "may be purged from what pricing knows to have handled" in forgotten.err
    assert f"{len(decided)} messages of eligibility would be told again to" in tried.out
    assert "Rejections are not kept, nor is what is parked" in tried.out
    assert "Add --yes to do it." in tried.out
    assert unsent == []
    (concern,) = done["types"]
    assert (concern["type"], done["done"]) == ("provider.concern.v1", True)
    assert {one.routing_key for one in waiting(busy)} == {"commissioning.concerns"}
    assert (odd.status, unknown.status, nobody.status) == (1, 1, 1)
    assert "is no instant. Write a day" in odd.err
    assert "it keeps: provider.concern.v1" in unknown.err
    assert "--because says why" in nobody.err
    for marker in ("2014-01-05", "C1"):
        assert marker not in operator.everything_said
