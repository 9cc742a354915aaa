"""What each party may do at the broker, and what is refused."""

import re

import pytest
from pika import BasicProperties, BlockingConnection, URLParameters
from pika.exceptions import ProbableAuthenticationError

from shared.contracts.catalogue import SENDERS, type_of
from shared.messaging.administration.definitions import (
    USERS,
    VIRTUAL_HOST,
    definitions,
    keys_sent_by,
    rights_of,
)
from shared.messaging.message import EXCHANGE
from shared.messaging.topology import DEAD_EXCHANGE, SERVICES, reader_of, topology
from tests.security.secured import make_secrets, print_definitions

WHOLE = topology()
KEYS = sorted({b.routing_key for b in WHOLE.bindings if b.exchange == EXCHANGE})
QUEUES = sorted(queue.name for queue in WHOLE.queues)
ARGUMENTS = {queue.name: dict(queue.arguments) for queue in WHOLE.queues}
PARTIES = ("eligibility", "pricing", "case-management", "commissioning", "finance")
POWERLESS = (*PARTIES, "monitoring")

rabbitmq = pytest.mark.rabbitmq


def publish(key, exchange=EXCHANGE):
    def ask(channel):
        channel.basic_publish(exchange, key, b"{}", BasicProperties(delivery_mode=2))

    return ask


def read(queue):
    return lambda channel: channel.basic_get(queue)


def consume(queue):
    return lambda channel: channel.basic_consume(queue, lambda *_: None)


def declare(queue, **other_arguments):
    arguments = {**ARGUMENTS.get(queue, {"x-queue-type": "quorum"}), **other_arguments}
    return lambda channel: channel.queue_declare(queue, durable=True, arguments=arguments)


def bind(queue, key, exchange=EXCHANGE):
    return lambda channel: channel.queue_bind(queue, exchange, key)


# Who may do what: derived from the topology.


def test_each_queue_that_somebody_reads_has_exactly_one_reading_party():
    for queue in QUEUES:
        readers = [user for user in POWERLESS if re.search(rights_of(user, WHOLE).read, queue)]

        assert readers == [reader_of(queue)], queue


def test_each_routing_key_has_the_publishers_of_the_contracts_and_no_other():
    for key in KEYS:
        publishers = [user for user in POWERLESS if key in keys_sent_by(user, WHOLE)]

        assert publishers
        assert sorted(publishers) == sorted(SENDERS[type_of(key)]), key


def test_the_same_secrets_give_the_same_file_and_the_passwords_are_not_in_it(tmp_path):
    passwords = make_secrets(tmp_path / "secrets")

    first = print_definitions(tmp_path / "secrets")
    second = print_definitions(tmp_path / "secrets")

    assert first == second
    assert {user["name"] for user in first["users"]} == set(USERS)
    assert not [password for password in passwords.values() if password in str(first)]


def test_two_users_with_one_password_have_different_hashes():
    made = definitions(WHOLE, dict.fromkeys(USERS, "Xk3-one-for-all"))

    assert len({user["password_hash"] for user in made["users"]}) == len(USERS)


def test_in_a_cluster_the_queues_can_be_left_to_be_made_when_all_nodes_are_there(tmp_path):
    make_secrets(tmp_path / "secrets")

    made = print_definitions(tmp_path / "secrets", "--no-topology")

    assert "queues" not in made
    assert made["vhosts"] == [{"name": VIRTUAL_HOST}]


# On a real broker.


@rabbitmq
@pytest.mark.parametrize("user", PARTIES)
def test_a_party_may_publish_what_it_says_and_nothing_else(secured, user):
    mine = set(keys_sent_by(user, WHOLE))

    allowed = {key for key in KEYS if secured.allows(user, publish(key))}

    assert allowed == mine


@rabbitmq
@pytest.mark.parametrize("user", PARTIES)
def test_a_party_may_read_its_own_queues_and_no_other(secured, user):
    for ask in (read, consume):
        allowed = {queue for queue in QUEUES if secured.allows(user, ask(queue))}

        assert allowed == {queue for queue in QUEUES if reader_of(queue) == user}


