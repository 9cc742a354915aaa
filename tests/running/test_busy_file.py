"""A SQLite file in which somebody else writes for long: whoever asks is told, and reads go on."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

from fastapi.testclient import TestClient

from services.serving import application
from shared.clock import SetClock
from shared.settings import settings_from

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_a_change_that_cannot_be_written_in_time_is_told_so_and_when_to_ask_again(tmp_path):
    settings = settings_from({"FOSTERFRAME_STATE": str(tmp_path)})
    app = application(settings, "eligibility", SetClock(NOW))
    with TestClient(app) as client, closing(sqlite3.connect(file_of(settings))) as other:
        other.execute("BEGIN IMMEDIATE")

        read = client.get("/v1/decisions")
        change = client.post(
            "/v1/rulebooks/shadow/end",
            json={"reason": "26/00031"},
            headers={"X-Forwarded-User": "a.person"},
        )

    assert read.status_code == 200
    assert change.status_code == 503
    assert change.headers["Content-Type"] == "application/problem+json"
    assert int(change.headers["Retry-After"]) > 0
    assert "look before you ask again" in change.json()["detail"]


def file_of(settings):
    return settings.database_url("eligibility").removeprefix("sqlite:///")
