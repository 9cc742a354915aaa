"""A purge leaves what is still to come: a referral that starts later may be decided again."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, update

from services.eligibility.store.tables import decisions, shadow_differences, withdrawals
from tests.operating.test_purge import count, purge_of, quietly, withdrawal_row


@pytest.mark.parametrize("start_date", [date(2033, 1, 5), None])
def test_what_is_decided_for_a_day_that_is_not_past_stays_and_so_does_its_withdrawal(
    eligibility, start_date
):
    first, second = (
        {**referral_row(row, date(2033, 1, 5)), "start_date": start_date}
        for row in eligibility.kept(decisions)[:2]
    )
    rows = [first, second | {"referral_id": "R-other"}]
    with eligibility.database.transaction() as connection:
        for row in rows:
            mine = decisions.c.decision_id == row["decision_id"]
            connection.execute(update(decisions).where(mine).values(row))
        gone = withdrawal_row(1, datetime(2026, 3, 2, tzinfo=UTC))
        kept = withdrawal_row(2, datetime(2026, 3, 2, tzinfo=UTC))
        kept |= {"referral_id": first["referral_id"]}
        connection.execute(insert(withdrawals), [gone | {"referral_id": "R-over"}, kept])
        differs = {"digest": "0" * 64, "differs": "{}", "recorded_at": gone["recorded_at"]}
        differences = [differs | {"decision_id": row["decision_id"]} for row in rows]
        connection.execute(insert(shadow_differences), differences)
    waiting = purge_of(eligibility, "eligibility", "5y")
    expected = waiting.count()

    done = waiting.run("J. Okafor", quietly)

    assert done == expected
    assert {row.decision_id for row in eligibility.kept(decisions)} == {
        row["decision_id"] for row in rows
    }
    assert [row.event_id for row in eligibility.kept(withdrawals)] == ["W-2"]
    assert count(eligibility, shadow_differences) == 2


def referral_row(row, start_date):
    told = json.loads(row.referral) | {"start_date": start_date.isoformat()}
    return {
        "decision_id": row.decision_id,
        "referral_id": row.referral_id,
        "referral": json.dumps(told),
    }
