"""What a review comes to: control totals, what it costs the budget, and how fees move."""

from datetime import date
from decimal import Decimal

from services.pricing.reviews.body import counted_told
from services.pricing.reviews.distribution import Distribution
from services.pricing.reviews.review import LivePlacements, ReviewLine, SpotLine
from services.pricing.reviews.totals import Counted, Seal
from shared.money import pounds
from tests.pricing.builders import FAMILY, OTHER_URN, key

APRIL_2026 = date(2026, 4, 1)


def line(before="900.00", after="945.00", because="", outcome="uplifted", live=(), **told):
    usual = key(told.pop("age_band", "5-10"))
    return ReviewLine(
        usual._replace(**told),
        pounds(before),
        pounds(after),
        because,
        sum(paid.placements for paid in live),
        outcome,
        None,
        tuple(live),
    )


def left(because="the fee begins later", **told):
    return line("900.00", "900.00", because, "excluded", **told)


def live(placements, before, after, service_line="looked_after"):
    return LivePlacements(service_line, placements, pounds(before), pounds(after))


def spot(before, after, outcome="uplifted", placement_id="S1"):
    return SpotLine(
        placement_id, FAMILY, "looked_after", pounds(before), pounds(after), "", outcome
    )


def counted(*lines, effective_from=APRIL_2026, spot_lines=()):
    found = Counted.of(effective_from)
    for one in lines:
        found.add(one)
    for one in spot_lines:
        found.add_spot(one)
    return found


def test_the_annual_effect_counts_365_days_of_each_live_placement():
    found = counted(line(live=[live(3, "2700.00", "2835.00")]))

    # 135.00 x 365 / 7 = 7039.285...
    assert found.total().paid.annual_effect == Decimal("7039.29")


def test_the_annual_effect_counts_366_days_of_a_leap_year():
    three = line(live=[live(3, "2700.00", "2835.00")])

    found = counted(three, effective_from=date(2027, 4, 1))

    # The financial year from April 2027 has a 29 February: 135.00 x 366 / 7 = 7058.571...
    assert found.total().paid.annual_effect == Decimal("7058.57")


def test_a_review_in_october_costs_182_days_of_its_financial_year():
    found = counted(line(live=[live(1, "900.00", "945.00")]), effective_from=date(2026, 10, 1))

    # October to March: 31 + 30 + 31 + 31 + 28 + 31 = 182; 45.00 x 182 / 7
    assert found.stretch.remaining_days == 182
    assert found.total().paid.remaining_effect == Decimal("1170.00")
    # 45.00 x 365 / 7 = 2346.428...
    assert found.total().paid.annual_effect == Decimal("2346.43")


def test_the_first_day_of_a_financial_year_has_all_of_it_before_it():
    found = counted(effective_from=APRIL_2026)

    assert (found.stretch.days, found.stretch.remaining_days) == (365, 365)


def test_the_last_day_of_a_financial_year_is_one_day():
    assert counted(effective_from=date(2027, 3, 31)).stretch.remaining_days == 1


def test_the_effect_is_of_what_is_paid_with_discounts_and_not_of_the_fee():
    # A sibling at 5 % less: 855.00 before, 897.75 after.
    found = counted(line(live=[live(1, "855.00", "897.75")]))

    # 42.75 x 365 / 7 = 2229.107...; of the fee itself it would be 2346.43
    assert found.total().paid.annual_effect == Decimal("2229.11")
    assert found.total().weekly_after - found.total().weekly_before == Decimal("45.00")


def test_control_totals_add_up_in_every_way_of_adding():
    found = counted(
        line(live=[live(2, "1800.00", "1890.00"), live(1, "900.00", "945.00", "asylum")]),
        line(purchaser="medway", live=[live(1, "900.00", "944.99")]),
        line(agency=OTHER_URN, placement_type="sibling_group"),
        left(live=[live(1, "900.00", "900.00")]),
        spot_lines=[spot("1200.00", "1260.00")],
    )

    for ways in (found.by_purchaser(), found.by_agency(), found.by_placement_type()):
        every = ways.values()
        assert sum(one.fees.get("uplifted", 0) for one in every) == 3
        assert sum(one.weekly_after for one in every) == found.total().weekly_after
        assert sum(one.paid.placements for one in every) == 6
        assert sum(one.paid.annual_effect for one in every) == found.total().paid.annual_effect
    for lines in (found.service_lines, found.by_service_line()):
        every = lines.values()
        assert sum(one.annual_effect for one in every) == found.total().paid.annual_effect
        assert sum(one.weekly_after for one in every) == found.total().paid.weekly_after
        assert sum(one.placements for one in every) == 6
    assert found.service_lines["kent", "asylum"].weekly_after == Decimal("945.00")


