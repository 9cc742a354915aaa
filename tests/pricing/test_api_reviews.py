"""Price reviews over HTTP."""

import csv
from datetime import date
from io import BytesIO, StringIO

import openpyxl
import pytest
from fastapi.testclient import TestClient

from services.pricing.api.app import api
from shared.money import pounds
from tests.pricing.builders import FAMILY
from tests.pricing.pricing_service import started

REVIEW = "kent-medway-2026-04-01-final"
ANALYST = {"X-Forwarded-User": "a.analyst"}
DIRECTOR = {"X-Forwarded-User": "b.director"}


@pytest.fixture
def asked(ready):
    return TestClient(api(ready.desk), raise_server_exceptions=False)


@pytest.fixture
def previewed(asked):
    asked.post("/v1/reviews", json={"effective_from": "2026-04-01"}, headers=ANALYST)
    asked.post(f"/v1/reviews/{REVIEW}/preview", headers=ANALYST)
    return asked


def approval(asked, **told):
    digest = asked.get(f"/v1/reviews/{REVIEW}").json()["preview"]["digest"]
    return {"decision_reference": "26/00001", "digest": digest} | told


def approve(asked, headers=DIRECTOR, **told):
    body = approval(asked, **told)
    return asked.post(f"/v1/reviews/{REVIEW}/approval", json=body, headers=headers)


def test_a_review_goes_through_all_its_steps(asked, ready):
    drafted = asked.post("/v1/reviews", json={"effective_from": "2026-04-01"}, headers=ANALYST)
    preview = asked.post(f"/v1/reviews/{REVIEW}/preview", headers=ANALYST).json()
    approved = approve(asked).json()
    applied = asked.post(f"/v1/reviews/{REVIEW}/application", headers=ANALYST).json()

    assert (drafted.status_code, drafted.json()["state"]) == (201, "drafted")
    assert preview["preview"]["total"]["annual_effect"] == "1797.36"
    assert approved["steps"][-1]["decision_reference"] == "26/00001"
    assert (applied["price_changes"], applied["unpriced"]) == (1, [])
    assert asked.get(f"/v1/reviews/{REVIEW}").json()["state"] == "applied"
    assert not ready.mismatches()


def test_a_wrong_award_is_taken_back(previewed, ready):
    approve(previewed)
    previewed.post(f"/v1/reviews/{REVIEW}/application", headers=ANALYST)

    body = {"effective_from": "2026-04-01", "award": "reversal", "reverses": REVIEW}
    drafted = previewed.post("/v1/reviews", json=body, headers=ANALYST).json()

    assert drafted["reverses"] == REVIEW
    assert not ready.mismatches()


def test_reviews_are_listed_page_by_page(asked):
    for name in ("A", "B", "C"):
        body = {"effective_from": "2026-04-01", "review_id": name}
        asked.post("/v1/reviews", json=body, headers=ANALYST)

    first = asked.get("/v1/reviews?limit=2").json()
    rest = asked.get(f"/v1/reviews?limit=2&after={first['next']}").json()

    assert [one["review_id"] for one in first["reviews"]] == ["A", "B"]
    assert [one["review_id"] for one in rest["reviews"]] == ["C"]
    assert rest["next"] is None


def test_the_lines_come_page_by_page_each_once(previewed, ready):
    ready.has_fees(families=[FAMILY._replace(agency=f"SC9901{n:02}") for n in range(5)])
    spot = {"agreement": "spot", "agreed_weekly": pounds("1200.00")}
    for name in ("S1", "S2"):
        ready.hears(started(name, **spot, start_date=date(2024, 9, 2)))
    previewed.post(f"/v1/reviews/{REVIEW}/preview", headers=ANALYST)

    pages, after = [], ""
    while after is not None:
        page = previewed.get(f"/v1/reviews/{REVIEW}/lines?limit=7{after and '&after=' + after}")
        pages.append(page.json()["lines"])
        after = page.json()["next"]

    assert [len(page) for page in pages] == [7, 7, 7, 5]
    lines = [line for page in pages for line in page]
    keys = {(one["agency"], one.get("age_band"), one.get("placement_id")) for one in lines}
    assert len(keys) == 26
    assert [one["placement_id"] for one in lines[-2:]] == ["S1", "S2"]


@pytest.mark.parametrize(
    "after", ["9" * 15 + ":5-10", "9223372036854775808:5-10", "9" * 30 + ":", "x", "spot:"]
)
def test_after_a_place_that_is_none_no_fee_key_comes(previewed, after):
    answer = previewed.get(f"/v1/reviews/{REVIEW}/lines", params={"after": after})

    assert (answer.status_code, answer.json()) == (200, {"lines": [], "next": None})


@pytest.mark.parametrize("after", [":", "-1:5-10", "9" * 130])
def test_what_cannot_be_a_place_is_a_problem(previewed, after):
    assert previewed.get(f"/v1/reviews/{REVIEW}/lines?after={after}").status_code == 422


def test_the_lines_are_csv_where_that_is_asked_for(previewed):
    answer = previewed.get(f"/v1/reviews/{REVIEW}/lines", headers={"Accept": "text/csv"})

    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(answer.text, newline="")))
    assert [row["after"] for row in rows] == ["934.47"] * 4


def test_the_workbook_is_downloaded(previewed):
    answer = previewed.get(f"/v1/reviews/{REVIEW}/workbook")

    assert answer.headers["content-disposition"].endswith(f'filename="{REVIEW}.xlsx"')
    assert openpyxl.load_workbook(BytesIO(answer.content)).sheetnames[0] == "summary"


