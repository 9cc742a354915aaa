"""A purge takes what ended long ago and nothing else; what is left still verifies and explains."""

import itertools
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from services.eligibility.store.decision_store import NoSuchDecision
from services.eligibility.store.tables import decisions, shadow_differences, withdrawals
from services.operating.purge.age import horizon_of
from services.operating.purge.purging import ROWS_AT_A_TIME, Purge
from services.pricing.finance.reconcile import reconcile
from services.pricing.placements.standing import NoPlacement, explained
from services.pricing.placements.tick import tick
from services.pricing.store.old_placements import purged_placements
from services.pricing.store.tables import PLACEMENT_EVENTS, PLACEMENTS, PRICE_CHANGES
from shared.persistence.inbox import Fate
from shared.persistence.tables import DELIVERY
from tests.eligibility.builders import PACK
from tests.eligibility.running import referral
from tests.operating.commands import Operator
from tests.operating.conftest import LATER
from tests.operating.test_audit import audited
from tests.pricing.builders import FAMILY, OTHER_URN
from tests.pricing.pricing_service import amended, ended, started, told_change

INBOX, OUTBOX, ACTS = DELIVERY.inbox, DELIVERY.outbox, DELIVERY.acts


def purge_of(service, name, age="6y"):
    service.clock.set(LATER)
    return Purge(name, service.database, service.clock, horizon_of(age, service.clock))


def quietly(_done):
    """Tell nobody how far it is."""


def count(service, table):
    with service.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table))


# Eligibility.


def test_decisions_from_before_the_horizon_go_and_the_log_still_verifies(eligibility):
    waiting = purge_of(eligibility, "eligibility", "5y")
    eligibility.take(referral("R-young"))
    expected = waiting.count()

    done = waiting.run("J. Okafor", quietly)

    assert (
        done
        == expected
        == {
            "decisions": 8,
            "shadow_differences": 0,
            "withdrawals": 0,
            "concerns": 1,
            "inbox": 6,
        }
    )
    assert [each.referral_id for each in eligibility.kept(decisions)] == ["R-young"]
    found = audited(eligibility)
    assert found.broken is None
    assert found.seen.purged == {"decision": 8, "concern": 1}
    assert found.seen.compared["decision"] == 1
    begun, ended_ = eligibility.kept(ACTS)
    assert (begun.kind, ended_.kind) == ("purge.begun", "purge.done")
    assert json.loads(ended_.told) == {
        "by": "J. Okafor",
        "horizon": waiting.horizon.instant.isoformat(),
        "rows": done,
    }


def test_what_a_rulebook_in_shadow_would_have_decided_goes_with_the_decision(eligibility):
    rows = [
        {"decision_id": f"d{year}", "digest": "0" * 64, "differs": "{}", "recorded_at": at}
        for year in (2026, 2031)
        for at in [datetime(year, 3, 2, tzinfo=UTC)]
    ]
    with eligibility.database.transaction() as connection:
        connection.execute(insert(shadow_differences), rows)

    done = purge_of(eligibility, "eligibility", "5y").run("J. Okafor", quietly)

    assert done["shadow_differences"] == 1
    assert [each.decision_id for each in eligibility.kept(shadow_differences)] == ["d2031"]


def test_who_asks_for_a_purged_decision_is_told_when_it_went(eligibility):
    gone = eligibility.kept(decisions)[0]
    purge_of(eligibility, "eligibility").run("J. Okafor", quietly)

    with pytest.raises(NoSuchDecision, match="made on 2026-03-02 and purged on 2032-06-01"):
        eligibility.derived(gone.decision_id)
    with (
        pytest.raises(NoSuchDecision, match="before 2026-06-01 was purged on 2032-06-01"),
        eligibility.database.reading() as connection,
    ):
        eligibility.service.archive().latest(connection, gone.referral_id)
    with pytest.raises(NoSuchDecision, match=r"There is no decision never-made\."):
        eligibility.derived("never-made")


def test_a_decision_that_is_removed_by_hand_after_a_purge_is_found(eligibility):
    purge_of(eligibility, "eligibility").run("J. Okafor", quietly)
    eligibility.take(referral("R-young"), referral("R-younger"))
    young = eligibility.kept(decisions)[0].decision_id

    with eligibility.database.transaction() as connection:
        connection.execute(decisions.delete().where(decisions.c.decision_id == young))

    assert audited(eligibility).broken.reason == f"the decision {young} was removed"


def test_what_waits_or_is_parked_or_is_not_sent_yet_stays(eligibility):
    rows = count(eligibility, OUTBOX)
    with eligibility.database.transaction() as connection:
        of = INBOX.c.message_id
        connection.execute(update(INBOX).where(of == "event-R0").values(fate=Fate.PARKED.value))
        connection.execute(update(INBOX).where(of == "event-R1").values(fate=Fate.WAITING.value))

    purge_of(eligibility, "eligibility").run("J. Okafor", quietly)

    kept = {row.message_id for row in eligibility.kept(INBOX)}
    assert kept == {"event-R0", "event-R1"}
    assert count(eligibility, OUTBOX) == rows > 0