@rabbitmq
@pytest.mark.parametrize("user", ["case-management", "commissioning", "finance", "monitoring"])
@pytest.mark.parametrize(
    "ask",
    [
        publish("referral.received.v1.more"),
        publish("eligibility.decided.v1"),
        publish("finance.price-changes", exchange=""),
        publish("eligibility.dead", exchange=DEAD_EXCHANGE),
        publish("eligibility.referrals", exchange="eligibility.retry.5s"),
        declare("a-queue-of-their-own"),
        declare("case-management.another"),
        bind("finance.price-changes", "price.changed.v1"),
        bind("case-management.shortlists", "price.changed.v1"),
        lambda channel: channel.queue_purge("pricing.dead"),
        lambda channel: channel.queue_delete("finance.price-changes"),
        lambda channel: channel.exchange_declare("another", "topic", durable=True),
        lambda channel: channel.exchange_delete(EXCHANGE),
    ],
    ids=[
        "a key that no contract knows",
        "another's message",
        "straight into a queue",
        "into a parking place",
        "into a retry exchange",
        "make a queue",
        "make a queue under its name",
        "bind a queue of finance",
        "bind a queue of case management",
        "empty a queue",
        "remove a queue",
        "make an exchange",
        "remove the exchange",
    ],
)
def test_an_outside_party_may_change_nothing_and_reach_nothing_else(secured, user, ask):
    assert not secured.allows(user, ask)


@rabbitmq
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_make_what_is_its_own_and_nothing_of_another(secured, service):
    other = next(one for one in SERVICES if one != service)
    mine = [queue for queue in QUEUES if reader_of(queue) == service]
    theirs = [f"{other}.dead", "finance.reviews", "fosterframe.another", "another"]
    name = f"{service}.retry.7s"
    waiting = ARGUMENTS[f"{service}.retry.5s"]

    allowed = {queue for queue in mine + theirs if secured.allows(service, declare(queue))}
    makes_queue = secured.allows(
        service, lambda channel: channel.queue_declare(name, durable=True, arguments=waiting)
    )

    assert allowed == set(mine)
    assert makes_queue
    for ask in (
        lambda channel: channel.exchange_declare(name, "fanout", durable=True),
        bind(name, "", name),
        publish("", name),
        lambda channel: channel.exchange_delete(name),
        lambda channel: channel.queue_delete(name),
        publish(f"{service}.dead", DEAD_EXCHANGE),
        publish(f"{service}.dead", ""),
    ):
        assert secured.allows(service, ask)


@rabbitmq
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_bind_its_queues_to_what_it_reads_and_to_nothing_else(secured, service):
    queue = f"{service}.register"
    bound = {b.routing_key for b in WHOLE.bindings if reader_of(b.queue) == service}

    allowed = {key for key in KEYS if secured.allows(service, bind(queue, key))}
    with secured.channel("ops") as channel:
        for key in allowed - {"provider.updated.v1"}:
            channel.queue_unbind(queue, EXCHANGE, key)

    assert allowed == bound & set(KEYS)
    assert not secured.allows(service, bind("finance.reviews", "provider.updated.v1"))


@rabbitmq
@pytest.mark.parametrize("user", POWERLESS)
def test_whether_a_queue_is_there_may_be_asked_by_everybody_who_is_let_in(secured, user):
    def ask(channel):
        channel.exchange_declare(EXCHANGE, passive=True)
        for queue in QUEUES:
            channel.queue_declare(queue, passive=True)

    assert secured.allows(user, ask)


@rabbitmq
def test_ops_may_do_everything(secured):
    asks = [publish(key) for key in KEYS] + [read(queue) for queue in QUEUES]
    asks += [declare(queue) for queue in QUEUES]

    assert all(secured.allows("ops", ask) for ask in asks)


@rabbitmq
@pytest.mark.parametrize("user", USERS)
def test_nobody_is_let_in_with_another_password(secured, user):
    address = secured.url(user).replace(secured.passwords[user], "not-the-password")

    with pytest.raises(ProbableAuthenticationError):
        BlockingConnection(URLParameters(address))


@rabbitmq
def test_the_user_that_rabbitmq_ships_with_is_not_there(secured):
    with pytest.raises(ProbableAuthenticationError):
        BlockingConnection(URLParameters(f"amqp://guest:guest@127.0.0.1:{secured.server.port}/"))
