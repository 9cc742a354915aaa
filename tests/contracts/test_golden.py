"""Every version of a message that was ever published is still read, and written as it was."""

import json
from decimal import Decimal

import pytest

from shared.contracts.catalogue import CONTRACTS
from shared.contracts.event import decode, encode
from tests.contracts.goldens import FULL, LEAST, body_of


def test_every_type_of_message_has_a_golden_file():
    assert FULL.keys() == CONTRACTS.keys()


def test_every_type_that_has_optional_fields_has_a_golden_file_without_them():
    with_options = {
        type_
        for type_, model in CONTRACTS.items()
        if any(not field.is_required() for field in model.model_fields.values())
    }

    assert with_options <= LEAST.keys()


@pytest.mark.parametrize("type_", sorted(FULL))
def test_a_golden_message_is_read_and_written_again_as_it_was(type_):
    golden = FULL[type_]

    written = json.loads(encode(decode(body_of(golden))))

    assert written == golden


@pytest.mark.parametrize("type_", sorted(FULL))
def test_a_golden_message_of_data_says_every_field_that_there_is(type_):
    told = FULL[type_]["data"].keys()

    assert told == CONTRACTS[type_].model_fields.keys()


@pytest.mark.parametrize("type_", sorted(LEAST))
def test_the_least_message_means_the_same_after_it_is_written(type_):
    event = decode(body_of(LEAST[type_]))

    again = decode(encode(event))

    assert again == event


@pytest.mark.parametrize("type_", sorted(FULL))
def test_an_event_is_written_in_the_same_bytes_each_time(type_):
    event = decode(body_of(FULL[type_]))

    assert encode(event) == encode(decode(encode(event)))


@pytest.mark.parametrize("golden", [FULL["price.changed.v1"], LEAST["price.changed.v1"]])
def test_the_arrears_of_the_golden_price_changes_are_right_to_the_penny(golden):
    for line in golden["data"]["arrears"]:
        owed = (Decimal(line["new_weekly"]) - Decimal(line["old_weekly"])) * line["days"] / 7

        assert Decimal(line["amount"]) == round(owed, 2)
