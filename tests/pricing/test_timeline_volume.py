"""What a count of an agency's placements makes of their fees."""

from datetime import date

from shared.framework.adjustments import ForVolume
from tests.pricing.builders import (
    OTHER_URN,
    URN,
    adjustment,
    amount,
    causes_of,
    counted,
    flat_book,
    framework_with,
    placement,
    timeline_of,
    weeks_of,
)

TIER = adjustment("volume_20", ForVolume(20, 40), amount("1.5"))
HIGHER = adjustment("volume_40", ForVolume(40), amount("2.5"))
START = date(2024, 5, 1)


def told(one, fees):
    """Return (first day, weekly, causes) of each segment, for a person to read."""
    segments = timeline_of(one, fees, under=framework_with(TIER, HIGHER))
    weeks, causes = weeks_of(segments), causes_of(segments)
    return [(*week, cause) for week, cause in zip(weeks, causes, strict=True)]


def test_a_count_of_20_placements_makes_each_of_them_cheaper_from_its_day():
    fees = flat_book()
    fees.count_volume(URN, counted(19, date(2024, 4, 1)))
    fees.count_volume(URN, counted(20, date(2025, 4, 1), number=2))

    # 900.00 x 0.985
    assert told(placement(), fees)[1:] == [(date(2025, 4, 1), "886.50", [("volume", "volume_20")])]


def test_a_count_moves_from_tier_to_tier_and_out_again():
    fees = flat_book()
    for number, (year, placements) in enumerate([(2024, 39), (2025, 40), (2026, 3)], start=1):
        fees.count_volume(URN, counted(placements, date(year, 4, 1), number=number))

    assert told(placement(), fees) == [
        (START, "886.50", [("started", "P1"), ("volume", "volume_20")]),
        # 900.00 x 0.975
        (date(2025, 4, 1), "877.50", [("volume", "volume_20"), ("volume", "volume_40")]),
        (date(2026, 4, 1), "900.00", [("volume", "volume_40")]),
    ]


def test_a_count_that_stays_in_its_tier_changes_nothing():
    fees = flat_book()
    for number, (year, placements) in enumerate([(2024, 25), (2025, 31)], start=1):
        fees.count_volume(URN, counted(placements, date(year, 4, 1), number=number))

    assert len(told(placement(), fees)) == 1


def test_a_count_corrected_for_the_same_day_counts_as_told_last():
    fees = flat_book()
    fees.count_volume(URN, counted(25, date(2024, 4, 1), number=1))
    fees.count_volume(URN, counted(18, date(2024, 4, 1), number=2))

    assert told(placement(), fees)[0][1] == "900.00"


def test_a_count_of_another_agency_is_no_matter():
    fees = flat_book()
    fees.count_volume(OTHER_URN, counted(50, date(2024, 4, 1)))

    assert told(placement(), fees)[0][1] == "900.00"
