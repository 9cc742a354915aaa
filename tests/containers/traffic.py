"""The traffic of one test: case management and finance at work, with one ledger between them."""

from tests.containers import decks
from tests.containers.ledger import (
    DECISIONS,
    PRICE_CHANGES,
    REJECTIONS,
    REVIEWS,
    SHORTLISTS,
    Ledger,
)
from tests.containers.party import Listener, Sender

REFERRALS_PER_SECOND = 20
PLACEMENT_EVENTS_PER_SECOND = 8
SURGE_SECONDS = 10
DECK = 2_400
"""How many referrals are at hand: more than any test publishes at that rate."""


class Traffic:
    """Clients of their own, on connections of their own; leave it, and all of them end."""

    def __init__(self, system):
        self.ledger = Ledger()
        at = system.broker_parameters
        self.referrals = Sender(
            "referrals", at("case-management"), self.ledger, REFERRALS_PER_SECOND
        )
        self.placements = Sender(
            "placements", at("case-management"), self.ledger, PLACEMENT_EVENTS_PER_SECOND
        )
        told = (DECISIONS, SHORTLISTS, REJECTIONS)
        self._listeners = [
            Listener("case management", at("case-management"), self.ledger, told),
            Listener("finance", at("finance"), self.ledger, (PRICE_CHANGES, REVIEWS)),
        ]
        self._senders = [self.referrals, self.placements]

    def deal(self, seed):
        """Give the senders more than they will publish."""
        referrals = decks.referrals(DECK, seed)
        self.referrals.give(referrals)
        self.placements.give(decks.placements(referrals, seed))

    def __enter__(self):
        for party in (*self._listeners, *self._senders):
            party.start()
        return self

    def __exit__(self, *_):
        parties = [one for one in (*self._senders, *self._listeners) if one.is_alive()]
        for party in parties:
            party.ask_to_stop()
        for party in parties:
            party.stop()

    def surge(self):
        """Publish some hundreds at once, so that there is much on its way."""
        self.referrals.fall_behind(SURGE_SECONDS)
        self.placements.fall_behind(SURGE_SECONDS)

    def stop_sending(self):
        """End the senders, each when the broker has what it holds."""
        for sender in self._senders:
            sender.ask_to_stop()
        for sender in self._senders:
            sender.stop()

    def senders_are_done(self):
        """Say whether everything that was given is published."""
        return all(sender.is_done() for sender in self._senders)

    def raise_if_failed(self):
        for party in (*self._senders, *self._listeners):
            if party.failure is not None:
                raise party.failure
