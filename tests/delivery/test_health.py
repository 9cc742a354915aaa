"""When a service is ready, and the reasons why it is not."""

from datetime import UTC, datetime, timedelta

from shared.health import OLDEST_OUTBOX, Health

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_a_service_is_not_ready_before_its_parts_were_reached():
    health = Health("broker", "database")

    health.well("broker")

    assert health.readiness(NOW).reasons == ("database has not been reached yet",)


def test_a_service_is_ready_when_its_parts_are_well():
    health = Health("broker")

    health.well("broker")

    assert health.readiness(NOW).is_ready


def test_a_part_in_trouble_is_a_reason_until_it_is_well_again():
    health = Health()
    health.trouble("broker", "RabbitMQ refused the password")
    reasons = health.readiness(NOW).reasons

    health.well("broker")

    assert reasons == ("RabbitMQ refused the password",)
    assert health.readiness(NOW).is_ready


def test_an_outbox_that_waits_longer_than_five_minutes_is_a_reason():
    health = Health()
    health.outbox(3, NOW)

    in_time = health.readiness(NOW + OLDEST_OUTBOX)
    too_late = health.readiness(NOW + OLDEST_OUTBOX + timedelta(seconds=1))

    assert in_time.is_ready
    assert too_late.reasons == ("messages have been waiting for 5 minutes to be published",)
    assert (too_late.outbox_count, too_late.outbox_age_seconds) == (3, 301)


def test_the_last_batch_is_told():
    health = Health()

    health.batch(NOW, 200)

    told = health.readiness(NOW)
    assert (told.last_batch_at, told.last_batch_size) == (NOW, 200)
