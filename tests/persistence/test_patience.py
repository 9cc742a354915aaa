"""A database that is just starting is waited for, for a while; one that is not there is named."""

import threading

import pytest

from services.running import migrate_database, open_database
from shared.errors import DatabaseAway
from shared.persistence.database import Database
from shared.persistence.migrate import NotMigrated
from shared.persistence.patience import await_database
from shared.settings import settings_from
from tests.support.ports import free_ports


def pricing_on(url, **more):
    return settings_from({"FOSTERFRAME_PRICING_DATABASE_URL": url, **more})


@pytest.mark.postgresql
def test_a_server_that_starts_late_is_waited_for_and_that_is_said(postgresql, caplog):
    settings = pricing_on(postgresql.url)
    postgresql.kill()
    starting = threading.Timer(1.5, postgresql.start)
    starting.start()

    opened = open_database(settings, "pricing")

    assert opened.answers()
    assert "the database of pricing does not answer yet" in caplog.text
    opened.close()
    starting.join()


def test_a_server_that_is_not_there_is_named_with_what_to_look_at():
    (port,) = free_ports(1)
    away = Database.open(f"postgresql://pricing:secret-word@127.0.0.1:{port}/pricing")

    with pytest.raises(
        DatabaseAway, match=r"did not answer within 1 s: .*refused.*[^.?!]\. Is it.*password right"
    ):
        await_database(away, "pricing", patience_seconds=1)


@pytest.mark.postgresql
def test_what_the_server_says_is_passed_on_without_the_password(postgresql):
    url = postgresql.url.rsplit("/", 1)[0] + "/nowhere"

    with pytest.raises(DatabaseAway, match='"nowhere" does not exist') as away:
        await_database(Database.open(url), "pricing", patience_seconds=0.5)

    assert "secret-word" not in str(away.value)


def test_a_file_is_asked_once(tmp_path):
    (tmp_path / "pricing.sqlite").mkdir()

    with pytest.raises(DatabaseAway, match=r"The database of pricing did not answer: "):
        open_database(pricing_on(f"sqlite:///{tmp_path}/pricing.sqlite"), "pricing")


def test_a_service_that_only_checks_starts_once_somebody_migrated(tmp_path):
    url = f"sqlite:///{tmp_path}/pricing.sqlite"
    checking = pricing_on(url, FOSTERFRAME_MIGRATE="check")

    with pytest.raises(NotMigrated, match="fosterframe migrate pricing"):
        open_database(checking, "pricing")
    migrate_database(checking, "pricing")
    opened = open_database(checking, "pricing")

    assert opened.answers()
    opened.close()
