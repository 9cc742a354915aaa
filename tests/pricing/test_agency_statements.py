"""What an agency is due, from what is kept, by command and over HTTP."""

import csv
import json
from datetime import date
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from services.operating.purge.age import horizon_of
from services.operating.purge.purging import Purge
from services.pricing.api.app import api
from services.pricing.finance.desk import NoPeriod, gone_before, period_of
from services.pricing.finance.statement import Totals
from services.pricing.store.tables import PRICE_CHANGES
from shared.days import Period
from shared.money import NOTHING, pounds
from tests.pricing.builders import OTHER_URN, URN
from tests.pricing.pricing_service import APRIL_2026
from tests.pricing.told_late import SPRING, due


def test_a_statement_has_the_arrears_lines_of_the_messages_of_its_period(late):
    told = [each.data for each in late.sent()]

    lines = due(late)

    found = [(x.placement_id, x.sequence, x.amount) for x in lines if x.kind != "fee"]
    assert sorted(found) == sorted(
        (each.placement_id, each.sequence, line.amount)
        for each in told
        if each.agency == URN
        for line in each.arrears
    )
    assert {x.kind for x in lines} == {"fee", "arrears", "credit"}


def test_three_months_and_the_quarter_come_to_the_same_but_for_a_rounding_a_line(late):
    months = [Period(date(2026, month, 1), date(2026, month + 1, 1)) for month in (3, 4, 5)]

    quarter = due(late)
    singly = [line for month in months for line in due(late, period=month)]

    def sevenths(lines):
        return sum(line.weekly * line.days for line in lines)

    assert sevenths(quarter) == sevenths(singly)
    difference = sum(x.amount for x in quarter) - sum(x.amount for x in singly)
    assert abs(difference) <= Decimal("0.005") * (len(quarter) + len(singly))


def test_a_statement_of_all_that_was_told_comes_to_the_timelines(late):
    stop = SPRING.end
    cost = sum(
        segment.weekly * (min(segment.end or stop, stop) - segment.start).days
        for timeline in late.timelines().values()
        for segment in timeline
        if segment.start < stop
    )

    both = [*due(late), *due(late, OTHER_URN)]

    assert sum(line.weekly * line.days for line in both) == cost


def test_a_placement_that_moved_agency_is_on_both_statements_for_its_part(late):
    mine = [(x.first_day, x.day_after_last) for x in due(late) if x.placement_id == "P3"]
    theirs = [(x.first_day, x.day_after_last) for x in due(late, OTHER_URN)]

    assert max(last for _, last in mine) == date(2026, 5, 11)
    assert theirs == [(date(2026, 5, 11), date(2026, 6, 1))]


def test_what_was_told_before_arrears_lines_were_kept_is_worked_out_again_and_said(late):
    before = due(late)
    with late.database.transaction() as connection:
        connection.execute(update(PRICE_CHANGES).values(as_of=None, lines=None))

    after, totals = due(late), Totals()
    for line in after:
        totals.add(line)

    assert [x._replace(is_rederived=False) for x in after] == before
    assert totals.rederived == len([x for x in before if x.kind != "fee"])


def test_an_end_before_the_first_day_is_no_period():
    with pytest.raises(NoPeriod, match="not after its first day 2026-04-01"):
        period_of(APRIL_2026, APRIL_2026)


def test_a_statement_says_what_is_no_longer_kept(late):
    late.on(date(2033, 6, 1))
    Purge("pricing", late.database, late.clock, horizon_of("6y", late.clock)).run(
        "J. Okafor", lambda _: None
    )

    assert gone_before(late.desk, SPRING) == date(2027, 6, 1)
    assert gone_before(late.desk, Period(date(2027, 6, 1), date(2028, 1, 1))) is None
    assert "P2" not in {line.placement_id for line in due(late)}


# By command and over HTTP.


def test_a_statement_over_http(late):
    asked = TestClient(api(late.desk))

    told = asked.get(f"/v1/agencies/{URN}/statement?from=2026-05-01&to=2026-06-01").json()

    all_ = told["totals"]["all"]
    assert pounds(all_["total"]) == sum(
        (pounds(all_[part]) for part in ("fees", "arrears", "credits")), NOTHING
    )
    assert sum((pounds(x["amount"]) for x in told["lines"]), NOTHING) == pounds(all_["total"])
    assert told["not_kept_of_placements_that_ended_before"] is None
    assert {x["line"] for x in told["lines"]} == {"fee", "arrears", "credit"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/v1/agencies/{URN}/statement?from=2026-05-01&to=2026-05-01", 422),
        (f"/v1/agencies/{URN}/statement?from=2025-05-01&to=2026-06-01", 422),
        (f"/v1/agencies/{URN}/statement?from=2026-05-01", 422),
        ("/v1/agencies/XXX/statement?from=2026-05-01&to=2026-06-01", 422),
        ("/v1/reviews/R9/reconciliation", 404),
        ("/v1/reconciliation?since=yesterday", 422),
    ],
)
def test_what_cannot_be_told_is_a_problem(late, path, status):
    answer = TestClient(api(late.desk), raise_server_exceptions=False).get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_statement_is_printed_with_its_totals(run):
    code, said = run("pricing", "statement", URN, "--from", "2026-05-01", "--to", "2026-06-01")

    assert code == 0
    assert f"{URN} from 2026-05-01 to 2026-06-01" in said
    assert "credit" in said
    assert "looked_after" in said


def test_a_statement_is_written_as_csv_whose_lines_come_to_its_totals(run, tmp_path):
    words = ("pricing", "statement", URN, "--from", "2026-03-01", "--to", "2026-06-01")
    code, said = run(*words, "--csv", str(tmp_path / "may.csv"))

    with (tmp_path / "may.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    told = json.loads(run(*words, "--json")[1])
    assert code == 0
    assert len(rows) == told["totals"]["lines"]
    total = sum((pounds(row["amount"]) for row in rows), NOTHING)
    assert total == pounds(told["totals"]["all"]["total"])
    assert told["totals"]["all"]["total"] in said
