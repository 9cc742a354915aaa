"""An audit finds each step with a rulebook that was altered, removed or added."""

import pytest
from sqlalchemy import delete, insert, select, update

from services.eligibility.facts import vocabulary
from services.eligibility.store.tables import rulebook_activations, rulebooks
from services.operating.audit.rulebooks import RulebooksKept
from services.operating.audit.verification import audit
from shared.framework.pack import load_framework
from tests.eligibility.builders import PACK
from tests.eligibility.withdrawal_promises import APRIL, put, take_back

KNOWN = vocabulary(load_framework(PACK))


def audited(service):
    return audit(service.database, [RulebooksKept(KNOWN)], lambda _done, _of: None)


def change(service, statement):
    with service.database.transaction() as connection:
        connection.execute(statement)


def test_the_steps_with_rulebooks_verify_as_they_were_taken(eligibility):
    found = audited(eligibility)

    assert found.broken is None
    assert found.seen.compared == {"rulebook": 1}


@pytest.mark.parametrize("told", [{"actor": "another"}, {"reason": ""}, {"state": "shadow"}])
def test_a_step_that_was_altered_is_found(eligibility, told):
    change(eligibility, update(rulebook_activations).values(**told))

    assert "was altered or removed" in audited(eligibility).broken.reason


def test_a_rulebook_that_was_withdrawn_verifies_and_its_withdrawal_cannot_be_undone_unseen(
    eligibility, tmp_path
):
    take_back(eligibility, put(eligibility, tmp_path, "2", APRIL))

    found = audited(eligibility)
    of_withdrawal = rulebook_activations.c.state == "withdrawn"
    change(eligibility, update(rulebook_activations).where(of_withdrawal).values(state="in_force"))

    assert (found.broken, found.seen.compared) == (None, {"rulebook": 3})
    assert "was altered or removed" in audited(eligibility).broken.reason


def test_a_step_that_was_removed_is_found(eligibility):
    change(eligibility, delete(rulebook_activations))

    assert "was altered or removed" in audited(eligibility).broken.reason


def test_a_step_that_nobody_logged_is_found(eligibility):
    with eligibility.database.reading() as connection:
        step = connection.execute(select(rulebook_activations)).one()._asdict()
    change(eligibility, insert(rulebook_activations).values(**step | {"number": 2}))

    assert audited(eligibility).broken.reason == "2 steps with rulebooks are kept, 1 logged"


def test_a_rulebook_that_was_altered_is_found(eligibility):
    with eligibility.database.reading() as connection:
        content = connection.scalar(select(rulebooks.c.content))
    softer = content.replace('["outstanding","good"]', '["outstanding","good","inadequate"]')
    change(eligibility, update(rulebooks).values(content=softer))

    assert softer != content
    assert audited(eligibility).broken.reason.endswith("was altered")