@pytest.mark.parametrize("way", ["purchaser", "service_line", "agency", "placement_type"])
def test_the_totals_in_each_way(previewed, way):
    told = previewed.get(f"/v1/reviews/{REVIEW}/totals?by={way}").json()

    assert told["total"]["annual_effect"] == "1797.36"
    (one,) = told[f"by_{way}"].values()
    assert one["annual_effect"] == "1797.36"


def test_terms_are_compared_and_nothing_is_stored(asked):
    body = {
        "effective_from": "2026-04-01",
        "award": "final",
        "variants": ["month=12", "nlw=0.20,cap=3.0"],
    }

    told = asked.post("/v1/reviews/comparison", json=body).json()

    assert [one["difference"] for one in told["columns"]] == ["0.00", "-168.94", "-389.50"]
    assert asked.get("/v1/reviews").json()["reviews"] == []


def test_a_review_is_withdrawn(previewed):
    body = {"because": "agreed anew"}

    told = previewed.post(f"/v1/reviews/{REVIEW}/withdrawal", json=body, headers=ANALYST).json()

    assert told["state"] == "withdrawn"
    assert told["steps"][-1]["because"] == "agreed anew"


WRITES = (
    ("/v1/reviews", {"effective_from": "2026-04-01"}),
    (f"/v1/reviews/{REVIEW}/preview", None),
    (f"/v1/reviews/{REVIEW}/approval", {"decision_reference": "26/1", "digest": "0" * 64}),
    (f"/v1/reviews/{REVIEW}/application", None),
    (f"/v1/reviews/{REVIEW}/withdrawal", {"because": "agreed anew"}),
)


@pytest.mark.parametrize(("path", "body"), WRITES)
def test_a_write_without_a_name_is_refused(asked, path, body):
    answer = asked.post(path, json=body)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/reviews/R9",
        "/v1/reviews/R9/totals",
        "/v1/reviews/R9/lines",
        "/v1/reviews/R9/workbook",
    ],
)
def test_a_review_that_is_not_there_is_a_problem(asked, path):
    assert asked.get(path).status_code == 404


@pytest.mark.parametrize(("path", "body"), WRITES[1:])
def test_a_step_of_a_review_that_is_not_there_is_a_problem(asked, path, body):
    answer = asked.post(path.replace(REVIEW, "R9"), json=body, headers=ANALYST)

    assert answer.status_code == 404


@pytest.mark.parametrize("what", ["totals", "lines", "workbook"])
def test_what_a_preview_makes_is_not_there_before_one(asked, what):
    asked.post("/v1/reviews", json={"effective_from": "2026-04-01"}, headers=ANALYST)

    answer = asked.get(f"/v1/reviews/{REVIEW}/{what}")

    assert answer.status_code == 409
    assert "not previewed" in answer.json()["detail"]


def test_a_step_that_cannot_be_taken_now_is_a_conflict(previewed):
    same_person = approve(previewed, headers=ANALYST)
    too_early = previewed.post(f"/v1/reviews/{REVIEW}/application", headers=ANALYST)
    again = previewed.post("/v1/reviews", json={"effective_from": "2026-04-01"}, headers=ANALYST)
    other_day = previewed.post(
        "/v1/reviews", json={"effective_from": "2026-04-07"}, headers=ANALYST
    )
    no_figures = previewed.post(
        "/v1/reviews", json={"effective_from": "2027-04-01"}, headers=ANALYST
    )

    answers = (same_person, too_early, again, other_day, no_figures)
    assert [one.status_code for one in answers] == [409] * 5
    assert "Another person" in same_person.json()["detail"]
    assert "No CPI" in no_figures.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/reviews", {}),
        ("/v1/reviews", {"effective_from": "1 April"}),
        ("/v1/reviews", {"effective_from": 20260401}),
        ("/v1/reviews", {"effective_from": "2026-02-30"}),
        ("/v1/reviews", {"effective_from": "2026-04-01", "award": "perhaps"}),
        ("/v1/reviews", {"effective_from": "2026-04-01", "rate": "9"}),
        ("/v1/reviews", {"effective_from": "2026-04-01", "review_id": "2026/27"}),
        ("/v1/reviews/comparison", {"variants": ["rate=-101"]}),
        ("/v1/reviews", {"effective_from": "2026-04-01", "award": "reversal"}),
        (f"/v1/reviews/{REVIEW}/approval", {"decision_reference": "26/1", "digest": "abc"}),
        (f"/v1/reviews/{REVIEW}/approval", {"decision_reference": "a b", "digest": "0" * 64}),
        (f"/v1/reviews/{REVIEW}/withdrawal", {"because": ""}),
        ("/v1/reviews/comparison", {"variants": []}),
        ("/v1/reviews/comparison", {"variants": ["month=13"]}),
        ("/v1/reviews/comparison", {"variants": ["cap=<b>"]}),
        ("/v1/reviews/comparison", {"variants": ["cap=3.0"], "award": "reversal"}),
    ],
)
def test_words_that_cannot_be_are_a_problem_that_repeats_none_of_them(asked, path, body):
    answer = asked.post(path, json=body, headers=ANALYST)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "<b>" not in answer.text


def test_the_description_has_examples_of_every_body(asked):
    schemas = asked.get("/openapi.json").json()["components"]["schemas"]

    for name in ("Drafting", "Approval", "Withdrawal", "Comparing"):
        assert schemas[name]["examples"]
