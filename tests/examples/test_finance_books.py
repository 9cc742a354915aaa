"""What the books of finance's example take, and what they keep for a person; without a broker."""

import importlib
import json

import pytest

from tests.examples.run import EXAMPLES
from tests.examples.test_finance_consumer import change, first

MAY = "2026-05-01"
JUNE = "2026-06-01"


@pytest.fixture
def books(tmp_path, monkeypatch):
    # The example stands in no package: it is found as the consumer beside it finds it.
    monkeypatch.syspath_prepend(EXAMPLES)
    kept = importlib.import_module("finance_books").Books(tmp_path / "books.sqlite")
    yield kept
    kept.rows.close()


def take(books, *documents):
    for document in documents:
        books.take(json.dumps(document).encode())


def on_days(document, first_day, after=None):
    """Return a change without arrears of some days."""
    document["data"] |= {
        "effective_from": first_day,
        "effective_to": after,
        "arrears": [],
        "arrears_total": "0.00",
    }
    return document


def problems(books):
    return [reason for (reason,) in books.rows.execute("SELECT reason FROM problems")]


@pytest.mark.parametrize("sequence", [1.5, 1.0, "1", True, 0, -1, None])
def test_a_sequence_that_is_no_whole_number_from_1_on_is_a_problem(books, sequence):
    strange = first("P-1")
    strange["data"]["sequence"] = sequence

    take(books, strange)

    (reason,) = problems(books)
    assert f"its sequence is {sequence!r}, and no whole number from 1 on" in reason
    assert books.booked == 0
    assert not books.rows.execute("SELECT * FROM waiting").fetchall()


def test_the_old_fee_is_compared_on_a_day_in_the_middle_too(books):
    begins = on_days(first("P-1"), "2026-04-01")
    for_may = on_days(change("P-1", 2, new="934.47", review_id=None), MAY, JUNE)
    # It says 900.00 on all of its days; of May 934.47 is booked.
    wrong = on_days(change("P-1", 3, new="950.00", review_id=None), "2026-04-15")

    take(books, begins, for_may, wrong)

    assert problems(books) == ["the old fee is 900.00, and 934.47 is booked on 2026-05-01"]
    assert books.booked == 2


def test_so_it_is_where_an_earlier_change_has_ended(books):
    begins = on_days(first("P-1"), "2026-04-01")
    for_may = on_days(change("P-1", 2, new="934.47", review_id=None), MAY, JUNE)
    wrong = on_days(change("P-1", 3, old="934.47", new="950.00", review_id=None), MAY)

    take(books, begins, for_may, wrong)

    assert problems(books) == ["the old fee is 934.47, and 900.00 is booked on 2026-06-01"]


def test_what_is_booked_of_days_after_the_last_and_on_other_accounts_does_not_matter(books):
    begins = on_days(first("P-1"), "2026-04-01")
    from_june = on_days(change("P-1", 2, new="934.47", review_id=None), JUNE)
    until_june = on_days(change("P-1", 3, new="910.00", review_id=None), MAY, JUNE)
    elsewhere = on_days(change("P-1", 4, old="0.00", new="100.00", review_id=None), MAY)
    elsewhere["data"]["service_line"] = "asylum"

    take(books, begins, from_june, until_june, elsewhere)

    assert problems(books) == []
    assert books.booked == 4
