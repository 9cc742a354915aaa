"""Figures are read, asked for and handed in over HTTP, and every fault is a problem."""

import json
from datetime import date

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from services.pricing.api.figures import LARGEST_FILE_BYTES, tell_figures
from services.pricing.desk import Desk
from shared.errors import FosterframeError
from shared.persistence.database import Database
from shared.problems import MEDIA_TYPE, problem, tell_common_problems
from tests.pricing.builders import NATIONAL, framework

CSV = {"Content-Type": "text/csv"}
ANALYST = {**CSV, "X-Forwarded-User": "a.analyst"}
SERIES_FILE = (NATIONAL / "ons_d7g7.csv").read_bytes()
INDEX_ROW = "series,month,value,released_on,standing,source\nD7G7,{}\n"
WAGE_ROW = "effective_from,band,from_age,to_age,hourly,status,source\n2027-04-01,nlw,21,,{}\n"


def asking(desk):
    app = FastAPI()
    tell_common_problems(app)

    @app.exception_handler(FosterframeError)
    async def refused(_, error):
        return problem(422, "Refused", detail=str(error))

    tell_figures(app, desk)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def asked(pricing):
    pricing.on(date(2026, 11, 22))
    return asking(pricing.desk)


def handed_in(asked, body, path="/v1/index", headers=ANALYST):
    return asked.post(path, content=body, headers=headers)


@pytest.fixture
def filled(asked):
    assert handed_in(asked, SERIES_FILE).status_code == 200
    wages = (NATIONAL / "minimum_wage.csv").read_bytes()
    assert handed_in(asked, wages, "/v1/wages").status_code == 200
    return asked


def test_a_file_is_handed_in_once_and_its_hander_is_kept(filled):
    again = handed_in(filled, SERIES_FILE).json()
    (first, *_) = filled.get("/v1/index/D7G7").json()["values"]

    assert (again["added"], again["known"]) == (0, 446)
    assert first["source"] == "ONS MM23 D7G7, request-body; imported by a.analyst"


def test_a_file_may_have_its_name(asked):
    asked.post("/v1/index?name=series-d7g7.csv", content=SERIES_FILE, headers=ANALYST)

    (first,) = asked.get("/v1/index/D7G7?limit=1").json()["values"]

    assert "series-d7g7.csv" in first["source"]


def test_the_pages_of_a_series_hold_every_month_once(filled):
    months, after = [], ""
    while after is not None:
        page = filled.get(f"/v1/index/D7G7?limit=100{after and '&after=' + after}").json()
        months += [value["month"] for value in page["values"]]
        after = page["next"]

    assert len(months) == 446
    assert months == sorted(set(months))


def test_a_revised_month_is_on_one_page_with_what_it_superseded(filled):
    handed_in(filled, INDEX_ROW.format("2026-02,3.1,2026-04-22,published,ONS").encode())

    page = filled.get("/v1/index/D7G7?after=2026-01").json()

    assert [(one["value"], one["counts"]) for one in page["values"]] == [
        ("3", False),
        ("3.1", True),
    ]
    assert page["next"] is None


def test_what_the_next_review_lacks_is_asked(filled):
    told = filled.get("/v1/index/missing?for=2027-04-01").json()

    assert told == filled.get("/v1/index/missing").json()
    assert [figure["state"] for figure in told["figures"]] == ["missing", "missing"]
    assert told["figures"][0]["expected"] == {
        "on_or_after": "2026-10-21",
        "is_announced": True,
        "sentence": "ONS published it on 2026-10-21.",
    }
    assert len(told["refused"]["final"]) == 2


def test_wage_rates_are_told_with_what_they_superseded(filled):
    for row in ("13.20,estimate,a forecast", "13.25,announced,gov.uk"):
        assert handed_in(filled, WAGE_ROW.format(row), "/v1/wages").status_code == 200

    rates = filled.get("/v1/wages?band=nlw&on=2027-04-01").json()["rates"]

    assert [(one["hourly"], one["status"], one["counts"]) for one in rates] == [
        ("13.20", "estimate", False),
        ("13.25", "announced", True),
    ]
    assert len(filled.get("/v1/wages").json()["rates"]) == 58


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/index/L55O", 404),
        ("/v1/index/cpi", 422),
        ("/v1/index/D7G7?limit=0", 422),
        ("/v1/index/D7G7?after=2026", 422),
        ("/v1/index/missing?for=soon", 422),
        ("/v1/index/missing?for=2027-03-15", 422),
        ("/v1/wages?on=soon", 422),
        ("/v1/wages?band=NLW%20", 422),
    ],
)
def test_what_cannot_be_told_is_a_problem(asked, path, status):
    is_problem(asked.get(path), status)


