"""Figures are added, never overwritten, and an older release is no news."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.pricing.store.figures import FiguresRefused, import_index, index_book
from tests.pricing.builders import indices
from tests.pricing.pricing_service import MORNING


def test_the_same_release_again_adds_nothing(pricing):
    values = [indices().rate_for("D7G7", 2025, month) for month in (8, 9)]

    with pricing.database.transaction() as connection:
        counts = [import_index(connection, values, MORNING) for _ in range(2)]

    assert counts == [2, 0]


def test_a_revision_is_a_new_row_and_the_old_one_stays(pricing):
    september = indices().rate_for("D7G7", 2025, 9)
    revised = _revised(september, "3.9", date(2026, 4, 22))

    with pricing.database.transaction() as connection:
        import_index(connection, [september], MORNING)
        import_index(connection, [revised], MORNING)
        known = list(index_book(connection).of_series("D7G7"))

    assert [each.value for each in known] == [Decimal("3.8"), Decimal("3.9")]


def test_an_older_release_over_a_newer_one_is_refused(pricing):
    september = indices().rate_for("D7G7", 2025, 9)

    with pricing.database.transaction() as connection:
        import_index(connection, [september], MORNING)
        with pytest.raises(FiguresRefused, match="older than the one of 2026-03-25"):
            import_index(connection, [_revised(september, "3.8", date(2025, 10, 22))], MORNING)


def test_the_same_release_with_another_value_is_refused(pricing):
    september = indices().rate_for("D7G7", 2025, 9)

    with pricing.database.transaction() as connection:
        import_index(connection, [september], MORNING)
        with pytest.raises(FiguresRefused, match="One of the files is not as published"):
            import_index(connection, [_revised(september, "3.9", september.released_on)], MORNING)


def test_the_published_value_comes_over_the_derived_one(pricing):
    august = indices().rate_for("D7G7", 2026, 8, "provisional")
    published = _revised(august, "3.0", date(2026, 9, 16), standing="published")

    with pricing.database.transaction() as connection:
        import_index(connection, [august], MORNING)
        import_index(connection, [published], MORNING)
        known = index_book(connection).rate_for("D7G7", 2026, 8)

    assert known.value == Decimal("3.0")


def _revised(value, said, released_on, **told):
    return replace(value, value=Decimal(said), released_on=released_on, **told)