def test_a_purge_goes_in_portions_and_goes_on_where_it_was_cut_off(eligibility):
    old = LATER - timedelta(days=3000)
    with eligibility.database.transaction() as connection:
        rows = [inbox_row(number, old) for number in range(3 * ROWS_AT_A_TIME + 7)]
        connection.execute(insert(INBOX), rows)
        withdrawn = [withdrawal_row(number, old) for number in range(2 * ROWS_AT_A_TIME + 1)]
        connection.execute(insert(withdrawals), withdrawn)
    waiting = purge_of(eligibility, "eligibility")
    whole = waiting.count()
    heard = []

    def cut_off(done):
        heard.append(done)
        if len(heard) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        waiting.run("J. Okafor", cut_off)
    assert audited(eligibility).broken is None
    left = waiting.count()
    rest = waiting.run("J. Okafor", heard.append)

    assert 0 < sum(left.values()) == sum(rest.values()) < sum(whole.values())
    assert all(after - before <= ROWS_AT_A_TIME for before, after in itertools.pairwise(heard))
    assert sum(waiting.count().values()) == 0
    assert count(eligibility, withdrawals) == 0
    assert audited(eligibility).broken is None
    kinds = [row.kind for row in eligibility.kept(ACTS)]
    assert kinds == ["purge.begun", "purge.begun", "purge.done"]


def inbox_row(number, at):
    return {
        "message_id": f"M-{number}",
        "type": "t",
        "body_digest": b"0" * 32,
        "received_at": at,
        "fate": Fate.HANDLED.value,
        "next_attempt": 2,
    }


def withdrawal_row(number, at):
    return {
        "event_id": f"W-{number}",
        "referral_id": "R",
        "withdrawn_at": at,
        "reason": "",
        "recorded_at": at,
    }


# Pricing.


def test_placements_that_ended_go_with_every_fact_of_the_child(pricing):
    waiting = purge_of(pricing, "pricing", "5y")
    expected = waiting.count()

    done = waiting.run("J. Okafor", quietly)

    assert done == expected
    assert done["placements"] == 2
    with pricing.database.reading() as connection:
        assert set(connection.scalars(select(PLACEMENT_EVENTS.c.placement_id))) == {"P-lives"}
        assert set(connection.scalars(select(PRICE_CHANGES.c.placement_id))) == {"P-lives"}
        assert set(purged_placements(connection)) == {"P-ended", "P-moved"}
        birthdays = select(PLACEMENTS.c.next_birthday).where(PLACEMENTS.c.purged_at.is_not(None))
        assert set(connection.scalars(birthdays)) == {None}
    found = audited(pricing)
    assert found.broken is None
    assert found.seen.purged["price.changed.v1"] == done["price_changes"]


def test_a_placement_that_has_not_ended_or_ended_lately_or_was_corrected_lately_stays(pricing):
    pricing.on(date(2032, 5, 1))
    pricing.hears(
        started("P-late", start_date=date(2032, 1, 5), date_of_birth=date(2020, 6, 10)),
        amended("P-moved", event_id="late", effective_from=date(2026, 3, 10), agency=FAMILY.agency),
    )
    pricing.hears(ended(date(2032, 4, 20), "P-late"))

    done = purge_of(pricing, "pricing", "1y").run("J. Okafor", quietly)

    assert done["placements"] == 1
    with pricing.database.reading() as connection:
        assert set(purged_placements(connection)) == {"P-ended"}
    assert audited(pricing).broken is None


def test_what_is_told_of_a_purged_placement_is_rejected_and_never_priced_anew(pricing):
    purge_of(pricing, "pricing").run("J. Okafor", quietly)
    before = len(pricing.sent())

    pricing.hears(started("P-ended", event_id="again"))
    pricing.hears(amended("P-moved", event_id="more", agency=OTHER_URN))

    assert len(pricing.sent()) == before
    assert pricing.fates()[-2:] == ["the placement ended long ago and was purged on 2032-06-01"] * 2


def test_who_asks_for_a_purged_placement_is_told_when_it_went(pricing):
    received = [told_change(event.data) for event in pricing.sent()]
    purge_of(pricing, "pricing").run("J. Okafor", quietly)

    with pytest.raises(NoPlacement, match="P-ended ended long ago and was purged on 2032-06-01"):
        explained(pricing.desk, "P-ended", date(2026, 3, 4))
    repriced = tick(pricing.desk)
    assert repriced.unpriced == []
    received += [told_change(event.data) for event in pricing.sent()[len(received) :]]
    with pricing.database.reading() as connection:
        purged = purged_placements(connection)
    assert reconcile(received, pricing.timelines(), purged) == []
    pricing.imports()
    assert audited(pricing).broken is None


# At the terminal.


def test_an_operator_sees_first_what_would_go(eligibility, url):
    long_ago = LATER - timedelta(days=9000)
    with eligibility.database.transaction() as connection:
        connection.execute(insert(INBOX).values(**inbox_row(1, long_ago)))
    operator = Operator(eligibility_database_url=url, framework=PACK)
    purge = ("purge", "eligibility", "--older-than", "6y", "--as", "J. Okafor")

    tried = operator.runs(*purge)
    tried_as_json = operator.runs(*purge, "--json").told
    done = operator.runs(*purge, "--yes", "--json").told
    refused = operator.runs("purge", "eligibility", "--older-than", "1d", "--as", "J. Okafor")
    nobody = operator.runs("purge", "eligibility", "--older-than", "6y", "--as", "")

    assert "Would be purged from eligibility" in tried.out
    assert "1 inbox. Add --yes to do it." in tried.out
    tables = ("decisions", "shadow_differences", "withdrawals", "concerns")
    nothing_else = dict.fromkeys(tables, 0)
    assert tried_as_json["rows"] == done["rows"] == nothing_else | {"inbox": 1}
    assert (tried_as_json["done"], done["done"]) == (False, True)
    assert (refused.status, nobody.status) == (1, 1)
    assert "younger than 90 days" in refused.err
    assert "--as names who does it" in nobody.err