def test_many_agencies_are_each_counted_whole():
    agencies = [f"SC{number:06}" for number in range(1200)]
    each_twice = [line(agency=agency) for agency in [*agencies, *agencies]]

    found = counted(*each_twice)

    assert found.total().fees == {"uplifted": 2400}
    assert len(found.by_agency()) == 1200
    assert all(one.fees == {"uplifted": 2} for one in found.by_agency().values())
    assert found.total().weekly_after == 2400 * Decimal("945.00")


def test_a_fee_that_is_left_moves_no_sum_but_its_placements_are_paid():
    found = counted(left(live=[live(1, "900.00", "900.00")]))

    assert found.total().fees == {"excluded": 1}
    assert found.total().weekly_after == 0
    assert (found.total().paid.placements, found.total().paid.moved) == (1, 0)
    assert found.total().paid.annual_effect == 0


def test_a_fee_that_goes_back_costs_less():
    back = line("945.00", "900.00", "taken back", "restored", [live(1, "945.00", "900.00")])

    found = counted(back)

    assert found.total().fees == {"restored": 1}
    assert found.total().paid.annual_effect == Decimal("-2346.43")


def test_fees_and_placements_are_counted_by_how_much_they_move():
    told = Distribution()
    moves = {"900.00": 0, "900.01": 1, "910.00": 2, "910.01": 3, "899.99": 4, "880.00": 5}

    for after, placements in moves.items():
        told.add(pounds("900.00"), pounds(after), fees=1, placements=placements)

    assert [(f"{one.above}", f"{one.up_to}", one.placements) for one in told.by_pounds()] == [
        ("-10.00", "-20.00", 5),
        ("0.00", "-10.00", 4),
        ("0.00", "0.00", 0),
        ("0.00", "10.00", 3),
        ("10.00", "20.00", 3),
    ]
    # 1 in 900 is 0.11 %, 10 in 900 1.1 %, 20 in 900 2.2 %
    assert [(one.above, one.up_to, one.fees) for one in told.by_per_cent()] == [
        (-2, -3, 1),
        (0, -1, 1),
        (0, 0, 1),
        (0, 1, 1),
        (1, 2, 2),
    ]


def test_what_was_nothing_before_counts_as_not_moved_in_per_cent():
    told = Distribution()

    told.add(pounds("0.00"), pounds("0.00"), fees=1, placements=0)

    assert [(one.above, one.up_to) for one in told.by_per_cent()] == [(0, 0)]


def sealed(*lines, heading="heading", spot_lines=()):
    seal = Seal(heading)
    seal.add(lines)
    seal.add_spot(spot_lines)
    return seal.digest()


def test_the_digest_moves_with_anything_that_an_approver_read():
    moved = line(live=[live(1, "900.00", "945.00")])
    one_spot = spot("1200.00", "1260.00")
    others = [
        moved._replace(after=pounds("945.01")),
        moved._replace(because="left"),
        moved._replace(outcome="restored"),
        moved._replace(unrounded=Decimal("944.9999")),
        moved._replace(service_lines=(live(1, "900.00", "944.99"),)),
        moved._replace(service_lines=(live(1, "900.00", "945.00", "asylum"),)),
    ]

    digests = {sealed(one) for one in [moved, *others]}
    digests |= {
        sealed(moved, heading="another"),
        sealed(moved, spot_lines=[one_spot]),
        sealed(moved, spot_lines=[one_spot._replace(after=pounds("1260.01"))]),
        sealed(moved, spot_lines=[one_spot._replace(outcome="excluded")]),
    }

    assert len(digests) == len(others) + 5
    assert sealed(moved) == sealed(moved)


def test_the_digest_is_the_same_in_whatever_order_the_lines_of_a_portion_come():
    lines = [line(age_band=band) for band in ("0-4", "5-10", "11-15")]

    assert sealed(*lines) == sealed(*reversed(lines))


def test_totals_are_told_as_text_that_loses_no_penny():
    told = counted_told(counted(line(live=[live(1, "900.00", "945.00")])))

    assert told["total"]["weekly_after"] == "945.00"
    assert told["service_lines"] == [
        {
            "purchaser": "kent",
            "service_line": "looked_after",
            "placements": 1,
            "placements_moved": 1,
            "weekly_before": "900.00",
            "weekly_after": "945.00",
            "annual_effect": "2346.43",
            "remaining_effect": "2346.43",
        }
    ]
    assert told["distribution"]["per_cent"] == [
        {"above": "4", "up_to": "5", "fees": 1, "placements": 1}
    ]
