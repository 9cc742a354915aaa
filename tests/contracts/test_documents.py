"""The documents in docs/contracts say what the code does, and are what they claim to be."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker

from shared.contracts.catalogue import CONTRACTS, SENDERS
from shared.contracts.schemas import envelope_schema, schema_of
from shared.messaging.asyncapi import PARTIES
from shared.messaging.documents import OF_SERVICES, contract_documents, write_documents
from shared.messaging.message import EXCHANGE
from shared.messaging.topology import CONSUMED_QUEUES, reader_of, topology
from tests.contracts.goldens import FULL, LEAST, with_value

PUBLISHED = Path(__file__).parents[2] / "docs" / "contracts"
ASYNCAPI_SCHEMA = Path(__file__).parent / "asyncapi" / "asyncapi-3.0.0.schema.json"


def asyncapi():
    return json.loads(contract_documents()["asyncapi.json"])


def asyncapi_validator():
    return Draft7Validator(json.loads(ASYNCAPI_SCHEMA.read_text(encoding="utf-8")))


def test_the_contract_documents_are_those_that_the_code_makes():
    published = {path.name: path.read_text(encoding="utf-8") for path in PUBLISHED.glob("*.json")}

    of_messages = {name: text for name, text in published.items() if name not in OF_SERVICES}
    assert of_messages == contract_documents(), "run: make docs"


def test_writing_the_documents_removes_those_of_messages_that_are_no_more(tmp_path):
    for name in ("referral.lost.v1.schema.json", "rulebook.schema.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")

    write_documents(tmp_path)

    left = {path.name for path in tmp_path.iterdir()}
    assert left == contract_documents().keys() | {"rulebook.schema.json"}


@pytest.mark.parametrize("type_", sorted(CONTRACTS))
def test_the_schema_of_a_message_is_a_schema_and_takes_the_golden_message(type_):
    Draft202012Validator.check_schema(schema_of(type_))
    validator = Draft202012Validator(schema_of(type_), format_checker=FormatChecker())

    for golden in (FULL[type_], LEAST.get(type_, FULL[type_])):
        assert not list(validator.iter_errors(golden["data"]))


@pytest.mark.parametrize("golden", [*FULL.values(), *LEAST.values()], ids=lambda g: g["id"])
def test_the_schema_of_the_envelope_takes_every_golden_message(golden):
    assert not list(Draft202012Validator(envelope_schema()).iter_errors(golden))


@pytest.mark.parametrize("fee", [1480, 1480.0, "1e5", " 12 ", "1_000", "12.5", "1,480.00"])
def test_the_schema_refuses_the_money_that_we_refuse(fee):
    validator = Draft202012Validator(schema_of("placement.started.v1"))

    told = with_value(FULL["placement.started.v1"], ("data", "agreed_weekly"), fee)["data"]

    assert not validator.is_valid(told)


def test_the_schema_refuses_a_field_that_the_contract_does_not_name():
    validator = Draft202012Validator(schema_of("referral.received.v1"))

    told = with_value(FULL["referral.received.v1"], ("data", "name"), "?")["data"]

    assert not validator.is_valid(told)


def test_the_asyncapi_document_is_one_by_the_schema_of_asyncapi():
    faults = [fault.message for fault in asyncapi_validator().iter_errors(asyncapi())]

    assert faults == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("asyncapi",), "2.6.0"),
        (("servers", "rabbitmq", "protocol"), 5672),
        (("channels", "queue.finance.reviews", "bindings", "amqp", "is"), "topic"),
        (("operations", "finance.reads.reviews", "action"), "subscribe"),
    ],
)
def test_the_schema_of_asyncapi_would_see_a_fault(path, value):
    assert not asyncapi_validator().is_valid(with_value(asyncapi(), path, value))


def test_every_reference_in_the_asyncapi_document_leads_somewhere():
    document = asyncapi()

    for reference in references_in(document):
        at = document
        for part in reference.removeprefix("#/").split("/"):
            at = at[part]


def references_in(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for part in value.values():
            yield from references_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from references_in(part)


def test_every_queue_exchange_and_routing_key_stands_in_the_asyncapi_document():
    document = asyncapi()
    whole = topology()

    channels = document["channels"].values()
    amqp = [channel["bindings"]["amqp"] for channel in channels]

    assert {b["queue"]["name"] for b in amqp if "queue" in b} == {q.name for q in whole.queues}
    assert {b["exchange"]["name"] for b in amqp if "exchange" in b} == {EXCHANGE}
    assert {c["address"] for c in channels if "exchange" in c["bindings"]["amqp"]} == {
        binding.routing_key for binding in whole.bindings if binding.exchange == EXCHANGE
    }


def test_every_type_of_message_has_a_sender_and_every_party_is_described():
    readers = {reader_of(queue.name) for queue in topology().queues}

    assert SENDERS.keys() == CONTRACTS.keys()
    assert {party for parties in SENDERS.values() for party in parties} | readers <= PARTIES.keys()


def test_the_asyncapi_document_names_the_operations_of_each_party():
    operations = asyncapi()["operations"]

    assert operations["finance.reads.price-changes"]["action"] == "receive"
    assert operations["case-management.sends.referral.received.v1.emergency"]["action"] == "send"
    for service, queues in CONSUMED_QUEUES.items():
        for queue in queues:
            assert f"{service}.reads.{queue.removeprefix(service + '.')}" in operations
