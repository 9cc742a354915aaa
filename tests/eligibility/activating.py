"""Puts rulebooks in use on a running service, by hand and as tests need it."""

import pytest
from sqlalchemy import update

from services.eligibility.rulebooks.activation import activate_file
from services.eligibility.service import SERVICE
from services.eligibility.store import register_store, tables
from shared.clock import SetClock
from shared.messaging.work import work_on
from shared.persistence.database import Database
from tests.eligibility.builders import offer
from tests.eligibility.running import NOW, Running, told

SOON_SECONDS = 30
TODAY = "{from: 2026-03-02}"


class Crash(Exception):  # noqa: N818 - what happens to the process
    """Stands for a process that ends in the middle."""


class OnADatabase:
    """Inherit, and give a fixture `url` of a database with the tables, and nothing in them."""

    @pytest.fixture
    def database(self, url):
        database = Database.open(url)
        yield database
        database.close()

    @pytest.fixture
    def running(self, database):
        running = Running(database, SetClock(NOW))
        running.import_pack()
        return running


def work_in(running):
    return work_on(running.database, running.clock, SERVICE, cause_id="a test")


def activate(running, file, *, actor="a commissioner", reason="26/00031", then=None, shadow=False):
    with work_in(running) as work:
        framework = running.service.framework
        done = activate_file(work, file, framework, actor, reason, shadow=shadow)
        if then is not None:
            then(work)
        return done


def activate_within(
    running, work, file, actor="a commissioner", reason="26/00031", *, shadow=False
):
    return activate_file(work, file, running.service.framework, actor, reason, shadow=shadow)


def activate_elsewhere(url, file):
    database = Database.open(url)
    activate(Running(database, SetClock(NOW)), file)
    database.close()


def versions(messages):
    decided = [told(message) for message in messages if message.type.startswith("eligibility")]
    return [each.rulebook.version for each in decided]


def everything(running):
    kept = (tables.rulebooks, tables.rulebook_activations, tables.delivery.log)
    return [running.kept(table) for table in kept]


def knows_needs(running, urn, *needs):
    """Let an agency serve needs that the framework does not know, or not any more."""
    fact = offer(valid_from=NOW.date(), need_categories=needs)
    with work_in(running) as work:
        register_store.append(work.connection, [(urn, fact)], work.now, "a test")


def alter(database, digest, content="{"):
    """Let a rulebook that is kept say what nobody can read, as one of a newer version may."""
    with database.transaction() as connection:
        of = tables.rulebooks.c.digest == digest
        connection.execute(update(tables.rulebooks).where(of).values(content=content))


def take_no_more_steps(database, beyond=1):
    """Let the database refuse every step beyond some, as a full disk might."""
    refuse = {
        True: "CREATE TRIGGER refuse BEFORE INSERT ON rulebook_activations "
        f"WHEN NEW.number > {beyond} BEGIN SELECT RAISE(ABORT, 'no more steps'); END",
        False: 'ALTER TABLE rulebook_activations ADD CONSTRAINT "no more steps" '
        f"CHECK (number <= {beyond})",
    }
    with database.transaction() as connection:
        connection.exec_driver_sql(refuse[database.is_sqlite])


def all_done(threads):
    for thread in threads:
        if not thread.ident:
            thread.start()
    for thread in threads:
        thread.join(SOON_SECONDS)
        assert not thread.is_alive()
