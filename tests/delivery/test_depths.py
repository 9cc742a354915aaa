"""How much stands in the queues is asked for now and then, and never disturbs the work."""

from functools import partial

from shared.errors import BrokerMisconfigured
from shared.messaging import depths
from shared.messaging.depths import Depths
from shared.messaging.measures import Measures


class FakeLink:
    def __init__(self, refused=()):
        self.asked = []
        self.refused = refused
        self.ready = 7

    def ask_depth(self, queue):
        self.asked.append(queue)
        return partial(self.answer, queue)

    def answer(self, queue):
        if queue in self.refused:
            raise BrokerMisconfigured("RabbitMQ refused (403)")
        return self.ready


def ask(asking, link, times):
    for _ in range(times):
        asking._due = 0.0
        asking.ask_if_due(link)


def test_one_queue_is_asked_for_at_a_time():
    measures, link = Measures(), FakeLink()
    asking = Depths(["a", "b", "c"], measures)

    asking.ask_if_due(link)
    asking.ask_if_due(link)

    assert link.asked == ["a"]
    assert asking._between_seconds == depths.ROUND_SECONDS / 3


def test_an_answer_is_not_waited_for_and_noted_when_it_comes():
    measures, link = Measures(), FakeLink()
    asking = Depths(["a", "b"], measures)
    link.ready = None

    ask(asking, link, times=3)
    before = dict(measures.depths)
    link.ready = 7
    ask(asking, link, times=1)

    assert before == {}
    assert link.asked == ["a"]
    assert measures.depths == {"a": 7}


def test_an_answer_from_a_link_that_was_lost_is_not_waited_for():
    measures, link = Measures(), FakeLink()
    asking = Depths(["a", "b"], measures)
    link.ready = None
    ask(asking, link, times=1)

    asking.forget()
    link.ready = 7
    ask(asking, link, times=1)

    assert measures.depths == {"b": 7}


def test_what_the_broker_does_not_tell_is_not_known_and_is_left_alone():
    measures, link = Measures(), FakeLink(refused=("b",))
    asking = Depths(["a", "b", "c"], measures)

    ask(asking, link, times=6)

    assert measures.depths == {"a": 7, "c": 7}
    assert link.asked.count("b") == 1


def test_with_the_link_everything_is_forgotten_and_the_next_one_is_asked_anew():
    measures, link = Measures(), FakeLink(refused=("a",))
    asking = Depths(["a"], measures)
    ask(asking, link, times=2)

    asking.forget()
    link.refused = ()
    ask(asking, link, times=1)

    assert measures.depths == {"a": 7}
