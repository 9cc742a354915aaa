"""What every fault has in common: traffic before, during and after it, and then the reckoning."""

import time

from tests.containers import engine
from tests.containers.expected import differences
from tests.containers.ledger import PLACEMENT, PRICE_CHANGES, REFERRAL
from tests.containers.parked import DEAD, left_standing, wrongly_parked
from tests.containers.table import Outcome
from tests.containers.traffic import Traffic

FLOWS = (REFERRAL, PLACEMENT)
BEFORE_SECONDS = 5
SURGE_SECONDS = 0.3
"""So long after a burst begins, it is in the middle of its way."""

AFTER_SECONDS = 8
RETURNS_WITHIN_SECONDS = 120
PATIENCE_SECONDS = 90
RECOVERED_WITHIN_SECONDS = 30
"""What is promised; the waiting itself is longer, so that a miss is told with its figure."""


def survive(system, table, fault, strike, *, seed, has_returned=None):
    """Do something to a system at work, and make sure that nothing of the work shows it.

    Args:
        fault: its name in the table.
        strike: does it; returns when whatever the test does itself is done.
        has_returned: says whether the part is there again; the flow's recovery is then counted
            from that moment, else from the beginning of the fault.
    """
    with Traffic(system) as traffic:
        traffic.deal(seed)
        _await_flow(traffic, time.monotonic())
        time.sleep(BEFORE_SECONDS)
        traffic.surge()
        time.sleep(SURGE_SECONDS)
        outcome = Outcome(fault, in_flight=len(traffic.ledger.unanswered()))
        table.outcomes.append(outcome)
        _strike(traffic, outcome, strike, has_returned)
        time.sleep(AFTER_SECONDS)
        traffic.stop_sending()
        faults = reckon(system, traffic, outcome)
    assert outcome.in_flight > 0, "nothing was on its way: the fault met nothing that it could hurt"
    assert faults == {}
    assert outcome.recovered_seconds <= RECOVERED_WITHIN_SECONDS


def _strike(traffic, outcome, strike, has_returned):
    struck = returned = time.monotonic()
    strike()
    if has_returned is not None:
        engine.until(has_returned, RETURNS_WITHIN_SECONDS, f"the return after {outcome.fault}")
        returned = time.monotonic()
        outcome.down_seconds = round(returned - struck, 1)
    outcome.recovered_seconds = round(_await_flow(traffic, returned) - returned, 1)
    ledger = traffic.ledger
    if ledger.wait_for(lambda: ledger.caught_up_at(returned), PATIENCE_SECONDS):
        outcome.caught_up_seconds = round(max(0, ledger.caught_up_at(returned) - returned), 1)


def _await_flow(traffic, since):
    """Wait until what was taken after an instant is answered; return when it was."""
    ledger = traffic.ledger
    ledger.wait_for(lambda: ledger.flows_again_at(since, FLOWS), PATIENCE_SECONDS)
    traffic.raise_if_failed()
    at = ledger.flows_again_at(since, FLOWS)
    assert at is not None, f"nothing flows after {PATIENCE_SECONDS} s"
    return at


def reckon(system, traffic, outcome):
    """Wait for what must still come; return everything that does not add up, by its kind."""
    ledger = traffic.ledger
    ledger.wait_for(lambda: not ledger.unanswered(), PATIENCE_SECONDS)
    left = left_standing(system, besides=DEAD)
    told_wrongly = _await_prices(ledger)
    lost = [str(one) for one in ledger.unanswered()]
    doubled = ledger.doubled()
    outcome.published = sum(one.confirmed_at is not None for one in ledger.entries.values())
    outcome.lost, outcome.done_twice = len(lost), len(doubled)
    found = {
        "lost": lost,
        "left undecided without a word": sorted(ledger.withdrawn_unanswered() - overtaken(system)),
        "done twice": doubled,
        "gaps in a sequence": ledger.gaps(),
        "rejected without a fault": ledger.wrongly_rejected(),
        "answers to nobody": ledger.strangers,
        "prices that do not add up": told_wrongly,
        "parked wrongly": wrongly_parked(system, ledger),
        "left in queues": sorted(left.items()),
    }
    return {kind: faults[:10] for kind, faults in found.items() if faults}


def overtaken(system):
    """Return the messages of which eligibility's log says that they came too late to count."""
    asked = ("--username=postgres", "--dbname=eligibility", "--tuples-only", "--no-align")
    said = "--command=select subject from log where kind = 'overtaken'"
    return set(system.execute("postgres", "psql", *asked, said).split())


def _await_prices(ledger):
    """Wait until what finance was told is what the placements cost; return where it is not."""
    ends = time.monotonic() + PATIENCE_SECONDS
    samples = [one.sample for one in ledger.of_kind(PLACEMENT)]
    while (found := differences(samples, ledger.told(PRICE_CHANGES))) and time.monotonic() < ends:
        time.sleep(0.5)
    return found