@pytest.mark.parametrize("path", ["/v1/index", "/v1/wages"])
@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (CSV, b"", 401),
        ([*ANALYST.items(), ("X-Forwarded-User", "b.other")], b"", 401),
        ({**ANALYST, "X-Forwarded-User": "a analyst"}, b"", 422),
        ({**ANALYST, "X-Forwarded-User": "a" * 81}, b"", 422),
        ({**ANALYST, "Content-Type": "application/json"}, b"{}", 415),
        (ANALYST, b" " * (LARGEST_FILE_BYTES + 1), 413),
        (ANALYST, b"", 422),
        (ANALYST, b"\xff\xfe", 422),
        (ANALYST, b'"Title","', 422),
        (ANALYST, b"placement_id,born\nP1,2015-06-10\n", 422),
    ],
    ids=[
        "nobody is named",
        "two are named",
        "a name with a space",
        "a name that is too long",
        "no CSV",
        "too large",
        "empty",
        "no UTF-8",
        "broken CSV",
        "another file",
    ],
)
def test_what_cannot_be_taken_is_a_problem(asked, path, headers, body, status):
    answer = handed_in(asked, body, path, headers)

    is_problem(answer, status)
    assert "2015-06-10" not in answer.text


def test_a_file_with_faults_is_refused_with_each_line_and_field(asked):
    cpih = SERIES_FILE.replace(b'"D7G7"', b'"L55O"').replace(b'"CPI ANNUAL', b'"CPIH ANNUAL')

    answer = handed_in(asked, cpih)

    is_problem(answer, 422)
    assert answer.json()["errors"] == [
        {
            "file": "request-body",
            "line": 2,
            "field": "CDID",
            "reason": "found L55O, which is CPIH ANNUAL RATE 00: ALL ITEMS 2015=100; allowed: D7G7 "
            "(the CPI 12-month rate), D7BT (the CPI index)",
        }
    ]


def test_a_contradiction_is_told_as_a_conflict(filled):
    older = INDEX_ROW.format("2026-02,2.9,2026-03-11,published,ONS")

    answer = handed_in(filled, older)

    is_problem(answer, 409)
    assert answer.json()["detail"].startswith("request-body:2: D7G7 for 2026-02, 2.9")


def test_what_is_out_of_the_ordinary_has_to_be_called_so(asked):
    row = INDEX_ROW.format("2026-09,31.5,2026-10-21,published,ONS")

    is_problem(handed_in(asked, row), 422)
    assert handed_in(asked, row, "/v1/index?unusual=true").json()["added"] == 1


def test_the_description_has_an_example_of_every_answer(asked):
    paths = asked.get("/openapi.json").json()["paths"]
    mine = [one for path, methods in paths.items() for one in methods.values()]

    assert set(paths) == {"/v1/index/missing", "/v1/index/{series}", "/v1/index", "/v1/wages"}
    for one in mine:
        for status, answer in one["responses"].items():
            (content,) = answer["content"].values()
            assert "example" in content, (one["operationId"], status)


def test_the_examples_of_files_are_files_that_are_taken(asked):
    paths = asked.get("/openapi.json").json()["paths"]

    for path in ("/v1/index", "/v1/wages"):
        example = paths[path]["post"]["requestBody"]["content"]["text/csv"]["example"]
        assert handed_in(asked, example, path).json()["added"] == 1


@given(st.binary(max_size=200))
def test_no_body_breaks_the_service(fuzzed, body):
    for path in ("/v1/index", "/v1/wages"):
        for prefix in (b"", SERIES_FILE[:300], INDEX_ROW.encode()[:50]):
            assert handed_in(fuzzed, prefix + body, path).status_code in {200, 409, 422}


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    from services.pricing.desk import MIGRATIONS  # noqa: PLC0415 - this fixture alone makes its own
    from shared.clock import SystemClock  # noqa: PLC0415 - as above
    from shared.persistence.migrate import migrate  # noqa: PLC0415 - as above

    database = Database.open(f"sqlite:///{tmp_path_factory.mktemp('fuzzed')}/pricing.sqlite")
    migrate(database, MIGRATIONS)
    yield asking(Desk(database, SystemClock(), framework()))
    database.close()


def is_problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert json.loads(answer.text)["status"] == status
