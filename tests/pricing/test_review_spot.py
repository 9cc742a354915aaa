"""What a review does about fees that were agreed for one placement."""

from datetime import date
from decimal import Decimal

from services.pricing.store.review_lines import spot_lines_of
from shared.money import pounds
from tests.pricing.builders import FAMILY
from tests.pricing.pricing_service import APRIL_2026, started
from tests.pricing.reviewed import ID, told
from tests.pricing.ruling import terms_file, yaml_of

MID_YEAR = date(2026, 10, 1)
PARENTS = FAMILY._replace(placement_type="parent_and_child")


def spot(placement_id="S1", weekly="1234.00", **told_of):
    return started(placement_id, agreement="spot", agreed_weekly=pounds(weekly), **told_of)


def test_spot_fees_rise_where_the_terms_do_not_leave_them(ready, tmp_path):
    ready.hears(spot())
    ready.terms = terms_file(tmp_path, yaml_of(rate="3", first_uplift_after_months="0"))
    ready.on(date(2026, 4, 15))

    applied = ready.reviews()

    # 1234.00 x 1.03 = 1271.02; 37.02 x 14 / 7 = 74.04; and 27.00 x 14 / 7 = 54.00
    assert ("S1", APRIL_2026, "1271.02") in told(ready)
    assert applied.arrears_total == Decimal("128.04")
    assert (applied.price_changes, applied.placements_changed) == (2, 2)
    with ready.database.reading() as connection:
        (line,) = spot_lines_of(connection, ID)
    assert (line.placement_id, f"{line.before}", f"{line.after}") == ("S1", "1234.00", "1271.02")
    assert not ready.mismatches()


def test_a_spot_placement_that_is_told_of_after_the_review_has_the_uplifted_fee(ready, tmp_path):
    ready.terms = terms_file(tmp_path, yaml_of(rate="3"))
    ready.reviews()

    ready.hears(spot())

    assert told(ready)[-1] == ("S1", APRIL_2026, "1271.02")
    assert not ready.mismatches()


def test_a_spot_placement_that_starts_between_preview_and_application_is_not_missed(
    ready, tmp_path
):
    ready.hears(spot("S5"))
    ready.terms = terms_file(tmp_path, yaml_of(rate="3"))
    review = ready.previews(ready.drafts().id)
    ready.hears(spot("S1"), spot("S9"))
    ready.approves(review)

    ready.applies(ID)

    assert {each for each in told(ready) if each[2] == "1271.02"} == {
        ("S1", APRIL_2026, "1271.02"),
        ("S5", APRIL_2026, "1271.02"),
        ("S9", APRIL_2026, "1271.02"),
    }
    assert not ready.mismatches()


def test_spot_fees_that_the_terms_leave_are_listed_with_the_reason(ready):
    ready.hears(spot())

    ready.reviews()

    with ready.database.reading() as connection:
        (line,) = spot_lines_of(connection, ID)
    assert (line.outcome, line.because) == (
        "excluded",
        "a spot placement keeps the fee agreed for it",
    )
    assert not [each for each in told(ready) if each[0] == "S1"][1:]


def test_a_reversal_puts_spot_fees_back(ready, tmp_path):
    ready.hears(spot())
    ready.terms = terms_file(tmp_path, yaml_of(rate="3"))
    ready.reviews()

    ready.reviews(award="reversal", reverses=ID)

    assert [each for each in told(ready) if each[0] == "S1"][-1] == ("S1", APRIL_2026, "1234.00")
    with ready.database.reading() as connection:
        (line,) = spot_lines_of(connection, "kent-medway-2026-04-01-reversal")
    assert (line.outcome, f"{line.before}", f"{line.after}") == ("restored", "1271.02", "1234.00")
    assert not ready.mismatches()
