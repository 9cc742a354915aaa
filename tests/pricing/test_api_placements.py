"""Fees, counts, ticks, second looks and quotes over HTTP: what they do."""

from datetime import date

import pytest

from services.pricing.desk import Desk
from shared.framework.adjustments import ForVolume
from tests.pricing.asking import (
    ANALYST,
    COUNTING,
    LETTER,
    WRITES,
    asking,
    handed_in,
    is_problem,
    quoted,
)
from tests.pricing.builders import OTHER_URN, URN, adjustment, amount, framework_with
from tests.pricing.pricing_service import member, started, tendered

NOTHING_MOVED = {
    "placements_changed": 0,
    "price_changes": 0,
    "arrears": "0.00",
    "unpriced": [],
}


@pytest.fixture
def asked(ready):
    return asking(ready)


def test_a_letter_is_handed_in_once_and_finance_is_told_what_it_moves(asked, ready):
    first, again = (handed_in(asked, LETTER).json() for _ in range(2))

    assert first == {
        "recorded": 1,
        "known": 0,
        "placements_changed": 1,
        "price_changes": 1,
        # It starts today: no day of it is past.
        "arrears": "0.00",
        "unpriced": [],
    }
    assert again == {"recorded": 0, "known": 1, **NOTHING_MOVED}
    assert f"{ready.sent()[-1].data.new_weekly}" == "910.00"
    assert not ready.mismatches()


def test_who_handed_fees_in_and_which_file_is_kept_with_what_finance_is_told(asked, ready):
    handed_in(asked, LETTER)

    caused_by = ready.sent()[-1].causation_id

    assert caused_by.startswith("fees:a.analyst:")


def test_fees_wait_until_an_approved_review_is_applied(asked, ready):
    review = ready.previews(ready.drafts().id)
    ready.approves(review)

    answer = handed_in(asked, LETTER)

    is_problem(answer, 409)
    assert "Apply it first" in answer.json()["detail"]


def test_a_file_of_fees_with_faults_is_refused_with_each_line_and_field(asked):
    strange = LETTER.replace("kent", "surrey").replace("910.00", "0.00")

    answer = handed_in(asked, strange)

    is_problem(answer, 422)
    assert [(one["line"], one["field"]) for one in answer.json()["errors"]] == [
        (2, "purchaser"),
        (2, "weekly"),
    ]
    assert asked.get(f"/v1/agencies/{URN}/fees").json()[1]["weekly"] == "900.00"


def test_a_count_moves_the_placements_of_the_agency(ready):
    tier = adjustment("volume_2", ForVolume(2), amount("10"))
    ready.desk = Desk(ready.database, ready.clock, framework_with(tier))
    ready.hears(started("P2"))
    asked = asking(ready)

    first, again = (
        asked.post("/v1/volume-counts", json=COUNTING, headers=ANALYST).json() for _ in range(2)
    )

    assert first["counts"] == [{"agency": URN, "placements": 2, "before": None, "is_new": True}]
    assert (first["recorded"], first["price_changes"]) == (1, 2)
    # 900.00 x 0.90
    assert f"{ready.sent()[-1].data.new_weekly}" == "810.00"
    assert again["recorded"] == 0
    assert {name: again[name] for name in NOTHING_MOVED} == NOTHING_MOVED


def test_a_day_that_is_yet_to_come_cannot_be_counted(asked):
    body = COUNTING | {"counted_on": "2026-03-03"}

    answer = asked.post("/v1/volume-counts", json=body, headers=ANALYST)

    is_problem(answer, 422)
    assert "not known yet" in answer.json()["detail"]


def test_the_calendar_is_looked_at_and_a_birthday_told(pricing):
    pricing.imports(tendered("900.00", "5-10"), tendered("950.00", "11-15"))
    pricing.hears(started(date_of_birth=date(2015, 6, 10)))
    pricing.on(date(2026, 5, 20))
    asked = asking(pricing)

    first, again = (asked.post("/v1/ticks", headers=ANALYST).json() for _ in range(2))

    assert first == NOTHING_MOVED | {"placements_changed": 1, "price_changes": 1}
    assert again == NOTHING_MOVED
    assert f"{pricing.sent()[-1].data.new_weekly}" == "950.00"


