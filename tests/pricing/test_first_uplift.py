"""A price first moves so many months after its tender, whether it was corrected since or not."""

from datetime import date

import pytest

from tests.pricing.pricing_service import APRIL_2026, tendered
from tests.pricing.reviewed import ID, fee_of, lines_by_type, told

JUNE_2025 = date(2025, 6, 1)
WAITS = "the price was fixed on 2025-06-01, so it first moves from 2026-06-01"


@pytest.fixture
def anew(ready):
    """Return a service whose fees were all tendered anew in June 2025."""
    ready.has_fees("900.00", valid_from=JUNE_2025)
    return ready


def correct(pricing, weekly, kind="correction", ref="letter-7"):
    """Correct the tendered fee from the very day on which it begins."""
    pricing.imports(tendered(weekly, "5-10", valid_from=JUNE_2025, kind=kind, ref=ref))


def why_left(pricing, review_id=ID):
    return lines_by_type(pricing, review_id)["core"].because


def test_a_tender_that_was_corrected_from_its_first_day_waits_as_before(anew):
    correct(anew, "910.00")

    applied = anew.reviews()

    assert (applied.fees_uplifted, applied.fees_excluded) == (0, 4)
    assert why_left(anew) == WAITS
    assert fee_of(anew, APRIL_2026) == "910.00"


def test_a_correction_after_the_review_brings_no_uplift_that_had_to_wait(anew):
    anew.on(date(2026, 5, 1))
    anew.reviews()

    correct(anew, "910.00")

    assert fee_of(anew, APRIL_2026) == "910.00"
    assert told(anew)[-1] == ("P1", date(2026, 3, 2), "910.00")
    assert not anew.mismatches()


def test_a_correction_that_is_taken_back_leaves_the_waiting_time_as_it_was(anew):
    correct(anew, "910.00")
    correct(anew, "900.00", kind="tender", ref="tender-2025")

    anew.reviews()

    assert why_left(anew) == WAITS


def test_a_correction_alone_makes_no_price_wait(ready):
    correct(ready, "910.00")

    ready.reviews()

    # 910.00 x 1.038295004095 = 944.848...
    assert fee_of(ready, APRIL_2026) == "944.85"
