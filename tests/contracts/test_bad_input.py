"""What is refused at the border, with the field named, and never with what stood there."""

import json

import pytest

from shared.contracts.event import LARGEST_BODY_BYTES, decode
from shared.errors import CannotSucceed
from tests.contracts.goldens import FULL, LEAST, body_of, objects, positions, with_value, without

PRIVATE = "Tommy Atkins, born 2015-05-05"
"""Stands for anything that a sender may have put where it does not belong."""

REFERRAL = FULL["referral.received.v1"]
STARTED = FULL["placement.started.v1"]
PRICE = FULL["price.changed.v1"]

FIRST_BORN = ("data", "children", 0, "date_of_birth")
FEE = ("data", "agreed_weekly")


def refusal(body):
    with pytest.raises(CannotSucceed) as caught:
        decode(body)
    return caught.value


NOT_MONEY = [
    *(1480, 1480.0, True, None, ["12.00"], "", "NaN", "Infinity"),
    *("1e5", "1E+3", " 12 ", "12.00 ", "1480.00\n", "1_000", "1_000.00", "1,480.00", "£12.00"),
    *("12", "12.5", "12.000", ".50", "012.00", "+12.00", "\u0661\u0662.\u0660\u0660"),
    "1234567890.00",
]


@pytest.mark.parametrize("fee", NOT_MONEY)
def test_money_is_refused_unless_it_is_a_string_of_pounds_and_two_digits_of_pence(fee):
    refused = refusal(body_of(with_value(STARTED, FEE, fee)))

    assert refused.field == "data.agreed_weekly"


@pytest.mark.parametrize(
    "rate", [3.8, 4, "3.8 %", "1e1", " 3.8", "3,8", "03.8", "3.", "NaN", "3.8\n"]
)
def test_a_percentage_is_refused_unless_it_is_a_string_of_a_plain_decimal(rate):
    refused = refusal(body_of(with_value(FULL["review.applied.v1"], ("data", "uplift"), rate)))

    assert refused.field == "data.uplift"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("data", "start_date"), "16/03/2026"),
        (("data", "start_date"), "2026-02-30"),
        (("data", "start_date"), "2026-03-16T00:00:00Z"),
        (("data", "start_date"), 20260316),
        (("data", "received_at"), "2026-03-12T09:40:00"),
        (("data", "received_at"), "2026-03-12"),
        (("data", "solo"), "false"),
        (("data", "solo"), 0),
        (("data", "needed_by"), "tomorrow"),
        (("data", "uasc"), True),
        (("data", "purchaser"), "Kent"),
        (("data", "children"), []),
        (("data", "children"), [REFERRAL["data"]["children"][0]] * 9),
        (("data", "children"), {}),
        (FIRST_BORN, None),
        (FIRST_BORN, "unknown"),
        (("data", "referral_id"), "R 2026"),
        (("data", "referral_id"), "R-2026\n"),
        (("data", "referral_id"), "R" * 81),
        (("data",), []),
        (("data",), None),
        (("specversion",), "0.3"),
        (("specversion",), 1.0),
        (("id",), ""),
        (("id",), 4711),
        (("time",), "2026-03-12T09:41:07"),
    ],
    ids=lambda part: ".".join(map(str, part)) if isinstance(part, tuple) else repr(part)[:24],
)
def test_a_field_of_the_wrong_form_is_refused_and_named(path, value):
    refused = refusal(body_of(with_value(REFERRAL, path, value)))

    assert refused.field == ".".join(map(str, path))
    assert refused.reason
    assert refused.advice


@pytest.mark.parametrize("path", [("time",), ("data", "received_at")])
@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:30:00Z"])
def test_an_instant_that_has_no_day_in_london_is_refused_like_any_other_mistake(path, instant):
    refused = refusal(body_of(with_value(REFERRAL, path, instant)))

    assert refused.field == ".".join(path)
    assert "instant" in refused.reason


@pytest.mark.parametrize("path", [("id",), ("source",), ("type",), ("specversion",), ("data",)])
def test_an_envelope_without_what_cloudevents_demands_is_refused(path):
    refused = refusal(body_of(without(REFERRAL, path)))

    assert refused.field == path[0]


@pytest.mark.parametrize(
    "path",
    [("data", "nhs_number"), ("data", "children", 0, "name")],
    ids=["the referral", "a child of it"],
)
def test_a_field_that_the_contract_does_not_name_is_refused_in_the_data(path):
    refused = refusal(body_of(with_value(REFERRAL, path, PRIVATE)))

    assert refused.field == ".".join(map(str, path))


def test_a_field_that_the_contract_does_not_name_is_tolerated_in_the_envelope():
    event = decode(body_of(REFERRAL | {"tenant": "kent", "partition": 7, "extra": {"a": [1]}}))

    assert event == decode(body_of(REFERRAL))


