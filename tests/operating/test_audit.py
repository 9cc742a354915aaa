"""An audit finds everything that was altered, removed or added, and is not misled by a purge."""

import json

import pytest
from sqlalchemy import delete, insert, select, update

from services.eligibility.store.tables import decisions, register_facts
from services.operating.audit import eligibility as audit_eligibility
from services.operating.audit import pricing as audit_pricing
from services.operating.audit.verification import ActsKept, audit
from services.pricing.store.tables import PRICE_CHANGES
from shared.framework.pack import load_framework
from shared.messaging.acts import DISCARDED, keep_act
from shared.messaging.work import work_on
from shared.persistence.tables import DELIVERY
from shared.settings import settings_from
from tests.eligibility.builders import PACK
from tests.operating.commands import Operator

LOG, HEAD, ACTS = DELIVERY.log, DELIVERY.log_head, DELIVERY.acts
SETTINGS = settings_from({"FOSTERFRAME_FRAMEWORK": str(PACK)})


def audited(service):
    """Audit a service's database; the part that compares is told by the service's kind."""
    of_service = audit_pricing if hasattr(service, "desk") else audit_eligibility
    found = []
    done = audit(
        service.database,
        [*of_service.comparisons(SETTINGS), ActsKept()],
        lambda *told: found.append(told),
    )
    assert not found or found[-1][0] <= done.end.position
    return done


def broken(service):
    found = audited(service).broken
    return (found.position, found.reason) if found is not None else None


def change(service, *statements):
    with service.database.transaction() as connection:
        for statement in statements:
            connection.execute(statement)


def positions(service, kind):
    with service.database.reading() as connection:
        of_kind = select(LOG.c.position).where(LOG.c.kind == kind).order_by(LOG.c.position)
        return connection.scalars(of_kind).all()


def test_decisions_and_the_register_verify_as_they_were_written(eligibility):
    found = audited(eligibility)

    assert found.broken is None
    assert found.seen.compared == {"rulebook": 1, "decision": 8, "register": 2, "concern": 1}
    assert found.seen.unchecked == {}
    assert found.end.position == 12


def test_price_changes_verify_as_they_were_told(pricing):
    found = audited(pricing)

    assert found.broken is None
    assert found.seen.compared["price.changed.v1"] == len(pricing.sent()) > 5


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (update(LOG).where(LOG.c.position == 3).values(subject="other"), "content was changed"),
        (delete(LOG).where(LOG.c.position == 3), "a row is missing"),
    ],
)
def test_an_entry_that_was_altered_or_removed_is_found(eligibility, statement, reason):
    change(eligibility, statement)

    position, said = broken(eligibility)

    assert position == 3
    assert reason in said


def test_a_log_that_was_cut_off_is_found(eligibility):
    change(eligibility, delete(LOG).where(LOG.c.position >= 6))

    assert broken(eligibility) == (6, "rows at the end of the log are missing")


def test_a_log_whose_end_was_set_back_is_found(eligibility):
    with eligibility.database.reading() as connection:
        digest = connection.scalar(select(LOG.c.digest).where(LOG.c.position == 5))
    change(eligibility, update(HEAD).values(position=5, digest=digest))

    assert broken(eligibility) == (6, "entries stand after the end of the log")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"need_category": "standard"', '"need_category": "enhanced"'),
        ('"age": 12', '"age": 11'),
        ('"solo": false', '"solo": true'),
        ('{"referral_id"', '{"referral"'),
    ],
)
def test_a_decision_whose_facts_were_altered_is_found(eligibility, before, after):
    (kept, *_) = eligibility.kept(decisions)
    assert before in kept.referral
    mine = decisions.c.decision_id == kept.decision_id
    change(
        eligibility,
        update(decisions).where(mine).values(referral=kept.referral.replace(before, after)),
    )

    _, reason = broken(eligibility)

    assert f"what is kept of the decision {kept.decision_id} was altered" in reason


def test_a_decision_that_was_removed_is_found(eligibility):
    gone = eligibility.kept(decisions)[0].decision_id
    change(eligibility, delete(decisions).where(decisions.c.decision_id == gone))

    assert broken(eligibility)[1] == f"the decision {gone} was removed"


