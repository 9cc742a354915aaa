"""The invented Kent-sized year costs what was published, and is varied."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from services.demo.kent_year import (
    PUBLISHED_SPEND,
    SEED,
    YEAR,
    YearRefused,
    check_year,
    figures,
    kent_year,
)
from services.pricing.fees import FeeBook
from shared.contracts.event import decode
from shared.contracts.placement import PlacementEnded
from shared.days import age_on, birthday
from shared.money import pounds
from tests.demo.pack import FEES, FRAMEWORK

FIRST, AFTER = date(2022, 4, 1), date(2023, 4, 1)


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_every_seed_makes_another_year_of_the_same_size(made, seed):
    other = kent_year(FRAMEWORK, FEES, seed)

    assert abs(other.difference) * 100 < PUBLISHED_SPEND
    assert {one.start.placement_id for one in other.placements}.isdisjoint(
        one.start.placement_id for one in made.placements
    )


def test_the_same_seed_makes_the_same_year_to_the_byte(made):
    assert kent_year(FRAMEWORK, FEES, SEED).samples() == made.samples()


def test_the_sums_by_service_line_and_purchaser_add_up_to_the_total(made):
    lines = figures(made)["lines"]

    assert sum(pounds(line["cost"]) for line in lines) == made.total
    assert sum(line["placements"] for line in lines) == len(made.placements)
    assert {(line["service_line"], line["purchaser"]) for line in lines} == {
        (line.id, purchaser) for line in FRAMEWORK.service_lines for purchaser in ("kent", "medway")
    }


def test_dearer_fees_make_fewer_placements_of_the_same_sum(made):
    dearer = FeeBook(
        (key, point._replace(weekly=pounds(f"{point.weekly * 2:.2f}")))
        for key, points in FEES.items()
        for point in points
    )

    fewer = kent_year(FRAMEWORK, dearer)

    assert abs(fewer.difference) * 100 < PUBLISHED_SPEND
    assert len(fewer.placements) * 4 < len(made.placements) * 3


def test_every_word_and_age_band_of_the_framework_is_there(starts):
    bands = {
        FRAMEWORK.age_bands.band_on(one.date_of_birth, max(FIRST, one.start_date)) for one in starts
    }

    assert bands == set(FRAMEWORK.age_bands.labels)
    assert {one.purchaser for one in starts} == set(FRAMEWORK.purchasers)
    assert {one.placement_type for one in starts} == set(FRAMEWORK.placement_types)
    assert {one.need_category for one in starts} == set(FRAMEWORK.need_categories)
    assert {one.duration for one in starts} == set(FRAMEWORK.durations)
    assert any(one.solo for one in starts)


def test_placements_run_already_start_and_end_in_the_year_and_last_days_or_years(made, starts):
    ends = {
        event.data.placement_id: event.data.end_date
        for event in map(decode, (one.body for one in made.samples()))
        if isinstance(event.data, PlacementEnded)
    }
    stays = [
        (ends[one.placement_id] - one.start_date).days for one in starts if one.placement_id in ends
    ]

    assert sum(one.start_date <= FIRST for one in starts) > 200
    assert sum(FIRST < one.start_date < AFTER for one in starts) > 100
    assert all(FIRST <= end < AFTER for end in ends.values())
    assert min(stays) < 14
    assert sum(one.placement_id not in ends for one in starts) > 200


def test_what_is_bought_under_the_agreement_starts_with_it_at_the_earliest(starts):
    before = [one for one in starts if one.start_date < FIRST]

    assert before
    assert {one.agreement for one in before} == {"spot"}
    assert all(one.agreed_weekly is not None for one in before)


def test_children_grow_into_the_next_band_and_some_come_of_age_in_the_year(starts):
    turned = Counter(
        age
        for one in starts
        for age in (5, 11, 16, 18)
        if max(FIRST, one.start_date) < birthday(one.date_of_birth, age) < AFTER
    )

    assert turned.keys() == {5, 11, 16, 18}
    assert all(age_on(one.date_of_birth, max(FIRST, one.start_date)) < 18 for one in starts)


def test_siblings_move_in_together_with_one_agency_and_are_counted_from_one(starts):
    groups = {}
    for one in starts:
        groups.setdefault(one.referral_id, []).append(one)
    siblings = [group for group in groups.values() if group[0].placement_type == "sibling_group"]

    assert {len(group) for group in siblings} >= {2, 3, 4}
    for group in siblings:
        assert [one.sibling_number for one in group] == list(range(1, len(group) + 1))
        assert len({(one.agency, one.start_date, one.purchaser) for one in group}) == 1


def test_another_year_is_refused_with_advice():
    check_year(YEAR.start.year)

    with pytest.raises(
        YearRefused, match=r"published for 2022/23 alone.*fosterframe sample --load"
    ):
        check_year(2023)


def test_a_framework_of_other_words_is_refused_with_advice():
    other = replace(FRAMEWORK, purchasers={"kent": "Kent County Council"})

    with pytest.raises(YearRefused, match=r"has no word medway.*FOSTERFRAME_FRAMEWORK"):
        kent_year(other, FEES)


def test_fees_that_lead_nowhere_near_the_sum_are_refused():
    cheap = FeeBook(
        (key, point._replace(weekly=pounds("0.01")))
        for key, points in FEES.items()
        for point in points
    )

    with pytest.raises(YearRefused, match=r"not to 20199057\.00"):
        kent_year(FRAMEWORK, cheap)
