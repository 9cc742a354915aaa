"""An audit finds each concern that was altered, removed or added, and knows what was purged."""

import pytest
from sqlalchemy import delete, insert, update

from services.eligibility.store.tables import concerns
from services.operating.audit.concerns import ConcernsKept
from services.operating.audit.verification import audit
from tests.eligibility.impact_events import started
from tests.eligibility.running import JUDGED
from tests.eligibility.running import update as update_of
from tests.operating.test_purge import purge_of, quietly


def audited(service):
    return audit(service.database, [ConcernsKept()], lambda _done, _of: None)


def change(service, statement):
    with service.database.transaction() as connection:
        connection.execute(statement)


def test_a_concern_verifies_as_it_was_told(eligibility):
    found = audited(eligibility)

    assert found.broken is None
    assert found.seen.compared == {"concern": 1}


@pytest.mark.parametrize(
    ("was", "altered"), [("not_met", "refer"), ("is inadequate", "is good"), ("SC99", "SC98")]
)
def test_a_concern_that_was_altered_is_found(eligibility, was, altered):
    [kept] = eligibility.kept(concerns)
    assert was in kept.told

    change(eligibility, update(concerns).values(told=kept.told.replace(was, altered)))

    reason = audited(eligibility).broken.reason
    assert reason == f"what is kept of the concern {kept.concern_id} was altered"


def test_a_concern_of_which_a_child_was_struck_out_who_was_heard_of_later_is_found(eligibility):
    eligibility.take(started("P-late"))
    assert audited(eligibility).seen.compared == {"concern": 2}
    [kept] = [each for each in eligibility.kept(concerns) if "P-late" in each.told]

    struck = kept.told.replace("P-late", "P-none")
    change(
        eligibility,
        update(concerns).where(concerns.c.concern_id == kept.concern_id).values(told=struck),
    )

    reason = audited(eligibility).broken.reason
    assert reason == f"what is kept of the concern {kept.concern_id} was altered"


def test_a_concern_that_was_removed_is_found(eligibility):
    [kept] = eligibility.kept(concerns)

    change(eligibility, delete(concerns))

    assert audited(eligibility).broken.reason == f"the concern {kept.concern_id} was removed"


def test_a_concern_that_was_never_told_is_found(eligibility):
    row = {**eligibility.kept(concerns)[0]._mapping, "concern_id": "invented"}

    change(eligibility, insert(concerns).values(row))

    reason = audited(eligibility).broken.reason
    assert reason == "the concern invented is kept and was never logged"


def test_a_concern_that_was_purged_is_counted_and_not_missed(eligibility):
    purge_of(eligibility, "eligibility").run("J. Okafor", quietly)

    found = audited(eligibility)

    assert found.broken is None
    assert found.seen.purged == {"concern": 1}
    assert eligibility.kept(concerns) == []


def test_a_concern_that_is_removed_by_hand_after_a_purge_is_found(eligibility):
    purge_of(eligibility, "eligibility").run("J. Okafor", quietly)
    eligibility.take(update_of(JUDGED, urn="SC990002", id_="later"))
    [young] = eligibility.kept(concerns)

    change(eligibility, delete(concerns))

    assert audited(eligibility).broken.reason == f"the concern {young.concern_id} was removed"
