"""What is shown of a body: its structure, ids and instants, and nothing that may be a child's."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.operating.dead.body import scrubbed
from tests.delivery.small_service import BORN, document

MARKER = "Tomasina-7f3"


def shown(body):
    return json.dumps(scrubbed(body if isinstance(body, bytes) else json.dumps(body).encode()))


def test_a_referral_is_shown_by_its_structure_with_its_ids():
    told = scrubbed(json.dumps(document("R-1")).encode())

    assert told["id"] == "id-R-1"
    assert told["type"] == "referral.received.v1"
    assert told["time"] == "2026-11-20T10:00:00+00:00"
    assert told["data"]["referral_id"] == "R-1"
    assert told["data"]["solo"] == "(true or false)"
    assert told["data"]["children"] == [
        {"child_ref": "(text)", "date_of_birth": "(text)", "disability": "(true or false)"}
    ]
    assert told["data"]["start_date"] == "(text)"


def test_a_birthday_in_the_place_of_an_id_or_of_an_instant_is_not_shown():
    wrong = document(BORN, id=f"born:{BORN}", time=BORN, subject=BORN, correlationid="4.3.2015")

    assert BORN not in shown(wrong)
    assert "4.3.2015" not in shown(wrong)


def test_an_id_in_a_place_where_no_contract_has_one_is_not_shown():
    wrong = document("R-1")
    wrong["data"]["children"][0]["referral_id"] = MARKER
    wrong["children"] = [{"id": MARKER}]

    assert MARKER not in shown(wrong)


def test_a_name_that_no_contract_knows_is_counted_and_not_shown():
    wrong = document("R-1")
    wrong["data"][MARKER] = {MARKER: MARKER}

    assert MARKER not in shown(wrong)
    assert scrubbed(json.dumps(wrong).encode())["data"]["(a name that no contract knows)"] == 1


def test_what_is_no_json_or_too_large_or_too_deep_is_named_as_that():
    deep = b'{"data":' * 30 + b"1" + b"}" * 30

    assert scrubbed(b"\xff" + MARKER.encode()) == "(not JSON)"
    assert scrubbed(b"[NaN]") == "(not JSON)"
    assert "larger" in scrubbed(b" " * 300_000)
    assert "deeper" in shown(deep)
    assert scrubbed(json.dumps([1] * 50).encode())[-1] == "(and 30 more)"


ANYTHING = st.recursive(
    st.just(MARKER) | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["data", "children", "notes", "date_of_birth", "child_ref", MARKER]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=30,
)


@given(ANYTHING)
def test_no_text_is_ever_shown_outside_the_few_places_for_ids(body):
    assert MARKER not in shown(body)
