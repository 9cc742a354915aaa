"""The queue of parked messages: looked through without a trace, and emptied message by message."""

import gc
import re
from dataclasses import replace

import pika
import pytest

from shared.errors import BrokerAway
from shared.messaging.message import Delivery
from shared.messaging.parked.queue import ParkedQueue
from tests.delivery.small_service import QUEUE, SERVICE
from tests.delivery.worker_promises import depth, publish, read_all, until
from tests.operating.commands import Operator
from tests.operating.parked_ones import DEAD, by_service, everything, malformed, parked_in_order

pytestmark = pytest.mark.rabbitmq

GONE = "eligibility.placements"


def test_looking_leaves_no_trace_however_often_and_whatever_is_parked_meanwhile(broker, operator):
    parked = [by_service(number) for number in range(1_300)]
    publish(broker, *parked[:1_250])
    meanwhile = parked[1_250:]
    link = broker.connect()

    see = everything(link, keep=1).look
    seen = see(lambda _: True, lambda _: publish_once(broker, meanwhile))
    link.close()
    told = operator.runs("dead", "list", SERVICE, "--limit", "5", "--json").told
    words = operator.runs("dead", "list", SERVICE, "--limit", "5")
    operator.runs("dead", "show", SERVICE, "id-R-7")

    assert (seen.ready, seen.looked_at, seen.count) == (1_250, 1_250, 1_250)
    assert (told["parked"], told["looked_at"], len(told["messages"])) == (1_300, 1_300, 5)
    assert told["reasons"][0]["count"] == 1_300
    assert "These are the first 5 of 1300" in words.out
    assert parked_in_order(broker) == [one.message_id for one in parked]