def test_a_decision_that_was_never_made_is_found(eligibility):
    row = {**eligibility.kept(decisions)[0]._mapping, "decision_id": "invented"}
    change(eligibility, insert(decisions).values(row))

    assert broken(eligibility)[1] == "the decision invented is kept and was never logged"


def test_a_fact_of_the_register_that_was_altered_is_found(eligibility):
    rows = eligibility.kept(register_facts)
    row = next(each for each in rows if "overall" in each.told)
    told = json.loads(row.told) | {"overall": "inadequate"}
    mine = register_facts.c.number == row.number
    change(eligibility, update(register_facts).where(mine).values(told=json.dumps(told)))

    assert "was altered" in broken(eligibility)[1] or "were altered" in broken(eligibility)[1]


def test_a_fact_that_was_added_to_the_register_by_hand_is_found(eligibility):
    row = {**eligibility.kept(register_facts)[-1]._mapping, "version": "0" * 64}
    change(eligibility, insert(register_facts).values(row | {"number": row["number"] + 1}))

    assert broken(eligibility)[1] == "facts at the end of the register were never logged"


@pytest.mark.parametrize("column", ["new_weekly", "effective_from", "agency", "arrears"])
def test_a_price_change_that_was_altered_is_found(pricing, column):
    with pricing.database.reading() as connection:
        other = connection.scalars(select(PRICE_CHANGES.c[column]).distinct()).all()
    mine = (PRICE_CHANGES.c.placement_id == "P-lives") & (PRICE_CHANGES.c.sequence == 1)
    with pricing.database.reading() as connection:
        now = connection.scalar(select(PRICE_CHANGES.c[column]).where(mine))
    another = next((each for each in other if each != now), "SC999999")
    change(pricing, update(PRICE_CHANGES).where(mine).values({column: another}))

    position, reason = broken(pricing)

    assert position in positions(pricing, "price.changed.v1")
    assert reason == "a price change of the placement P-lives was altered or removed"


def test_a_price_change_that_was_removed_or_added_is_found(pricing):
    mine = (PRICE_CHANGES.c.placement_id == "P-lives") & (PRICE_CHANGES.c.sequence == 1)
    with pricing.database.reading() as connection:
        row = dict(connection.execute(select(PRICE_CHANGES).where(mine)).one()._mapping)
    change(pricing, insert(PRICE_CHANGES).values(row | {"sequence": 9}))
    added = broken(pricing)
    change(
        pricing,
        delete(PRICE_CHANGES).where(PRICE_CHANGES.c.placement_id == "P-lives"),
    )

    assert "is kept and was never logged" in added[1]
    assert "was altered or removed" in broken(pricing)[1]


def test_an_act_of_an_operator_that_was_altered_is_found(eligibility):
    with work_on(eligibility.database, eligibility.clock, "eligibility", cause_id="d") as work:
        keep_act(work, DISCARDED, "M-1", {"by": "J. Okafor", "because": "sent again"})
    whole = audited(eligibility)
    change(eligibility, update(ACTS).values(told='{"by": "nobody"}'))

    assert whole.seen.compared[DISCARDED] == 1
    assert broken(eligibility) == (13, "the record of message.discarded was altered or removed")


def test_an_auditor_at_the_terminal_is_told_what_it_means(eligibility, url):
    operator = Operator(eligibility_database_url=url, framework=PACK)
    assert load_framework(PACK)

    well = operator.runs("audit", "verify", "eligibility")
    as_json = operator.runs("audit", "verify", "eligibility", "--json").told
    change(eligibility, delete(LOG).where(LOG.c.position == 3))
    found = operator.runs("audit", "verify", "eligibility")
    found_as_json = operator.runs("audit", "verify", "eligibility", "--json")

    assert well.status == 0
    assert "eligibility verifies: 12 entries; compared: " in well.out
    for compared in ("1 rulebook", "2 register", "8 decision", "1 concern"):
        assert compared in well.out
    assert as_json[0]["verifies"]
    assert len(as_json[0]["digest"]) == 64
    assert (found.status, found_as_json.status) == (1, 1)
    assert "eligibility does NOT verify, at entry 3 of its log: a row is missing" in found.err
    assert "Do not repair it" in found.err
    assert json.loads(found_as_json.out)[0]["broken"] == {"at": 3, "reason": "a row is missing"}
