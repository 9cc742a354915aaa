"""How discounts, supplements and agreed fees came about, worked out again."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.fees import FeeBook
from services.pricing.reviews.spot import SpotReview
from shared.framework.adjustments import ForLongStay, ForSibling, ForSolo, ForVolume
from shared.money import pounds
from tests.pricing.builders import (
    URN,
    adjustment,
    amended,
    amount,
    book,
    counted,
    cpi,
    framework_with,
    placement,
    point,
    terms,
)
from tests.pricing.explaining import awards_of, explained, rule_of


@pytest.mark.parametrize(
    ("due", "how", "said"),
    [
        (
            ForSibling(2),
            {"sibling_number": 3},
            "5 % off, child 3 of a sibling group in one home, from child 2 on.",
        ),
        (
            ForLongStay(12, None),
            {},
            "5 % off, with the agency since 2024-05-01, after 12 months.",
        ),
        (ForSolo(), {"solo": True}, "5 % off, no other child is in the home."),
    ],
)
def test_a_discount_is_worked_out_with_what_it_is_due_for(due, how, said):
    under = framework_with(adjustment("discount", due))

    told = explained(one=placement(**how), under=under)

    assert (told.weekly, told.agrees) == (Decimal("907.30"), True)
    assert told.chain[0].sentences == (
        f"The discount (discount): {said}",
        # 955.05 x 0.95 = 907.2975
        "955.05 x (100 - 5) / 100 = 907.2975, rounded half up to 907.30.",
    )
    assert len(told.chain) == 4


def test_a_volume_discount_names_the_count_and_who_counted():
    under = framework_with(adjustment("volume", ForVolume(10, 20)))
    fees = book(point("900.00"))
    fees.count_volume(URN, counted(14, date(2026, 4, 1), number=7))

    told = explained(fees=fees, under=under, counted_by=lambda count: f"counter {count.number}")

    assert told.chain[0].sentences[0] == (
        "The volume (volume): 5 % off, 14 placements on 2026-04-01 (for 10 to 19), counting from "
        "2026-04-01 on, counted by counter 7."
    )
    assert told.weekly == Decimal("855.00")


def test_per_cents_add_up_and_pounds_come_after():
    under = framework_with(
        adjustment("sibling", ForSibling(2)),
        adjustment("solo", ForSolo(), amount("£40.00"), kind="supplement"),
    )

    told = explained(one=placement(sibling_number=2, solo=True), under=under)

    # 955.05 x 0.95 + 40.00 = 947.2975
    assert told.chain[0].sentences[-1] == (
        "955.05 x (100 - 5) / 100 + 40.00 = 947.2975, rounded half up to 947.30."
    )
    assert (told.weekly, told.agrees) == (Decimal("947.30"), True)


# Spot fees.


def spot(*events):
    return placement(*events, agreement="spot", agreed_weekly=pounds("1234.00"))


def spot_fees(*rules):
    fees = FeeBook()
    fees.put_spot_awards([SpotReview(rule, rule.effective_from) for rule in rules])
    return fees


def test_a_spot_fee_is_explained_by_its_agreement():
    told = explained(one=spot(), fees=FeeBook())

    assert told.chain[0].sentences == (
        "Agreed for this placement from 2024-05-01: 1234.00 a week.",
    )


def test_a_spot_fee_that_reviews_have_lifted_is_worked_out_from_its_agreement():
    rules = [rule_of("R2025"), rule_of("R2026")]

    told = explained(one=spot(), fees=spot_fees(*rules), awarded=awards_of(*rules))

    # 1234.00 x 1.022031 = 1261.19, x 1.038295004095 = 1309.49
    assert [f"{link.weekly}" for link in told.chain] == ["1309.49", "1261.19", "1234.00"]
    assert told.agrees
    assert told.chain[0].sentences[-1].startswith("1261.19 x (1 + 3.8295004095 / 100) = 1309.48")


def test_a_spot_fee_that_the_terms_leave_says_why():
    young = rule_of("R2025", terms(cpi(), first_uplift_after_months=12))

    told = explained(one=spot(), fees=spot_fees(young), awarded=awards_of(young))

    assert told.chain[0].sentences[-1] == (
        "It stays at 1234.00 a week: the price was fixed on 2024-05-01, so it first moves from "
        "2025-05-01."
    )
    assert told.agrees


def test_a_spot_fee_that_was_agreed_anew_is_explained_from_there():
    rules = [rule_of("R2025"), rule_of("R2026")]
    one = spot(amended(date(2025, 9, 1), agreed_weekly=pounds("1300.00")))

    told = explained(one=one, fees=spot_fees(*rules), awarded=awards_of(*rules))

    # 1300.00 x 1.038295004095 = 1349.78
    assert [f"{link.weekly}" for link in told.chain] == ["1349.78", "1300.00"]
    assert told.agrees