@pytest.fixture
def without_collector():
    """Nothing that holds on to itself goes: what is gone was let go."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    ("message", "count"),
    [
        pytest.param(by_service(1), 1_600, id="many small ones"),
        pytest.param(replace(malformed(), exchange="", routing_key=DEAD), 1_600, id="unreadable"),
        pytest.param(replace(by_service(1), body=b"{" * 200_000), 240, id="large ones"),
    ],
)
@pytest.mark.usefixtures("without_collector")
def test_however_many_are_parked_only_what_is_asked_for_is_kept(broker, message, count):
    publish(broker, *[message] * count)
    link = broker.connect()
    held = []

    def hold(_done, _of):
        bodies = [len(one.body) for one in gc.get_objects() if isinstance(one, Delivery)]
        held.append((len(bodies), sum(bodies)))

    looked = ParkedQueue(link, SERVICE, keep=3, progress=hold).look(lambda _: True)
    link.close()

    assert (looked.looked_at, looked.count, len(looked.first)) == (count, count, 3)
    assert sum(group.count for group in looked.reasons.groups()) == count
    # What one consumer may hold, and the two batches that the one before it handed out last.
    assert max(number for number, _ in held) <= 400 + 2 * 100
    assert max(size for _, size in held) <= 2 * 16 * 1024 * 1024


def publish_once(broker, messages):
    """Publish what is still in the list."""
    some, messages[:] = list(messages), []
    if some:
        publish(broker, *some)


def test_of_many_some_are_replayed_first_and_every_other_one_stays_parked(broker, operator):
    parked = [by_service(number) for number in range(900)]
    ids = [one.message_id for one in parked]
    publish(broker, *parked)

    few = operator.runs("dead", "replay", SERVICE, "--all", "--limit", "3", "--yes", "--json").told
    link = broker.connect()
    some = everything(link).replay(lambda one: int(one.message_id[5:]) % 2)
    link.close()

    assert few["count"] == 3
    assert some.done == 449
    stays = [one for one in ids[3:] if not int(one[5:]) % 2]
    assert sorted(parked_in_order(broker)) == sorted(stays)
    until(lambda: depth(broker, QUEUE) == 452)


def test_a_message_from_nobody_knows_where_stays_and_the_others_go(broker, operator):
    publish(broker, by_service(1), by_service(2, **{"x-fosterframe-queue": "finance.reviews"}))

    ran = operator.runs("dead", "replay", SERVICE, "--all", "--yes")

    assert ran.status == 1
    assert "1 messages sent back to work" in ran.out
    assert "1 messages stay parked: it is not known which queue it came from" in ran.err
    assert parked_in_order(broker) == ["id-R-2"]


def test_a_header_moves_no_cursor_and_forges_no_line_on_the_operator_s_terminal(broker, operator):
    bad = "\x1b]0;owned\x07no [red]such\x1b[2J\r\n   2. agency\u202e"
    headers = {f"x-fosterframe-{name}": bad for name in ("reason", "field", "advice")}
    publish(broker, by_service(1, **headers), by_service(2, **{"x-fosterframe-reason": "\n"}))

    said = operator.runs("dead", "list", SERVICE).out
    said += operator.runs("dead", "show", SERVICE, "id-R-1").out
    told = operator.runs("dead", "list", SERVICE, "--json").told

    assert all(line.isprintable() for line in said.splitlines())
    reasons = {one["reason"] for one in told["messages"]}
    assert reasons == {"]0;owned no [red]such [2J 2. agency", "parked without a reason"}
    assert {one["field"] for one in told["messages"]} == reasons - {"parked without a reason"} | {
        ""
    }


def test_a_replay_that_is_cut_off_says_how_far_it_came(broker):
    publish(broker, *(by_service(number) for number in range(350)))
    link = broker.connect()
    seen = []

    def is_wanted(_):
        seen.append(1)
        if len(seen) == 250:
            link.close()
        return True

    with pytest.raises(BrokerAway, match="fosterframe broker check") as cut:
        everything(link).replay(is_wanted)

    went = int(re.search(r"Before that, (\d+) messages were sent back to work", str(cut.value))[1])
    assert 100 <= went < 250
    until(lambda: depth(broker, DEAD) == 350 - went)
    until(lambda: depth(broker, QUEUE) == went)


def test_what_cannot_go_back_because_its_queue_is_gone_stays_parked(broker, operator, rabbitmq):
    publish(broker, by_service(1), by_service(2, **{"x-fosterframe-queue": GONE}))
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq.url))
    connection.channel().queue_delete(GONE)
    connection.close()

    ran = operator.runs("dead", "replay", SERVICE, "--all", "--yes")

    assert (ran.status, depth(broker, QUEUE)) == (1, 1)
    assert "1 messages sent back to work" in ran.out
    assert "1 messages stay parked" in ran.err
    assert GONE in ran.err
    assert parked_in_order(broker) == ["id-R-2"]


def test_a_replayed_message_carries_the_attempt_that_it_was_parked_with(broker, operator):
    publish(broker, by_service(1, **{"x-fosterframe-attempt": 5}))

    operator.runs("dead", "replay", SERVICE, "--reason", "NO SUCH", "--yes")

    (again,) = read_all(broker, QUEUE)
    assert again.headers == {"x-fosterframe-attempt": 5}
    assert again.message_id == "id-R-1"
    assert again.body == by_service(1).body


def test_the_rights_of_the_service_s_own_user_are_enough(broker, rabbitmq, tmp_path):
    rights = r"(eligibility\..*|amq\.default)"
    rabbitmq.server.add_user("own", "a-word-of-its-own", vhost=rabbitmq.vhost, rights=rights)
    url = rabbitmq.url.replace("guest:guest", "own:a-word-of-its-own")
    operator = Operator(state=tmp_path, amqp_url=url)
    publish(broker, by_service(1), by_service(2), by_service(3, to="pricing.dead"))

    listed = operator.runs("dead", "list", SERVICE, "--json").told
    replayed = operator.runs("dead", "replay", SERVICE, "--id", "id-R-1", "--yes")
    others = operator.runs("dead", "list", "pricing")

    assert len(listed["messages"]) == 2
    assert replayed.status == 0, replayed.said
    assert depth(broker, QUEUE) == 1
    assert parked_in_order(broker) == ["id-R-2"]
    assert others.status == 1
    assert "403" in others.err


def test_what_is_to_be_replayed_must_be_said(operator):
    nothing = operator.runs("dead", "replay", SERVICE)
    both = operator.runs("dead", "replay", SERVICE, "--all", "--id", "M-1")
    nobody = operator.runs("dead", "list", "fees")

    assert [one.status for one in (nothing, both, nobody)] == [1, 1, 1]
    assert "Say which" in nothing.err
    assert "Say which" in both.err
    assert "There is no service 'fees'" in nobody.err
