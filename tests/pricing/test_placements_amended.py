"""What finance hears when something about a placement is otherwise than was told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.pricing.handlers.table import handlers
from services.pricing.placement import Amended
from services.pricing.placements.tick import tick
from services.pricing.store.old_placements import OLD_ROWS
from services.pricing.store.placements import known_placements
from shared.contracts.provider import Membership, ProviderUpdated
from shared.errors import MayYetSucceed
from shared.money import pounds
from shared.persistence.old_rows import Horizon
from tests.pricing.builders import FAMILY, OTHER_URN, URN, framework
from tests.pricing.pricing_service import MORNING, amended, ended, event, started

SPOT = {"agreement": "spot", "agreed_weekly": pounds("1234.00")}


def told(pricing):
    """Return (first day, old, new) of everything that finance was told."""
    return [
        (each.data.effective_from, f"{each.data.old_weekly}", f"{each.data.new_weekly}")
        for each in pricing.sent()
    ]


def causes(one):
    return [(each.cause, each.reference) for each in one.data.causes]


def membership(first, left):
    period = Membership(fact="membership", valid_from=first, valid_to=left)
    return event("provider.updated.v1", URN, ProviderUpdated(agency=URN, facts=(period,)))


def test_every_field_of_a_start_is_kept_and_priced(priced):
    priced.hears(started(solo=True, sibling_number=2, duration="long_term"))

    (one,) = priced.sent()

    # 900.00 x 0.95 + 75.00
    assert one.data.new_weekly == Decimal("930.00")
    assert causes(one) == [("started", "P1"), ("discount", "sibling"), ("supplement", "solo")]
    with priced.database.reading() as connection:
        (kept,) = known_placements(connection, ["P1"], hold=False)["P1"].events
    assert (kept.solo, kept.sibling_number, kept.duration) == (True, 2, "long_term")


def test_every_field_of_an_amendment_is_kept(priced):
    amendment = {
        "start_date": date(2026, 3, 1),
        "date_of_birth": date(2017, 6, 11),
        "duration": "long_term",
        "solo": True,
        "sibling_number": 3,
        "disability": True,
        "uasc": False,
        "agreement": "spot",
        "agreed_weekly": pounds("1000.00"),
    }

    priced.hears(started(), amended(**amendment))

    with priced.database.reading() as connection:
        events = known_placements(connection, ["P1"], hold=False)["P1"].events
    (kept,) = (each for each in events if isinstance(each, Amended))
    read = {name: getattr(kept, name) for name in amendment if name != "start_date"}
    assert {**read, "start_date": kept.start} == amendment


def test_a_corrected_start_is_told_with_its_arrears(priced):
    priced.on(date(2026, 3, 16))
    priced.hears(started())

    priced.hears(amended(start_date=date(2026, 2, 23)))

    assert told(priced)[-1] == (date(2026, 2, 23), "0.00", "900.00")
    # 900.00 x 7 / 7
    assert priced.sent()[-1].data.arrears_total == Decimal("900.00")
    assert not priced.mismatches()


def test_an_end_that_is_taken_back_is_told_as_going_on(priced):
    priced.hears(started(), ended(date(2026, 3, 9)))

    priced.hears(ended(None, event_id="not-after-all", hour=12))

    assert told(priced)[-1] == (date(2026, 3, 9), "0.00", "900.00")
    assert causes(priced.sent()[-1]) == [("continued", "P1")]
    assert not priced.mismatches()


def test_a_placement_whose_end_was_taken_back_is_not_purged(priced):
    later = MORNING + timedelta(days=400)
    placements, _ = OLD_ROWS
    priced.hears(started("P1"), ended(date(2026, 3, 9), "P1"))
    priced.hears(started("P2"), ended(date(2026, 3, 9), "P2"))
    priced.hears(ended(None, "P2", event_id="not-after-all", hour=12))

    with priced.database.reading() as connection:
        old = placements.count(connection, Horizon(later, later.date(), later))

    assert old["placements"] == 1


def test_another_budget_line_is_told_for_both_lines(priced):
    priced.hears(started())

    priced.hears(amended(uasc=True, effective_from=date(2026, 3, 9)))

    lines = [(each.data.service_line, f"{each.data.new_weekly}") for each in priced.sent()[1:]]
    assert lines == [("looked_after", "0.00"), ("asylum", "900.00")]


def test_a_spot_placement_comes_over_to_the_framework(priced):
    priced.hears(started(**SPOT))

    priced.hears(amended(agreement="framework", effective_from=date(2026, 4, 1)))

    assert told(priced) == [
        (date(2026, 3, 2), "0.00", "1234.00"),
        (date(2026, 4, 1), "1234.00", "900.00"),
    ]
    # From now on its fees are the framework's: a correction reaches it.
    assert not priced.mismatches()


def test_a_spot_placement_may_have_started_before_the_agreement(priced):
    priced.hears(started(start_date=date(2021, 3, 31), **SPOT))

    assert told(priced) == [(date(2021, 3, 31), "0.00", "1234.00")]


def test_a_placement_with_an_agency_that_has_left_waits_and_says_why(priced):
    priced.hears(membership(date(2022, 4, 1), date(2026, 3, 2)))
    start = handlers(framework())["placement.started.v1"]

    with (
        pytest.raises(MayYetSucceed, match="left the framework on 2026-03-02") as waits,
        priced.desk.work("test") as work,
    ):
        start(work, started())

    assert "spot fee" in waits.value.advice
    assert not priced.sent()


def test_an_agency_that_leaves_keeps_its_placements(priced):
    priced.hears(started())

    priced.hears(membership(date(2022, 4, 1), date(2026, 4, 1)))

    assert len(priced.sent()) == 1
    assert not priced.mismatches()


def test_a_long_stay_is_told_four_weeks_before_it_counts(priced):
    start = date(2024, 4, 10)
    priced.on(date(2026, 3, 2))
    priced.hears(started(start_date=start, duration="long_term"))
    assert told(priced) == [(start, "0.00", "900.00")]

    priced.on(date(2026, 3, 13))
    assert tick(priced.desk).price_changes == 1

    # 900.00 x 0.97
    assert told(priced)[-1] == (date(2026, 4, 10), "900.00", "873.00")
    assert causes(priced.sent()[-1]) == [("discount", "long_stay")]
    assert tick(priced.desk).price_changes == 0


def test_a_start_told_again_in_the_words_of_before_is_known(priced):
    priced.hears(started(), started(event_id="again", sibling_number=1))

    assert len(priced.sent()) == 1
    assert not priced.fates()


def test_a_move_to_another_agency_ends_what_was_due_there(priced):
    priced.has_fees("950.00", families=(FAMILY._replace(agency=OTHER_URN),))
    priced.hears(started(start_date=date(2024, 2, 5), duration="long_term"))
    # 900.00 x 0.97 since 5 February 2026
    assert told(priced)[-1] == (date(2026, 2, 5), "0.00", "873.00")

    priced.hears(amended(agency=OTHER_URN, effective_from=date(2026, 4, 1)))

    assert told(priced)[-2:] == [
        (date(2026, 4, 1), "873.00", "0.00"),
        (date(2026, 4, 1), "0.00", "950.00"),
    ]


def test_a_need_that_was_told_taken_back_and_told_again_is_kept_once(priced):
    enhanced = FAMILY._replace(need_category="enhanced")
    priced.has_fees("1100.00", families=(enhanced,))

    priced.hears(
        started(),
        *(
            amended(need_category=need, event_id=f"{number}-{need}")
            for number, need in enumerate(["enhanced", "standard", "enhanced"])
        ),
    )

    assert not priced.fates()
    assert told(priced)[-1] == (date(2026, 3, 2), "900.00", "1100.00")
    assert not priced.mismatches()
