"""Figures are added, never overwritten, and what contradicts them is refused or explained."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pricing.figures.index_table_csv import read_index_file
from services.pricing.figures.judged import FiguresRefused, judged_values
from services.pricing.figures.wages_csv import read_wages
from services.pricing.indices import IndexBook, IndexValue
from services.pricing.months import Month
from services.pricing.store.figures import import_index, import_wages, index_book, wage_book
from tests.pricing.builders import NATIONAL, indices
from tests.pricing.pricing_service import MORNING

SEPTEMBER = Month(2025, 9)
MARCH, APRIL = date(2026, 3, 25), date(2026, 4, 22)


def value(said, released_on=MARCH, month=SEPTEMBER, **told):
    return IndexValue("D7G7", month, Decimal(said), released_on, "a source", **told)


def kept(pricing, *values):
    """Import values one by one; return what became of the last."""
    with pricing.database.transaction() as connection:
        return [import_index(connection, [each], MORNING) for each in values][-1]


def known(pricing):
    with pricing.database.reading() as connection:
        return index_book(connection)


def test_the_same_release_again_adds_nothing(pricing):
    values = [indices().rate_for("D7G7", 2025, month) for month in (8, 9)]

    with pricing.database.transaction() as connection:
        first, again = (import_index(connection, values, MORNING) for _ in range(2))

    assert (len(first.new), len(again.new), again.known) == (2, 0, 2)


def test_a_revision_is_a_new_row_and_the_old_one_stays(pricing):
    revised = kept(pricing, value("3.8"), value("3.9", APRIL))

    assert [each.value for each in known(pricing).of_series("D7G7")] == [
        Decimal("3.8"),
        Decimal("3.9"),
    ]
    assert revised.revised == (
        "D7G7 for 2025-09, 3.8 in the release of 2026-03-25, is revised to 3.9 of 2026-04-22.",
    )


def test_an_older_release_that_says_otherwise_is_refused_with_its_line(pricing):
    with pytest.raises(FiguresRefused) as refused:
        kept(pricing, value("3.8"), value("3.7", date(2025, 10, 22), place="old.csv:12"))

    assert refused.value.faults == (
        (
            "old.csv:12: D7G7 for 2025-09, 3.7 in the release of 2025-10-22, is older than the "
            "release of 2026-03-25 that is known; allowed: 3.8 of 2026-03-25, as is known. Import "
            "the newest file of the statistics office."
        ),
    )


def test_an_older_release_that_agrees_adds_nothing_and_says_so(pricing):
    judged = kept(pricing, value("3.8"), value("3.8", date(2025, 10, 22)))

    assert (judged.new, judged.known) == ((), 1)
    assert judged.older == (
        (
            "The release of D7G7 of 2025-10-22 is older than the one of 2026-03-25 that is known: "
            "only months that were not known are added."
        ),
    )


def test_an_older_release_adds_the_months_that_are_not_known(pricing):
    judged = kept(pricing, value("3.8"), value("3.6", date(2025, 10, 22), Month(2025, 6)))

    assert len(judged.new) == 1
    assert known(pricing).rate_for("D7G7", 2025, 6).value == Decimal("3.6")


def test_the_release_that_was_revised_is_passed_over_when_it_comes_again(pricing):
    judged = kept(pricing, value("3.8"), value("3.9", APRIL), value("3.8"))

    assert not judged.new
    assert judged.passed_over == (
        "D7G7 for 2025-09, 3.8 in the release of 2026-03-25, is superseded by 3.9 of 2026-04-22.",
    )
    assert known(pricing).rate_for("D7G7", 2025, 9).value == Decimal("3.9")


def test_a_revision_back_to_the_first_value_is_a_third_row(pricing):
    kept(pricing, value("3.8"), value("3.9", APRIL), value("3.8", date(2026, 5, 20)))

    assert len(known(pricing).of_month("D7G7", SEPTEMBER)) == 3
    assert known(pricing).rate_for("D7G7", 2025, 9).value == Decimal("3.8")


def test_the_same_release_with_another_value_is_refused(pricing):
    with pytest.raises(FiguresRefused, match="One of the files is not as published"):
        kept(pricing, value("3.8"), value("3.9"))


def test_the_published_value_comes_over_the_derived_one(pricing):
    derived = value("3.1", date(2026, 9, 16), Month(2026, 8), standing="derived")
    judged = kept(pricing, derived, value("3.2", date(2026, 9, 16), Month(2026, 8)))

    assert judged.revised == (
        (
            "D7G7 for 2026-08, 3.1 (derived) in the release of 2026-09-16, is now published as 3.2 "
            "of 2026-09-16."
        ),
    )
    assert known(pricing).rate_for("D7G7", 2026, 8).value == Decimal("3.2")


def test_a_derived_value_does_not_count_over_the_published_one(pricing):
    judged = kept(pricing, value("3.8"), value("3.9", APRIL, standing="derived"))

    assert not judged.new
    assert "passed over: 3.8 of 2026-03-25 is published" in judged.passed_over[0]


def test_every_contradiction_of_a_file_is_told_up_to_twenty():
    book = IndexBook(value("3.0", month=Month(year, 1)) for year in range(1990, 2020))
    doctored = [value("3.1", month=Month(year, 1)) for year in range(1990, 2020)]

    with pytest.raises(FiguresRefused) as refused:
        judged_values(book, doctored)

    assert len(refused.value.faults) == 21
    assert refused.value.faults[-1] == "and 10 more of this kind."


@pytest.mark.parametrize(
    "names", list(permutations(["ons_d7g7.csv", "ons_d7bt.csv", "cpi_d7g7_2026.csv"]))
)
def test_the_national_files_make_the_same_book_in_any_order(pricing, names):
    with pricing.database.transaction() as connection:
        for name in names:
            import_index(connection, read_index_file(NATIONAL / name), MORNING)
        book = index_book(connection)

    assert list(book.of_series("D7G7")) == list(indices().of_series("D7G7"))
    assert not book.gaps("D7G7")


def test_a_month_that_is_left_out_is_a_gap(pricing):
    kept(pricing, value("3.8"), value("3.0", APRIL, Month(2025, 12)))

    assert known(pricing).gaps("D7G7") == [(Month(2025, 10), Month(2025, 11))]


def test_who_imported_a_figure_is_kept_with_its_source(pricing):
    with pricing.database.transaction() as connection:
        import_index(connection, [value("3.8")], MORNING, actor="a.analyst")
        again = import_index(connection, [value("3.8")], MORNING, actor="b.other")
        (only,) = index_book(connection).of_series("D7G7")

    assert only.source == "a source; imported by a.analyst"
    assert not again.new


def test_the_wage_table_again_adds_nothing_whoever_imports_it(pricing):
    rates = read_wages(NATIONAL / "minimum_wage.csv")

    with pricing.database.transaction() as connection:
        counts = [
            len(import_wages(connection, rates, MORNING, actor=actor).new)
            for actor in ("a.analyst", None, "b.other")
        ]
        book = wage_book(connection)

    assert counts == [56, 0, 0]
    assert list(book) == [
        replace(rate, source=f"{rate.source}; imported by a.analyst")
        for rate in sorted(rates, key=lambda one: (one.effective_from, one.band))
    ]


def _releases(said):
    """Return releases as the office makes them: each one month longer, and some values revised."""
    months = [Month(2025, month) for month in range(1, 5)]
    releases, now = [], []
    for at, (newest, revisions) in enumerate(said):
        now = [revisions.get(position, old) for position, old in enumerate(now)] + [newest]
        day = date(2025, 2 + at, 20)
        releases.append(
            [value(f"{each}.0", day, month) for month, each in zip(months, now, strict=False)]
        )
    return releases


_RATE = st.integers(-2, 4)
_RELEASES = st.lists(
    st.tuples(_RATE, st.dictionaries(st.integers(0, 2), _RATE, max_size=1)), min_size=1, max_size=4
).map(_releases)


@given(_RELEASES, st.data())
def test_in_whatever_order_releases_come_the_newest_counts_or_is_the_only_refusal(releases, data):
    order = data.draw(st.permutations(releases))
    book, taken = IndexBook(), []

    for release in order:
        try:
            judged = judged_values(book, release)
        except FiguresRefused:
            assert release[0].released_on < max(each[0].released_on for each in taken)
            continue
        taken.append(release)
        for each in judged.new:
            book.add(each)

    for month in {each.month for release in taken for each in release}:
        of_month = [each for release in taken for each in release if each.month == month]
        newest = max(of_month, key=lambda each: each.released_on)
        assert book.known("D7G7", month).value == newest.value


@given(_RELEASES)
def test_any_release_that_was_taken_can_come_again_and_adds_nothing(releases):
    book = IndexBook()
    for release in releases:
        for each in judged_values(book, release).new:
            book.add(each)

    for release in releases:
        assert not judged_values(book, release).new
