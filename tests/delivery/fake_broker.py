"""A broker made by hand, for what no real one does on demand: refuse, confirm late, die between."""

import threading

from shared.errors import BrokerAway
from shared.messaging.message import Refused


class FakeBroker:
    """Takes whatever is published, unless told otherwise.

    Attributes:
        published: every message that was taken, in order, confirmed or not.
        refuses: says why a message is refused, or nothing; called for each message.
        dies_before_confirming: how many more submissions are taken and never confirmed.
        holds_back: confirmations are held back until this is set.
    """

    def __init__(self):
        self.published = []
        self.refuses = lambda _message: ""
        self.dies_before_confirming = 0
        self.holds_back = threading.Event()
        self.holds_back.set()
        self.submissions_in_flight = self.most_in_flight = 0

    def connect(self):
        self.submissions_in_flight = 0
        return FakeLink(self)

    @property
    def ids(self):
        return [message.message_id for message in self.published]


class FakeLink:
    def __init__(self, broker):
        self._broker = broker

    def submit(self, messages):
        broker = self._broker
        broker.submissions_in_flight += 1
        broker.most_in_flight = max(broker.most_in_flight, broker.submissions_in_flight)
        refused = [Refused(one, reason) for one in messages if (reason := broker.refuses(one))]
        gone = {id(one.message) for one in refused}
        broker.published += [one for one in messages if id(one) not in gone]
        return FakeSubmission(broker, refused)

    def close(self):
        pass


class FakeSubmission:
    def __init__(self, broker, refused):
        self._broker = broker
        self._refused = refused

    def wait(self, timeout_seconds):
        if not self._broker.holds_back.wait(timeout_seconds):
            raise BrokerAway("no confirmation came in time")
        self._broker.submissions_in_flight -= 1
        if self._broker.dies_before_confirming:
            self._broker.dies_before_confirming -= 1
            raise BrokerAway("the link was lost before the confirmation")
        return self._refused
