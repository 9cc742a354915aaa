"""What finance has said is in the log: altered or removed, it shows; purged, it does not."""

from datetime import date

import pytest
from sqlalchemy import delete, insert, select, update

from services.operating.audit import pricing as audit_pricing
from services.operating.audit.verification import ActsKept, audit
from services.operating.purge.age import horizon_of
from services.operating.purge.purging import Purge
from services.pricing.store.tables import ACKNOWLEDGEMENTS
from shared.money import pounds
from shared.settings import settings_from
from tests.pricing.builders import PACK
from tests.pricing.test_acknowledgements import acknowledged
from tests.pricing.told_late import books_all

SETTINGS = settings_from({"FOSTERFRAME_FRAMEWORK": str(PACK)})


def audited(service):
    found = audit(
        service.database, [*audit_pricing.comparisons(SETTINGS), ActsKept()], lambda *_: None
    )
    return found.broken.reason if found.broken else "", found.seen


def test_acknowledgements_verify_as_they_were_told(late):
    every = books_all(late)

    broken, seen = audited(late)

    assert not broken
    assert seen.compared["finance.acknowledged.v1"] == len(every)
    assert seen.compared["price.changed.v1"] == len(late.sent())


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (update(ACKNOWLEDGEMENTS).values(new_weekly=pounds("1.00")), "was altered or removed"),
        (delete(ACKNOWLEDGEMENTS), "was altered or removed"),
    ],
)
def test_an_acknowledgement_that_was_altered_or_removed_is_found(late, statement, said):
    books_all(late)
    with late.database.transaction() as connection:
        connection.execute(statement.where(ACKNOWLEDGEMENTS.c.placement_id == "P1"))

    broken, _ = audited(late)

    assert broken.startswith("an acknowledgement by finance about P1")
    assert said in broken


def test_an_acknowledgement_that_finance_never_sent_is_found(late):
    books_all(late)
    with late.database.transaction() as connection:
        row = connection.execute(select(ACKNOWLEDGEMENTS).limit(1)).one()
        invented = {**row._mapping, "id": 10_000, "event_id": "invented"}
        connection.execute(insert(ACKNOWLEDGEMENTS).values(invented))

    assert "is kept and was never logged" in audited(late)[0]


def test_acknowledgements_go_with_the_placement_and_the_log_still_verifies(late):
    books_all(late)
    late.on(date(2033, 6, 1))

    done = Purge("pricing", late.database, late.clock, horizon_of("6y", late.clock)).run(
        "J. Okafor", lambda _: None
    )

    broken, seen = audited(late)
    assert not broken
    assert done["acknowledgements"] == seen.purged["finance.acknowledged.v1"] == 3


def test_what_was_acknowledged_lately_keeps_its_placement_until_the_next_purge(late):
    every = books_all(late)
    late.on(date(2030, 6, 1))
    mine = [each for each in every if each.subject == "P2"]
    late.hears(acknowledged(mine[0], "late", hour=20))
    late.on(date(2033, 6, 1))

    done = Purge("pricing", late.database, late.clock, horizon_of("6y", late.clock)).run(
        "J. Okafor", lambda _: None
    )

    assert done["placements"] == 0
    assert not audited(late)[0]
