"""A fee that is recorded late moves what was worked out from it, in whatever order it comes."""

from datetime import date
from itertools import permutations

import pytest

from services.pricing.placements.standing import explained
from tests.pricing.builders import FAMILY, OTHER_URN, URN
from tests.pricing.pricing_service import APRIL_2026, TENDER, member, started, tendered
from tests.pricing.reviewed import ID, fee_of, points_of, told

APRIL_2025 = date(2025, 4, 1)
LETTER = tendered("910.00", "5-10", kind="correction", ref="letter-7")


def test_a_corrected_tender_moves_the_fee_of_a_review_that_is_applied(ready):
    ready.reviews()

    ready.imports(LETTER)

    # 910.00 x 1.038295004095 = 944.848... -> 944.85
    assert fee_of(ready, APRIL_2026) == "944.85"
    assert points_of(ready)[-1].cause.reference == ID
    assert explained(ready.desk, "P1", APRIL_2026).agrees
    assert [each for each in told(ready) if each[1] == APRIL_2026][-1][2] == "944.85"
    assert not ready.mismatches()


def test_a_tender_that_is_told_after_a_review_of_a_later_day_is_reviewed_by_it(ready):
    ready.reviews()

    ready.has_fees("1000.00", families=[FAMILY._replace(agency=OTHER_URN)])
    ready.hears(started("P2", agency=OTHER_URN))

    assert told(ready)[-1] == ("P2", APRIL_2026, "1038.30")
    assert not ready.mismatches()


def test_the_row_that_was_corrected_takes_the_correction_back(ready):
    ready.imports(LETTER)

    again = ready.imports(tendered("900.00", "5-10", ref=TENDER))

    assert (again.recorded, again.known) == (1, 0)
    assert fee_of(ready, APRIL_2026) == "900.00"
    assert not ready.mismatches()


def test_the_correction_holds_again_when_its_row_comes_again(ready):
    ready.imports(LETTER)
    ready.imports(tendered("900.00", "5-10", ref=TENDER))

    ready.imports(LETTER)

    assert fee_of(ready, APRIL_2026) == "910.00"


def test_what_holds_already_is_not_recorded_again(ready):
    ready.imports(LETTER)
    ready.reviews()

    again = ready.imports(LETTER)

    assert (again.recorded, again.known) == (0, 1)
    assert len(points_of(ready)) == 2


def _applies_2025(pricing):
    pricing.reviews(APRIL_2025)


def _applies_2026(pricing):
    pricing.reviews(APRIL_2026)


def _corrects(pricing):
    pricing.imports(LETTER)


def _leaves(pricing):
    pricing.hears(member(URN, date(2022, 4, 1), date(2025, 10, 1), event_id="left"))


ORDERS = list(permutations([_applies_2025, _applies_2026, _corrects, _leaves]))[::3]
"""Each of the four comes at each place."""


@pytest.mark.parametrize("order", ORDERS)
def test_reviews_a_correction_and_a_leaving_end_in_the_same_fees_in_any_order(pricing, order):
    pricing.has_fees()
    pricing.has_figures()
    pricing.hears(started(start_date=date(2025, 1, 6)))

    for step in order:
        step(pricing)

    # 910.00 x 1.022030769230 = 930.048 -> 930.05 from 2025; from October 2025 on it stays.
    fees = [fee_of(pricing, day) for day in (date(2025, 3, 31), APRIL_2025, APRIL_2026)]
    assert fees == ["910.00", "930.05", "930.05"]
    assert explained(pricing.desk, "P1", APRIL_2026).agrees
    assert not pricing.mismatches()
