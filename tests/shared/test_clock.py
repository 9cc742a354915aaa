"""A clock can be set, so that a day can be replayed."""

from datetime import UTC, date, datetime, timedelta

from shared.clock import SetClock, SystemClock


def test_a_set_clock_stands_still_until_it_is_moved():
    clock = SetClock(datetime(2026, 3, 31, 22, 30, tzinfo=UTC))

    before = (clock.now(), clock.today())
    clock.advance(timedelta(hours=1))

    assert before == (datetime(2026, 3, 31, 22, 30, tzinfo=UTC), date(2026, 3, 31))
    assert clock.today() == date(2026, 4, 1)  # summer time: half past midnight in London


def test_a_set_clock_can_be_put_back():
    clock = SetClock(datetime(2026, 4, 1, tzinfo=UTC))

    clock.set(datetime(2025, 4, 1, tzinfo=UTC))

    assert clock.now() == datetime(2025, 4, 1, tzinfo=UTC)


def test_the_systems_clock_tells_its_offset_and_goes_on():
    clock = SystemClock()

    first, second = clock.now(), clock.now()

    assert first.utcoffset() == timedelta(0)
    assert first <= second
    assert abs((clock.today() - first.date()).days) <= 1