def test_every_placement_is_looked_at_again_where_the_pack_has_changed(ready):
    # The worker that heard of the placement knew the sample's discounts only.
    everybody = adjustment("volume_1", ForVolume(1), amount("20"))
    asking(ready).post("/v1/volume-counts", json=COUNTING, headers=ANALYST)
    ready.desk = Desk(ready.database, ready.clock, framework_with(everybody))
    asked = asking(ready)

    body = {"because": "26/00123"}
    first, again = (
        asked.post("/v1/repricings", json=body, headers=ANALYST).json() for _ in range(2)
    )

    assert (first["price_changes"], again) == (1, NOTHING_MOVED)
    told = ready.sent()[-1].data
    # 900.00 x 0.80
    assert f"{told.new_weekly}" == "720.00"
    assert ("correction", "26/00123") in [(one.cause, one.reference) for one in told.causes]


def test_a_quote_is_the_framework_fee_where_nothing_is_due_on_it(asked):
    told = quoted(asked).json()

    assert told == {
        "agency": URN,
        "purchaser": "kent",
        "placement_type": "core",
        "need_category": "standard",
        "age_band": "5-10",
        "on": "2026-03-02",
        "solo": False,
        "sibling_number": 1,
        "framework": {
            "from": "2022-04-01",
            "weekly": "900.00",
            "cause": "tender",
            "reference": "tender-2022",
        },
        "adjustments": [],
        "weekly": "900.00",
    }


@pytest.mark.parametrize(
    ("said", "due", "weekly"),
    [
        # 900.00 x 0.95
        ({"sibling_number": 2}, ["sibling"], "855.00"),
        # 900.00 + 75.00
        ({"solo": "true"}, ["solo"], "975.00"),
        ({"sibling_number": 3, "solo": "true"}, ["sibling", "solo"], "930.00"),
    ],
)
def test_a_quote_says_what_is_due_on_the_fee(asked, said, due, weekly):
    told = quoted(asked, **said).json()

    assert [one["id"] for one in told["adjustments"]] == due
    assert told["weekly"] == weekly


def test_a_quote_goes_by_the_last_count_of_the_agency(ready):
    ready.hears(*(started(f"Q{number}") for number in range(19)))
    asked = asking(ready)
    asked.post("/v1/volume-counts", json=COUNTING, headers=ANALYST)

    told = quoted(asked).json()

    # 900.00 x 0.985
    assert (told["adjustments"][0]["percent"], told["weekly"]) == ("1.5", "886.50")


def test_a_quote_is_what_a_placement_then_costs(asked, ready):
    told = quoted(asked, sibling_number=2, solo="true").json()

    ready.hears(started("P2", sibling_number=2, solo=True))

    assert f"{ready.sent()[-1].data.new_weekly}" == told["weekly"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"agency": OTHER_URN}, "none is known for any day"),
        ({"placement_type": "parent_and_child"}, "none is known for any day"),
        ({"on": "2022-03-31"}, "the first is from 2022-04-01"),
    ],
)
def test_where_the_framework_holds_no_such_fee_there_is_no_quote(asked, said, why):
    answer = quoted(asked, **said)

    is_problem(answer, 404)
    assert why in answer.json()["detail"]


def test_an_agency_that_has_left_is_not_quoted(asked, ready):
    ready.hears(member(URN, date(2022, 4, 1), date(2026, 4, 1)))

    before, after = quoted(asked, on="2026-03-31"), quoted(asked, on="2026-04-01")

    assert before.json()["weekly"] == "900.00"
    is_problem(after, 404)
    assert "left the framework on 2026-04-01" in after.json()["detail"]


def test_the_description_has_an_example_of_every_body_and_answer(asked):
    told = asked.get("/openapi.json").json()
    paths = [path for path, _ in WRITES]
    mine = [told["paths"]["/v1/quotes"]["get"], *(told["paths"][path]["post"] for path in paths)]

    for one in mine:
        for status, answer in one["responses"].items():
            (content,) = answer["content"].values()
            assert "example" in content, (one["operationId"], status)
    for name in ("Counting", "Repricing"):
        assert told["components"]["schemas"][name]["examples"]
    content = told["paths"]["/v1/fees"]["post"]["requestBody"]["content"]["text/csv"]
    assert handed_in(asked, content["example"]).json()["recorded"] == 1


def test_the_examples_of_answers_have_the_fields_of_answers(asked):
    paths = asked.get("/openapi.json").json()["paths"]

    def example(path, method="post"):
        return paths[path][method]["responses"]["200"]["content"]["application/json"]["example"]

    for path, request_ in WRITES:
        headers = ANALYST | request_.get("headers", {})
        answer = asked.post(path, **(request_ | {"headers": headers})).json()
        assert answer.keys() == example(path).keys()
    quote = quoted(asked, sibling_number=2).json()
    assert quote.keys() == example("/v1/quotes", "get").keys()
    assert quote["adjustments"] == example("/v1/quotes", "get")["adjustments"]
