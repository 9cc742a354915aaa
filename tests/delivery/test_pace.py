"""How large a batch may be."""

from shared.messaging.pace import FEWEST, LONGEST_BATCH_SECONDS, Pace


def test_a_batch_is_as_large_as_it_may_be_while_it_is_handled_in_time():
    pace = Pace(200)

    pace.took(200, LONGEST_BATCH_SECONDS / 3)

    assert pace.limit == 200


def test_a_slow_machine_takes_only_as_many_as_it_handles_in_time():
    pace = Pace(200)

    pace.took(200, 2 * LONGEST_BATCH_SECONDS)

    assert pace.limit == 100


def test_a_batch_grows_again_step_by_step():
    pace = Pace(200)
    pace.took(200, 4 * LONGEST_BATCH_SECONDS)

    sizes = []
    for _ in range(4):
        pace.took(pace.limit, LONGEST_BATCH_SECONDS / 100)
        sizes.append(pace.limit)

    assert sizes == [100, 200, 200, 200]


def test_a_full_batch_tells_its_time_though_heavy_work_was_in_it():
    pace = Pace(200)

    pace.took(199, 2 * LONGEST_BATCH_SECONDS, beside=1)

    assert pace.limit == 99


def test_a_batch_of_nothing_but_heavy_work_tells_nothing():
    pace = Pace(200)

    pace.took(0, 2 * LONGEST_BATCH_SECONDS, beside=200)

    assert pace.limit == 200


def test_a_batch_is_not_cut_below_what_a_commit_is_worth():
    pace = Pace(200)

    pace.took(200, 1000 * LONGEST_BATCH_SECONDS)

    assert pace.limit == FEWEST


def test_a_batch_that_was_not_full_says_nothing_of_a_full_one():
    pace = Pace(200)

    pace.took(3, 10 * LONGEST_BATCH_SECONDS)

    assert pace.limit == 200


def test_a_limit_below_the_fewest_is_kept():
    pace = Pace(5)

    pace.took(5, 10 * LONGEST_BATCH_SECONDS)

    assert pace.limit == 5