@pytest.mark.parametrize(
    "type_", ["referral.received.v2", "referral.received", "referral.received.v1 ", "x" * 120]
)
def test_a_version_that_is_not_known_is_refused_with_those_that_are(type_):
    refused = refusal(body_of(REFERRAL | {"type": type_}))

    assert refused.field == "type"
    assert "referral.received.v1" in refused.advice


NO_EVENT = [
    *(b"", b"null", b"[]", b"7", b"\xff\xfe", b"{", b'{"specversion": "1.0",}', b"<event/>"),
    *(body_of(REFERRAL)[:-1], body_of(REFERRAL) + b"x", b"\x00" * 100),
]


@pytest.mark.parametrize("body", NO_EVENT)
def test_a_body_that_is_no_event_is_refused(body):
    assert refusal(body).advice


@pytest.mark.parametrize("not_a_number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_number_is_refused_wherever_a_number_stands(not_a_number):
    refused = refusal(body_of(with_value(PRICE, ("data", "sequence"), not_a_number)))

    assert refused.field == "data.sequence"


@pytest.mark.parametrize("opening", ["[", '{"data":'])
def test_deep_nesting_is_refused_and_does_not_end_the_worker(opening):
    body = ('{"specversion":"1.0","deep":' + opening * 20_000).encode()

    assert "not JSON" in refusal(body).reason


def test_closed_deep_nesting_in_the_data_is_refused():
    deep = "[" * 5_000 + "]" * 5_000
    body = json.dumps(with_value(REFERRAL, ("data", "solo"), "?")).replace('"?"', deep)

    assert refusal(body.encode()).advice


def test_a_body_of_ten_megabytes_is_refused_before_it_is_read():
    refused = refusal(body_of(REFERRAL) + b" " * 10_000_000)

    assert str(LARGEST_BODY_BYTES) in refused.reason


CONTRADICTIONS = [
    ("referral.received.v1", ("data", "start_date"), "2026-03-11", "data.start_date"),
    ("referral.received.v1", FIRST_BORN, "2026-03-13", "data.children.0.date_of_birth"),
    (
        "referral.received.v1",
        ("data", "children", 1, "child_ref"),
        "C-88120",
        "data.children.1.child_ref",
    ),
    (
        "referral.received.v1",
        ("data", "children", 0, "parent_of"),
        "C-00000",
        "data.children.0.parent_of",
    ),
    (
        "referral.received.v1",
        ("data", "children", 0, "parent_of"),
        "C-88120",
        "data.children.0.parent_of",
    ),
    ("placement.started.v1", ("data", "date_of_birth"), "2026-03-17", "data.date_of_birth"),
    ("placement.started.v1", FEE, None, "data.agreed_weekly"),
    ("placement.started.v1", FEE, "0.00", "data.agreed_weekly"),
    ("placement.started.v1", ("data", "agreement"), "framework", "data.agreed_weekly"),
    (
        "provider.updated.v1",
        ("data", "facts", 3, "valid_to"),
        "2026-02-18",
        "data.facts.3.valid_to",
    ),
    (
        "provider.updated.v1",
        ("data", "facts", 2, "published_on"),
        "2026-01-11",
        "data.facts.2.published_on",
    ),
]


@pytest.mark.parametrize(("type_", "path", "value", "field"), CONTRADICTIONS)
def test_a_message_that_contradicts_itself_is_refused_and_the_field_named(
    type_, path, value, field
):
    refused = refusal(body_of(with_value(FULL[type_], path, value)))

    assert refused.field == field


def test_an_amendment_that_amends_nothing_is_refused():
    refused = refusal(body_of(without(LEAST["placement.amended.v1"], ("data", "need_category"))))

    assert refused.field == "data"


MISPLACED = [PRIVATE, {PRIVATE: 1}, [PRIVATE], {PRIVATE: {PRIVATE: [PRIVATE]}}]


@pytest.mark.parametrize("type_", sorted(FULL))
def test_a_refusal_never_repeats_what_stood_in_the_message(type_):
    for path in positions(FULL[type_]):
        for misplaced in MISPLACED:
            said = said_of(with_value(FULL[type_], path, misplaced))

            assert "Tommy" not in said, (path, said)


@pytest.mark.parametrize("type_", sorted(FULL))
def test_a_refusal_never_repeats_the_name_of_a_field_that_is_a_sentence(type_):
    for path in objects(FULL[type_]):
        said = said_of(with_value(FULL[type_], (*path, PRIVATE), 1))

        assert "Tommy" not in said, (path, said)


def said_of(document):
    """Return everything that a refusal would tell, to anybody; nothing if it is accepted."""
    try:
        decode(body_of(document))
    except CannotSucceed as refused:
        return f"{refused!r} {refused.args} {refused.reason} {refused.field} {refused.advice}"
    return ""
