"""Asks the real application of pricing for fees, counts and quotes."""

from fastapi.testclient import TestClient

from services.pricing.api.app import api
from shared.problems import MEDIA_TYPE
from tests.pricing.builders import URN

ANALYST = {"X-Forwarded-User": "a.analyst"}
CSV = {"Content-Type": "text/csv"}
HEADER = "urn,purchaser,placement_type,need_category,age_band,weekly,from,cause,reference\n"
LETTER = HEADER + f"{URN},kent,core,standard,5-10,910.00,2022-04-01,correction,letter-7\n"
COUNTING = {"counted_on": "2026-03-02", "effective_from": "2026-03-02"}
WRITES = [
    ("/v1/fees", {"content": LETTER, "headers": CSV}),
    ("/v1/volume-counts", {"json": COUNTING}),
    ("/v1/ticks", {}),
    ("/v1/repricings", {"json": {"because": "26/00123"}}),
]


def asking(pricing):
    return TestClient(api(pricing.desk), raise_server_exceptions=False)


def handed_in(asked, body, headers=None):
    return asked.post("/v1/fees", content=body, headers={**CSV, **ANALYST, **(headers or {})})


def quoted(asked, **changed):
    usual = {
        "agency": URN,
        "purchaser": "kent",
        "placement_type": "core",
        "need_category": "standard",
        "age_band": "5-10",
        "on": "2026-03-02",
    }
    return asked.get("/v1/quotes", params=usual | changed)


def is_problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["status"] == status
