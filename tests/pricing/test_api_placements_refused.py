"""Fees, counts, ticks, second looks and quotes over HTTP: what is refused, and how."""

import pytest

from services.pricing.api.placements import LARGEST_FILE_BYTES
from tests.pricing.asking import (
    ANALYST,
    COUNTING,
    HEADER,
    LETTER,
    WRITES,
    asking,
    handed_in,
    is_problem,
    quoted,
)
from tests.pricing.pricing_service import PricingService, started


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """Return a service that refusals leave as it is, so that one does for all of them."""
    service = PricingService(f"sqlite:///{tmp_path_factory.mktemp('refused')}/pricing.sqlite")
    service.has_fees()
    service.hears(started())
    yield service
    service.database.close()


@pytest.fixture(scope="module")
def asked(ready):
    return asking(ready)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/json"}, "{}", 415),
        ({}, " " * (LARGEST_FILE_BYTES + 1), 413),
        ({}, "", 422),
        ({}, b"\xff\xfe", 422),
        ({}, '"urn","', 422),
        ({}, HEADER, 422),
        ({}, "placement_id,born\nP1,2015-06-10\n", 422),
        ({"X-Forwarded-User": "a analyst"}, LETTER, 422),
    ],
    ids=["no CSV", "too large", "empty", "no UTF-8", "broken", "no row", "another file", "a space"],
)
def test_what_is_no_file_of_fees_is_a_problem(asked, headers, body, status):
    answer = handed_in(asked, body, headers)

    is_problem(answer, status)
    assert "2015-06-10" not in answer.text


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"purchaser": "surrey"}, "query.purchaser"),
        ({"placement_type": "castle"}, "query.placement_type"),
        ({"need_category": "none"}, "query.need_category"),
        ({"age_band": "0-99"}, "query.age_band"),
        ({"purchaser": "<b>"}, "query.purchaser"),
        ({"agency": "SC1"}, "query.agency"),
        ({"on": "tomorrow"}, "query.on"),
        ({"on": "20260302"}, "query.on"),
        ({"on": "9999-12-31"}, "query.on"),
        ({"on": "0001-01-01"}, "query.on"),
        ({"solo": "perhaps"}, "query.solo"),
        ({"sibling_number": 0}, "query.sibling_number"),
        ({"sibling_number": 13}, "query.sibling_number"),
        ({"date_of_birth": "2015-06-10"}, "query"),
    ],
)
def test_words_that_cannot_be_quoted_are_a_problem_that_repeats_none_of_them(asked, said, field):
    answer = quoted(asked, **said)

    is_problem(answer, 422)
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert "<b>" not in answer.text
    assert "2015-06-10" not in answer.text


@pytest.mark.parametrize(("path", "request_"), WRITES, ids=[path for path, _ in WRITES])
def test_a_write_without_a_name_is_refused(asked, ready, path, request_):
    sent = len(ready.waiting())

    answer = asked.post(path, **request_)

    is_problem(answer, 401)
    assert len(ready.waiting()) == sent


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/volume-counts", {}),
        ("/v1/volume-counts", {"counted_on": "2026-03-02"}),
        ("/v1/volume-counts", COUNTING | {"counted_on": "1 March"}),
        ("/v1/volume-counts", COUNTING | {"counted_on": 20260301}),
        ("/v1/volume-counts", COUNTING | {"counted_on": "2026-02-30"}),
        ("/v1/volume-counts", COUNTING | {"effective_from": "9999-12-31"}),
        ("/v1/volume-counts", COUNTING | {"placements": 40}),
        ("/v1/repricings", {}),
        ("/v1/repricings", {"because": ""}),
        ("/v1/repricings", {"because": "because <b>I</b> say so"}),
        ("/v1/repricings", {"because": 26}),
        ("/v1/repricings", {"because": "26/00123", "ids": ["P1"]}),
    ],
)
def test_bodies_that_cannot_be_are_a_problem_that_repeats_none_of_them(asked, path, body):
    answer = asked.post(path, json=body, headers=ANALYST)

    is_problem(answer, 422)
    assert "<b>" not in answer.text
