"""The life of placements, as finance hears of it."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from services.pricing.placements.tick import tick
from services.pricing.store.tables import DELIVERY, PLACEMENT_EVENTS, PLACEMENTS
from shared.money import pounds
from tests.pricing.builders import FAMILY, OTHER_URN
from tests.pricing.pricing_service import amended, ended, started, tendered


def lines(events):
    return [
        (
            each.data.sequence,
            each.data.effective_from,
            f"{each.data.old_weekly}",
            f"{each.data.new_weekly}",
        )
        for each in events
    ]


def count_of(pricing, table):
    with pricing.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_finance_hears_of_a_placement_that_starts(priced):
    priced.hears(started())

    (told,) = priced.sent()

    assert lines([told]) == [(1, date(2026, 3, 2), "0.00", "900.00")]
    assert (told.data.purchaser, told.data.service_line) == ("kent", "looked_after")
    assert told.data.funding == "base_budget"
    assert told.sequence == "1"
    assert told.causation_id == "placement.started.v1-P1"


def test_a_placement_that_starts_and_ends_in_one_batch_is_told_in_order(priced):
    priced.hears(started(), ended(date(2026, 3, 9)))

    assert lines(priced.sent()) == [
        (1, date(2026, 3, 2), "0.00", "900.00"),
        (2, date(2026, 3, 9), "900.00", "0.00"),
    ]
    assert not priced.mismatches()


def test_a_start_told_twice_under_two_ids_is_one_placement(priced):
    priced.hears(started(), started(event_id="again"))
    priced.hears(started(event_id="and-again"))

    assert len(priced.sent()) == 1
    assert not priced.fates()


def test_a_start_told_again_and_otherwise_is_refused(priced):
    priced.hears(started())
    priced.hears(started(event_id="again", need_category="enhanced"))

    assert priced.fates() == ["the placement has started already, and otherwise than this says"]
    assert len(priced.sent()) == 1


def test_an_end_of_a_placement_never_started_is_tried_again_later(priced):
    priced.hears(ended(date(2026, 3, 9)))

    assert len(priced.retried()) == 1
    assert not priced.fates()


def test_an_end_before_the_start_is_tried_again_and_then_refused(priced):
    priced.hears(started(), ended(date(2026, 3, 1)))
    assert len(priced.retried()) == 1

    priced.hears_for_the_last_time(ended(date(2026, 3, 1)))

    assert priced.fates() == ["the placement cannot end before it starts (tried 4 times)"]
    assert len(priced.sent()) == 1


def test_a_placement_without_a_fee_waits_for_the_fee(pricing):
    pricing.hears(started())
    assert len(pricing.retried()) == 1

    pricing.has_fees()
    pricing.hears(started(event_id="tried-again"))

    assert lines(pricing.sent()) == [(1, date(2026, 3, 2), "0.00", "900.00")]


def test_a_child_of_eighteen_is_refused_without_the_date_of_birth(priced):
    priced.hears(started(date_of_birth=date(2008, 3, 2)))

    (reason,) = priced.fates()

    assert reason == "no age band counts from birthday 18 on"


@pytest.mark.parametrize("field", ["purchaser", "placement_type", "need_category"])
def test_a_word_that_the_framework_does_not_know_is_refused(priced, field):
    priced.hears(started(**{field: "unheard_of"}))

    assert priced.fates() == [f"the framework has no such {field.replace('_', ' ')}"]


def test_a_move_to_another_agency_is_told_for_both_accounts(priced):
    priced.has_fees("950.00", families=(FAMILY._replace(agency=OTHER_URN),))
    priced.hears(started())

    priced.hears(amended(agency=OTHER_URN, effective_from=date(2026, 4, 1)))

    assert lines(priced.sent())[1:] == [
        (2, date(2026, 4, 1), "900.00", "0.00"),
        (3, date(2026, 4, 1), "0.00", "950.00"),
    ]
    assert not priced.mismatches()


def test_a_framework_placement_has_no_agreed_fee(priced):
    priced.hears(started(agreed_weekly=pounds("1000.00")))

    assert priced.fates() == ["a framework placement has the framework's fee"]


def test_a_spot_placement_has_its_agreed_fee_without_any_in_the_book(pricing):
    spot = {"agreement": "spot", "agreed_weekly": pounds("1234.00")}

    pricing.hears(started(**spot), amended(agreed_weekly=pounds("1300.00"), event_id="more"))

    assert lines(pricing.sent()) == [
        (1, date(2026, 3, 2), "0.00", "1234.00"),
        (2, date(2026, 3, 2), "1234.00", "1300.00"),
    ]


@pytest.mark.parametrize("weekly", ["0.00", "-5.00"])
def test_an_agreed_fee_is_not_amended_to_nothing_or_below(pricing, weekly):
    spot = {"agreement": "spot", "agreed_weekly": pounds("1234.00")}

    pricing.hears(started(**spot), amended(agreed_weekly=pounds(weekly)))

    assert pricing.fates() == ["the agreed weekly fee is not above zero"]
    assert len(pricing.sent()) == 1


def test_finance_hears_of_a_birthday_four_weeks_before_it(priced):
    priced.imports(tendered("950.00", "11-15", valid_from=date(2025, 1, 1), ref="tender-2025"))
    priced.hears(started(date_of_birth=date(2015, 5, 4)))

    priced.on(date(2026, 4, 5))
    early = tick(priced.desk)
    priced.on(date(2026, 4, 6))
    due = tick(priced.desk)
    again = tick(priced.desk)

    assert [each.price_changes for each in (early, due, again)] == [0, 1, 0]
    told = priced.sent()[-1]
    assert lines([told]) == [(2, date(2026, 5, 4), "900.00", "950.00")]
    assert [(each.cause, each.reference) for each in told.data.causes] == [("birthday", "11-15")]
    assert not told.data.arrears


def test_a_birthday_without_a_fee_leaves_what_finance_knows_and_is_named(pricing):
    pricing.imports(tendered("900.00", "5-10"))
    pricing.hears(started(date_of_birth=date(2015, 5, 4)))

    pricing.on(date(2026, 4, 20))

    assert tick(pricing.desk).unpriced == ["P1"]
    assert len(pricing.sent()) == 1


def test_a_backdated_correction_of_a_fee_pays_arrears(priced):
    priced.hears(started())
    priced.on(date(2026, 3, 16))

    imported = priced.imports(
        tendered("910.00", "5-10", valid_from=date(2026, 3, 9), kind="correction", ref="letter-7")
    )

    told = priced.sent()[-1].data
    assert (imported.recorded, imported.repriced.price_changes) == (1, 1)
    assert [(each.cause, each.reference) for each in told.causes] == [("correction", "letter-7")]
    assert told.arrears_total == Decimal("10.00")
    assert not priced.mismatches()


def test_a_correction_from_before_the_placement_is_told_by_its_letter(priced):
    priced.hears(started())

    priced.imports(
        tendered("910.00", "5-10", valid_from=date(2022, 4, 1), kind="correction", ref="letter-7")
    )

    told = priced.sent()[-1].data
    assert told.new_weekly == Decimal("910.00")
    assert ("correction", "letter-7") in [(each.cause, each.reference) for each in told.causes]
    assert not priced.mismatches()


def test_the_same_pack_imported_again_changes_nothing(priced):
    priced.hears(started())

    imported = priced.has_fees()

    assert (imported.recorded, imported.known) == (0, 4)
    assert len(priced.sent()) == 1


def test_a_corrected_date_of_birth_moves_money_back_and_forth_in_one_way(priced):
    priced.imports(tendered("950.00", "11-15", valid_from=date(2025, 1, 1), ref="tender-2025"))
    priced.hears(started(date_of_birth=date(2015, 3, 2)))
    priced.on(date(2026, 3, 16))

    priced.hears(amended(date_of_birth=date(2016, 3, 2)))

    told = priced.sent()[-1].data
    assert lines(priced.sent())[-1] == (2, date(2026, 3, 2), "950.00", "900.00")
    # -50.00 x 14 / 7
    assert told.arrears_total == Decimal("-100.00")
    assert [each.cause for each in told.causes] == ["started", "amended"]


def test_everything_told_is_in_the_log_and_every_event_is_kept(priced):
    priced.hears(started(), ended(date(2026, 3, 9)))

    assert count_of(priced, DELIVERY.log) == 2
    assert count_of(priced, PLACEMENT_EVENTS) == 2
    assert count_of(priced, PLACEMENTS) == 1


def test_a_bad_message_in_a_batch_fails_alone(priced):
    priced.hears(
        started("P1"),
        started("P2", purchaser="unheard_of"),
        started("P3"),
        ended(date(2026, 1, 1), "P3"),
        ended(date(2026, 5, 1), "P3", event_id="right"),
    )

    assert [each.data.placement_id for each in priced.sent()] == ["P1", "P3", "P3"]
    assert len(priced.fates()) == 1
    assert len(priced.retried()) == 1
    assert not priced.mismatches()
