"""An audit reads every column by which what is kept is found or told, and not the bodies only."""

import json
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from services.eligibility.store.tables import (
    concerns,
    decisions,
    register_facts,
    rulebook_activations,
    rulebooks,
)
from services.pricing.store.tables import PRICE_CHANGES
from shared.money import pounds
from tests.operating.test_audit import broken, change

OF_ELIGIBILITY = {
    decisions: (
        "referral_id",
        "decided_at",
        "shortlist_order",
        "rulebook_digest",
        "register_version",
        "pack_digest",
        "body_digest",
        "version",
        "said_at",
        "occasion",
        "occasion_reference",
        "start_date",
    ),
    register_facts: ("urn", "kind", "recorded_at", "said_at", "version"),
    rulebooks: ("name", "version", "in_force_from", "in_force_to", "content"),
    rulebook_activations: ("digest", "state", "actor", "reason", "recorded_at"),
    concerns: ("agency", "told", "recorded_at"),
}
OF_PRICING = {
    PRICE_CHANGES: (
        "sequence",
        "effective_from",
        "effective_to",
        "old_weekly",
        "new_weekly",
        "agency",
        "purchaser",
        "service_line",
        "funding",
        "arrears",
        "recorded_at",
        "lines",
    )
}
A_LINE = '[["2026-03-02", "2026-03-04", "0.00", "900.00", "1.00"]]'


def columns(of_service):
    return [
        pytest.param(table, name, id=f"{table.name}.{name}")
        for table, names in of_service.items()
        for name in names
    ]


def other(value, name):
    """Return something of the same kind that is not so."""
    if value is None:
        return date(2031, 1, 1)
    if name == "lines":
        return A_LINE
    if isinstance(value, date | datetime):
        return value + timedelta(days=1)
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, str):
        last = next(place for place in reversed(range(len(value))) if value[place].isalnum())
        return value[:last] + ("7" if value[last] != "7" else "8") + value[last + 1 :]
    return pounds("1.23")


def alter(service, table, name):
    column = table.c[name]
    is_told = column.is_not(None) if name == "said_at" else True
    with service.database.reading() as connection:
        row = connection.execute(select(table).where(is_told).limit(1)).one()
    key = [each == row._mapping[each.name] for each in table.primary_key.columns]
    altered = other(row._mapping[name], name)
    change(service, update(table).where(*key).values({name: altered}))


@pytest.mark.parametrize(("table", "name"), columns(OF_ELIGIBILITY))
def test_what_is_altered_in_any_column_of_eligibility_is_found(eligibility, table, name):
    assert broken(eligibility) is None

    alter(eligibility, table, name)

    assert broken(eligibility) is not None


@pytest.mark.parametrize(("table", "name"), columns(OF_PRICING))
def test_what_is_altered_in_any_column_of_a_price_change_is_found(pricing, table, name):
    assert broken(pricing) is None

    alter(pricing, table, name)

    assert "of the placement P-" in broken(pricing)[1]


def test_a_fact_of_the_register_that_nobody_can_read_is_found(eligibility):
    change(eligibility, update(register_facts).where(register_facts.c.number == 1).values(told="["))

    assert "altered" in broken(eligibility)[1]


def test_a_decision_that_is_filed_under_another_referral_is_found(eligibility):
    kept = eligibility.kept(decisions)[0]
    assert json.loads(kept.referral)["referral_id"] == kept.referral_id
    mine = decisions.c.decision_id == kept.decision_id

    change(eligibility, update(decisions).where(mine).values(referral_id="R-another"))

    assert broken(eligibility)[1] == (
        f"what is kept of the decision {kept.decision_id} was altered: it would not be found by "
        "what it says"
    )
