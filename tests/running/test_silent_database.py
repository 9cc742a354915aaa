"""A database that takes connections and says nothing: nobody waits for it for ever."""

import threading
import time
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from sqlalchemy import make_url, text

from services.serving import Serving, application
from shared.clock import SetClock
from shared.errors import DatabaseAway
from shared.persistence.database import Database
from shared.persistence.silence import Silence
from shared.settings import settings_from
from tests.support.ports import free_ports

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
BOUND_SECONDS = 45
"""A request that hangs does so for ever, or for half a minute where TCP would see it."""

PATHS = {"eligibility": "/v1/decisions", "pricing": "/v1/reviews"}
STEPS = {"eligibility": "/v1/rulebooks/shadow/end", "pricing": "/v1/repricings"}
BODIES = {"eligibility": {"reason": "26/00031"}, "pricing": {"because": "26/00031"}}
NAMED = {"X-Forwarded-User": "a.person"}

pytestmark = pytest.mark.postgresql


@pytest.fixture
def service():
    return "eligibility"


@pytest.fixture
def asking(service, postgresql, tmp_path):
    variable = f"FOSTERFRAME_{service.upper()}_DATABASE_URL"
    settings = settings_from({"FOSTERFRAME_STATE": str(tmp_path), variable: postgresql.url})
    (port,) = free_ports(1)
    app = application(settings, service, SetClock(NOW))
    with Serving(app, "127.0.0.1", port).running():
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=BOUND_SECONDS) as client:
            yield client
        # A request that waits would keep the server from ending.
        postgresql.thaw()


@pytest.fixture
def database(postgresql):
    database = Database.open(postgresql.url)
    Silence(database, "pricing")
    yield database
    database.close()


def reads(database, statement="SELECT 1"):
    with database.reading() as connection:
        return connection.execute(text(statement)).all()


def until(condition):
    ends = time.monotonic() + BOUND_SECONDS
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.1)


@pytest.mark.parametrize("service", PATHS)
def test_whoever_asks_while_the_database_is_frozen_is_told_so_and_when_to_ask_again(
    asking, service, postgresql
):
    path = PATHS[service]
    before = asking.get(path)

    postgresql.freeze()
    first = asking.get(path)
    later = [asking.get(path).status_code for _ in range(50)]
    postgresql.thaw()

    assert before.status_code == 200
    assert first.status_code == 503
    assert first.headers["Content-Type"] == "application/problem+json"
    assert int(first.headers["Retry-After"]) > 0
    assert first.json()["title"] == "The database is away"
    assert "Ask again" in first.json()["detail"]
    assert "Nothing was changed." in first.json()["detail"]
    assert later == [503] * 50
    until(lambda: asking.get(path).status_code == 200)


def test_whoever_asks_for_a_change_is_told_that_it_may_have_been_made(asking, service, postgresql):
    postgresql.freeze()

    step = asking.post(STEPS[service], json=BODIES[service], headers=NAMED)

    assert step.status_code == 503
    assert "look before you ask again" in step.json()["detail"]


def test_many_who_ask_at_once_while_it_is_frozen_are_all_told(asking, service, postgresql):
    assert asking.get(PATHS[service]).status_code == 200
    told = []
    threads = [
        threading.Thread(target=lambda: told.append(asking.get(PATHS[service]).status_code))
        for _ in range(60)
    ]

    postgresql.freeze()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(BOUND_SECONDS)

    assert told == [503] * 60


def test_what_needs_no_database_is_answered_while_it_is_frozen(asking, service, postgresql):
    postgresql.freeze()
    asking.get(PATHS[service])

    assert asking.get("/openapi.json").status_code == 200
    assert asking.get("/healthz").status_code == 200
    assert asking.get("/readyz").json()["reasons"] == ["the database does not answer"]


def test_a_statement_that_lasts_is_no_silence(database):
    assert reads(database, "SELECT 7 FROM pg_sleep(5)") == [(7,)]


def test_a_long_calculation_goes_on_where_it_was_when_the_silence_is_over(database, postgresql):
    with database.reading(), database.reading():
        pass  # so that whoever reads below has a connection, and waits on it
    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE fees (pence INTEGER)"))
        postgresql.freeze()
        with pytest.raises(DatabaseAway):
            reads(database)
        postgresql.thaw()
        connection.execute(text("INSERT INTO fees VALUES (90000)"))

    until(database.answers)
    assert reads(database, "SELECT pence FROM fees") == [(90000,)]


def test_what_was_begun_before_the_server_froze_is_rolled_back(database, postgresql):
    began = threading.Event()
    lost = []

    def write():
        try:
            with database.transaction() as connection:
                connection.execute(text("CREATE TABLE fees (pence INTEGER)"))
                began.set()
                connection.execute(text("SELECT pg_sleep(600)"))
        except DatabaseAway as away:
            lost.append(away)

    thread = threading.Thread(target=write)
    thread.start()
    began.wait(BOUND_SECONDS)
    postgresql.freeze()
    thread.join(BOUND_SECONDS)
    postgresql.thaw()

    assert len(lost) == 1
    until(database.answers)
    assert reads(database, "SELECT to_regclass('fees')") == [(None,)]


def test_a_server_that_lets_nobody_in_is_away_for_whoever_watches_no_silence(postgresql):
    unwatched = Database.open(postgresql.url)
    postgresql.freeze()

    with pytest.raises(DatabaseAway):
        reads(unwatched)
    assert not unwatched.answers()

    postgresql.thaw()
    assert unwatched.answers()
    unwatched.close()


def test_a_server_that_refuses_to_let_anybody_in_is_not_silent(database, postgresql):
    reads(database)
    where = make_url(postgresql.url)
    elsewhere = str(where.set(database="postgres"))
    with psycopg.connect(elsewhere, autocommit=True) as administrator:
        administrator.execute(f"ALTER DATABASE {where.database} ALLOW_CONNECTIONS false")

        assert reads(database, "SELECT 7 FROM pg_sleep(5)") == [(7,)]

        administrator.execute(f"ALTER DATABASE {where.database} ALLOW_CONNECTIONS true")
