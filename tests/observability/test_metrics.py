"""What the services count: a fixed catalogue, figures that move with real messages, no child."""

import json
from pathlib import Path

import pytest

from services.demo.parties import publish
from services.metrics_catalogue import CATALOGUE, document
from shared.contracts.catalogue import ELIGIBILITY_DECIDED, REFERRAL_RECEIVED
from shared.messaging.message import EXCHANGE, Outgoing

ROOT = Path(__file__).parents[2]
GOLDEN = {
    "fosterframe_batch_duration_seconds": (),
    "fosterframe_batch_messages": (),
    "fosterframe_broker_blocked": (),
    "fosterframe_build_info": ("version", "python"),
    "fosterframe_event_to_outcome_seconds": ("type",),
    "fosterframe_fee_families": (),
    "fosterframe_framework_pack_info": ("framework", "digest"),
    "fosterframe_handler_duration_seconds": ("type",),
    "fosterframe_http_request_duration_seconds": ("route",),
    "fosterframe_http_requests_total": ("method", "route", "status"),
    "fosterframe_last_batch_timestamp_seconds": (),
    "fosterframe_memory_limit_bytes": (),
    "fosterframe_messages_total": ("type", "fate"),
    "fosterframe_oldest_event_age_seconds": ("queue",),
    "fosterframe_outbox_messages": (),
    "fosterframe_outbox_oldest_age_seconds": (),
    "fosterframe_parked_messages": (),
    "fosterframe_part_losses_total": ("part",),
    "fosterframe_part_up": ("part",),
    "fosterframe_published_messages_total": (),
    "fosterframe_queue_messages_ready": ("queue",),
    "fosterframe_ready": (),
    "fosterframe_referral_to_shortlist_seconds": ("emergency",),
    "fosterframe_refused_messages_total": (),
    "fosterframe_register_agencies": (),
    "fosterframe_relay_publisher": (),
    "fosterframe_review_lines": ("state",),
    "fosterframe_review_running_seconds": (),
    "fosterframe_review_stalled_seconds": (),
    "fosterframe_reviews": ("state",),
    "fosterframe_rulebook_info": ("name", "version"),
}
"""Dashboards and alerts of others hang on these: one that is taken away breaks them."""

UNSEEN_HERE = {
    "fosterframe_memory_limit_bytes",  # only where a limit is set
    "fosterframe_http_requests_total",  # an API's
    "fosterframe_http_request_duration_seconds",  # an API's
}
PLANTED = "Q-child-of-nobody-2015"


def test_the_catalogue_is_what_others_rely_on():
    assert {name: metric.labels for name, metric in CATALOGUE.items()} == GOLDEN


def test_the_catalogue_is_documented_as_it_is():
    page = ROOT / "deploy/observability/METRICS.md"

    assert page.read_text() == document(), f"python -m services.metrics_catalogue {page}"


@pytest.mark.parametrize("metric", CATALOGUE.values(), ids=CATALOGUE)
def test_a_metric_is_named_as_prometheus_has_it_and_says_what_it_is(metric):
    assert metric.name.startswith("fosterframe_")
    assert metric.said.endswith(".")
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    if "duration" in metric.name or "age" in metric.name.split("_"):
        assert metric.name.endswith("_seconds")


def malformed(number=0):
    """Return a referral that can never be handled, and says more than it should."""
    body = {"specversion": "1.0", "id": f"bad-{number}", "type": REFERRAL_RECEIVED, PLANTED: 1}
    return Outgoing(
        EXCHANGE, REFERRAL_RECEIVED, json.dumps(body).encode(), f"bad-{number}", PLANTED
    )


@pytest.mark.rabbitmq
def test_every_figure_moves_when_messages_are_handled_and_none_tells_of_a_child(watched, referrals):
    watched.start()
    watched.publish(referrals)
    watched.publish(referrals[:5])
    publish(watched.stage.broker, [malformed()])
    eligibility, pricing = watched.probes["eligibility"], watched.probes["pricing"]

    watched.until(lambda: eligibility.value("fosterframe_parked_messages") == 1)
    watched.until(
        lambda: pricing.total("fosterframe_referral_to_shortlist_seconds_count") == len(referrals)
    )
    watched.until(lambda: pricing.value("fosterframe_published_messages_total") == len(referrals))
    watched.until(lambda: eligibility.value("fosterframe_outbox_messages") == 0)
    # The decisions, and the rejection of what was malformed with its parked copy.
    told = len(referrals) + 2
    watched.until(lambda: eligibility.value("fosterframe_published_messages_total") == told)

    by_type = {"type": REFERRAL_RECEIVED}
    counted = "fosterframe_messages_total"
    assert eligibility.value(counted, fate="handled", **by_type) == len(referrals)
    assert eligibility.value(counted, fate="duplicate", **by_type) == 5
    assert eligibility.total(counted, fate="parked") == 1
    decided = {"type": ELIGIBILITY_DECIDED}
    assert pricing.value("fosterframe_event_to_outcome_seconds_count", **decided) == len(referrals)
    assert pricing.value("fosterframe_handler_duration_seconds_sum", **decided) > 0
    assert pricing.value("fosterframe_batch_messages_sum") == len(referrals)
    assert eligibility.value("fosterframe_register_agencies") > 40
    assert pricing.value("fosterframe_fee_families") > 40
    told = {family.name for probes in watched.probes.values() for family in probes.families()}
    told |= {f"{name}_total" for name in told}
    assert GOLDEN.keys() - told <= UNSEEN_HERE | {"fosterframe_oldest_event_age_seconds"}
    for probes in watched.probes.values():
        assert not [word for word in private_words(referrals) if word in probes.text()]


def private_words(referrals):
    """Return what nobody but the services may know: the children, and the ids."""
    words = [PLANTED]
    for one in referrals:
        document = json.loads(one.body)
        words += [one.message_id, document["subject"]]
        for child in document["data"]["children"]:
            words += [child["child_ref"], child["date_of_birth"]]
    return words


@pytest.mark.rabbitmq
def test_what_waits_for_another_try_is_counted_and_seen_in_its_queue(watched, referrals):
    eligibility = watched.probes["eligibility"]
    with watched.stage.eligibility.database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM register_facts")
    watched.start()

    watched.publish(referrals[:3])

    watched.until(lambda: eligibility.total("fosterframe_messages_total", fate="waiting") >= 3)
    status, told = eligibility.readiness()
    assert status == 200
    [notice] = told["notices"]
    assert notice.startswith("the register holds no agency")
    assert notice.endswith("fosterframe register import --as YOUR_NAME")
    assert eligibility.value("fosterframe_register_agencies") == 0


@pytest.mark.rabbitmq
def test_a_broker_that_goes_away_is_seen_and_counted_as_lost(watched, rabbitmq):
    watched.start()
    eligibility = watched.probes["eligibility"]

    rabbitmq.stop()
    watched.until(lambda: eligibility.value("fosterframe_part_up", part="broker") == 0)
    lost = eligibility.readiness()
    rabbitmq.start()

    watched.until(eligibility.is_ready)
    assert lost[0] == 503
    assert any("RabbitMQ" in reason for reason in lost[1]["reasons"])
    # A broker that has just started may be lost once more.
    assert eligibility.value("fosterframe_part_losses_total", part="broker") >= 1
    assert eligibility.value("fosterframe_part_up", part="database") == 1
    assert eligibility.ask("/healthz")[0] == 200
