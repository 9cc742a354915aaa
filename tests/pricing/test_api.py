"""What the pricing service tells over HTTP."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from services.pricing.api.app import api
from tests.pricing.builders import URN
from tests.pricing.pricing_service import started, tendered

BORN = date(2015, 6, 10)


@pytest.fixture
def asked(ready):
    ready.reviews()
    return TestClient(api(ready.desk), raise_server_exceptions=False)


def test_the_fees_of_an_agency(asked):
    fees = asked.get(f"/v1/agencies/{URN}/fees").json()

    assert [(fee["age_band"], fee["weekly"], fee["cause"]) for fee in fees][:5] == [
        ("0-4", "900.00", "tender"),
        ("5-10", "900.00", "tender"),
        ("11-15", "900.00", "tender"),
        ("16-18", "900.00", "tender"),
        ("0-4", "934.47", "review"),
    ]


def test_the_timeline_of_a_placement_and_what_finance_was_told(asked):
    told = asked.get("/v1/placements/P1/timeline").json()

    assert [(one["from"], one["weekly"]) for one in told["timeline"]] == [
        ("2026-03-02", "900.00"),
        ("2026-04-01", "934.47"),
    ]
    assert [one["sequence"] for one in told["told"]] == [1, 2]


def test_a_fee_is_explained(asked):
    told = asked.get("/v1/placements/P1/fees/2026-05-01").json()

    assert (told["weekly"], told["daily"], told["agrees"]) == ("934.47", "133.50", True)
    assert len(told["chain"]) == 2


def test_a_review_with_its_steps(asked):
    told = asked.get("/v1/reviews/kent-medway-2026-04-01-final").json()

    assert told["state"] == "applied"
    assert [step["step"] for step in told["steps"]] == ["previewed", "approved", "applied"]
    assert told["preview"]["total"]["fees_uplifted"] == 4


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/placements/P9/timeline", 404),
        ("/v1/placements/P1/fees/2026-03-01", 404),
        ("/v1/reviews/R9", 404),
        ("/v1/agencies/XXXXXXX/fees", 422),
        ("/v1/placements/P1/fees/tomorrow", 422),
        ("/v1/nothing", 404),
    ],
)
def test_what_cannot_be_told_is_a_problem(asked, path, status):
    answer = asked.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_no_answer_holds_a_date_of_birth(ready):
    ready.hears(started("P2", date_of_birth=BORN))
    asked = TestClient(api(ready.desk))

    paths = ("/v1/placements/P2/timeline", "/v1/placements/P2/fees/2026-03-05")

    assert not [path for path in paths if str(BORN) in asked.get(path).text]


def test_a_missing_fee_is_told_without_the_birthday(pricing):
    pricing.imports(tendered("900.00", "5-10"))
    pricing.hears(started(date_of_birth=BORN))
    pricing.on(date(2026, 6, 1))

    answer = TestClient(api(pricing.desk)).get("/v1/placements/P1/timeline")

    assert answer.status_code == 409
    assert "11-15" in answer.json()["detail"]
    assert "06-10" not in answer.text
