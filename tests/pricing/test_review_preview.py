"""What a preview lists, and what it keeps for whoever approves it."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.fees import FeeFamily
from services.pricing.reviews.preview import kept_digest
from services.pricing.reviews.withdrawal import withdraw
from services.pricing.store.review_lines import lines_of, spot_lines_of
from services.pricing.store.review_reading import applied_before
from services.pricing.store.reviews import PREVIEWED, ReviewRefused
from shared.money import pounds
from tests.pricing.builders import FAMILY, OTHER_URN
from tests.pricing.pricing_service import APRIL_2026, amended, ended, started, tendered

MEDWAY = FAMILY._replace(purchaser="medway")
JOINER = FAMILY._replace(agency=OTHER_URN)
APRIL_2025 = date(2025, 4, 1)
SPOT = {
    "agreement": "spot",
    "agreed_weekly": pounds("1200.00"),
    "start_date": date(2024, 9, 2),
}


def previewed(pricing, **told):
    return pricing.previews(pricing.drafts(**told).id)


def body_of(review):
    return review.last(PREVIEWED).body


def lines(pricing, review):
    with pricing.database.reading() as connection:
        return list(lines_of(connection, review.id))


def spot_lines(pricing, review):
    with pricing.database.reading() as connection:
        return list(spot_lines_of(connection, review.id))


def test_every_fee_key_is_listed_exactly_once(ready):
    ready.has_fees(families=(MEDWAY,))
    ready.has_fees(families=(JOINER,), valid_from=date(2025, 6, 1))

    found = lines(ready, previewed(ready))

    assert len({line.key for line in found}) == len(found) == 12
    assert {line.outcome for line in found} == {"uplifted", "excluded"}
    assert all(line.because for line in found if line.outcome == "excluded")


def test_every_live_spot_placement_is_listed_exactly_once(ready):
    for placement_id in ("S1", "S2"):
        ready.hears(started(placement_id, **SPOT, uasc=True))
    ready.hears(ended(date(2026, 3, 20), "S2"))

    review = previewed(ready)

    (line,) = spot_lines(ready, review)
    assert (line.placement_id, line.outcome, line.service_line) == ("S1", "excluded", "asylum")
    assert line.because == "a spot placement keeps the fee agreed for it"
    assert body_of(review)["spot"] == {
        "placements_uplifted": 0,
        "placements_excluded": 1,
        "placements_restored": 0,
    }
    assert body_of(review)["by_service_line"]["asylum"]["weekly_after"] == "1200.00"


def test_a_sibling_costs_the_budget_what_is_really_paid(ready):
    ready.hears(started("P2", sibling_number=2))

    body = body_of(previewed(ready))

    # The second child has a sibling discount in the sample's pack; both pay before and after.
    (told,) = body["service_lines"]
    discount = sibling_per_cent(ready)
    before = Decimal("900.00") + Decimal("900.00") * (100 - discount) / 100
    assert told["placements"] == 2
    assert Decimal(told["weekly_before"]) == before
    assert Decimal(told["weekly_after"]) < 2 * Decimal("934.47")


def sibling_per_cent(pricing):
    sibling = next(each for each in pricing.desk.framework.adjustments if each.id == "sibling")
    return sibling.amount_on(APRIL_2026).percent


def test_the_rest_of_the_year_is_counted_to_31_march(ready):
    body = body_of(previewed(ready))

    # 34.47 x 365 / 7: a review of 1 April has the whole year before it.
    assert (body["days"], body["remaining_days"]) == (365, 365)
    assert body["total"]["annual_effect"] == body["total"]["remaining_effect"] == "1797.36"


def test_totals_are_told_by_purchaser_service_line_agency_and_placement_type(ready):
    ready.has_fees("1000.00", families=(MEDWAY,))
    ready.hears(started("P2", **MEDWAY._asdict(), uasc=True))

    body = body_of(previewed(ready))

    assert list(body["by_purchaser"]) == ["kent", "medway"]
    assert list(body["by_agency"]) == [FAMILY.agency]
    assert list(body["by_placement_type"]) == ["core"]
    assert [(one["purchaser"], one["service_line"]) for one in body["service_lines"]] == [
        ("kent", "looked_after"),
        ("medway", "asylum"),
    ]
    assert Decimal(body["total"]["annual_effect"]) == sum(
        Decimal(one["annual_effect"]) for one in body["service_lines"]
    )


def test_it_is_compared_with_the_last_review_of_an_earlier_day(ready):
    ready.reviews(APRIL_2025)

    body = body_of(previewed(ready))

    before = body["compared_with"]
    assert before["review_id"] == "kent-medway-2025-04-01-final"
    assert (before["effective_from"], before["fees_uplifted"]) == ("2025-04-01", 4)
    assert Decimal(before["uplift"]) < Decimal(str(ready.drafts(review_id="x").uplift.rate))


def test_the_first_review_has_none_to_be_compared_with(ready):
    assert body_of(previewed(ready))["compared_with"] is None


def test_a_review_that_was_taken_back_is_no_comparison(ready):
    ready.reviews(APRIL_2025)
    ready.reviews(APRIL_2025, award="reversal", reverses="kent-medway-2025-04-01-final")

    with ready.database.reading() as connection:
        assert applied_before(connection, APRIL_2026) == []


def test_a_reversal_puts_every_fee_back_and_gives_the_budget_back_what_it_cost(ready):
    ready.reviews()

    review = previewed(ready, award="reversal", reverses="kent-medway-2026-04-01-final")

    found = lines(ready, review)
    assert {line.outcome for line in found} == {"restored"}
    assert {(f"{line.before}", f"{line.after}") for line in found} == {("934.47", "900.00")}
    assert body_of(review)["total"]["annual_effect"] == "-1797.36"
    assert body_of(review)["supersedes"] == "kent-medway-2026-04-01-final"


def test_what_is_kept_is_what_was_sealed(ready):
    ready.hears(started("S1", **SPOT))

    review = previewed(ready)

    with ready.database.reading() as connection:
        assert kept_digest(connection, review) == body_of(review)["digest"]


def test_the_same_preview_done_again_has_the_same_digest_but_for_its_fees(ready):
    first = previewed(ready)

    again = ready.previews(first.id)

    assert body_of(again)["digest"] == body_of(first)["digest"]


def test_a_placement_that_moves_to_another_agency_before_the_day_is_counted_there(ready):
    ready.has_fees(families=(JOINER,))
    ready.hears(amended(effective_from=date(2026, 3, 20), agency=OTHER_URN))

    body = body_of(previewed(ready))

    assert body["by_agency"][OTHER_URN]["placements"] == 1
    assert body["by_agency"][FAMILY.agency]["placements"] == 0


def test_a_birthday_on_the_day_itself_counts_for_the_older_band(ready):
    ready.imports(
        tendered("1000.00", "11-15", kind="correction", ref="letter-1", valid_from=date(2025, 1, 1))
    )
    ready.hears(started("P2", date_of_birth=date(2015, 4, 1)))

    found = {line.key.age_band: line for line in lines(ready, previewed(ready))}

    assert found["11-15"].placements == 1
    assert found["11-15"].service_lines[0].weekly_before == Decimal("1000.00")


def test_who_turns_18_on_the_day_is_in_no_budget(ready):
    ready.hears(started("P2", date_of_birth=date(2008, 4, 1)))

    assert body_of(previewed(ready))["total"]["placements_live"] == 1


def test_many_portions_are_listed_once_each(ready):
    families = [FeeFamily(f"SC{number:06}", "kent", "core", "standard") for number in range(1, 401)]
    ready.has_fees(families=families)

    review = previewed(ready)

    found = lines(ready, review)
    assert len({line.key for line in found}) == len(found) == 1604
    assert body_of(review)["total"]["fees_uplifted"] == 1604


def test_a_withdrawn_review_is_not_previewed(ready):
    review = ready.drafts()
    withdraw(ready.desk, review.id, actor="a.analyst", because="agreed anew")

    with pytest.raises(ReviewRefused, match="is withdrawn"):
        ready.previews(review.id)
