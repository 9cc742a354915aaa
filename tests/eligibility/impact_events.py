"""What is delivered of placements and withdrawals, and what a change in the register sends."""

from dataclasses import replace
from datetime import date, timedelta

from services.eligibility.concerns.impact import Impact
from services.eligibility.concerns.touched import Change
from services.eligibility.decisions.telling import DecisionTeller
from services.eligibility.register.register import Recorded, Register
from services.eligibility.service import SERVICE
from services.eligibility.store import register_store
from shared.contracts.catalogue import (
    ELIGIBILITY_DECIDED,
    PLACEMENT_AMENDED,
    PLACEMENT_ENDED,
    PLACEMENT_STARTED,
    PROVIDER_CONCERN,
    REFERRAL_WITHDRAWN,
)
from shared.messaging.work import work_on
from tests.eligibility.running import (
    BORN,
    JUDGED,
    NOW,
    delivery,
    entry,
    told,
)

URN = "SC990001"
OTHER = "SC990002"
THIRD = "SC990003"
PUBLISHED = date(2026, 2, 20)
MARKERS = ("2013-07-29", "CHILD-MARKER-77")
SUSPENDED = {"fact": "suspension", "valid_from": "2026-04-10", "reason": "staffing"}
OUTSTANDING = JUDGED | {"overall": "outstanding"}


def imported(running, facts, *, is_preview):
    """Add facts to the register as a command does, and return what that touches."""
    framework = running.service.framework
    policies = running.service.policies_in_use()
    impact = Impact(framework, policies, DecisionTeller(framework.digest))
    with work_on(running.database, running.clock, SERVICE, cause_id="import 2") as work:
        register_store.claim_register(work.connection)
        before = register_store.read_register(work.connection)
        reference = "import of a file by a commissioner"
        if is_preview:
            new = [Recorded(urn, fact, work.now) for urn, fact in facts]
            after = Register([*before.recorded, *new])
            return impact.touched(work, Change(before, after, reference, "a commissioner"))
        register_store.append(work.connection, facts, work.now, reference)
        after = register_store.read_register(work.connection)
        return impact.follow(work, Change(before, after, reference, "a commissioner"))


def failing_after(handler):
    def handle(work, event):
        handler(work, event)
        raise ZeroDivisionError

    return handle


def decisions_in(messages):
    return [each for each in messages if each.type == ELIGIBILITY_DECIDED]


def concerns_in(messages):
    return [told(each) for each in messages if each.type == PROVIDER_CONCERN]


def reasons_of(message, urn=URN):
    decision = told(message)
    return [each.because for each in decision.unmet(entry(message, urn))]


def at(instant, message):
    """Return a delivery as if its event was said at an instant."""
    body = message.body.replace(NOW.isoformat().encode(), instant.isoformat().encode(), 1)
    return replace(message, body=body)


def of_placement(type_, data, id_):
    return replace(delivery(type_, data, id_), queue="eligibility.placements")


def started(placement_id="P1", **data):
    """Return the start of a placement as it is delivered."""
    usual = {
        "placement_id": placement_id,
        "child_ref": "C1",
        "date_of_birth": BORN,
        "agency": URN,
        "purchaser": "kent",
        "placement_type": "core",
        "need_category": "standard",
        "start_date": "2026-01-05",
        "duration": "short_term",
        "solo": False,
        "disability": False,
        "uasc": False,
        "agreement": "framework",
    }
    return of_placement(PLACEMENT_STARTED, usual | data, f"start-{placement_id}")


def amended(placement_id, effective_from, id_=None, **data):
    told_of = {"placement_id": placement_id, "effective_from": effective_from}
    return of_placement(PLACEMENT_AMENDED, told_of | data, id_ or f"amend-{placement_id}")


def ended(placement_id, day, id_=None):
    told_of = {"placement_id": placement_id, "end_date": day}
    return of_placement(PLACEMENT_ENDED, told_of, id_ or f"end-{placement_id}")


def withdrawal(referral_id):
    told_of = {
        "referral_id": referral_id,
        "withdrawn_at": (NOW + timedelta(hours=1)).isoformat(),
        "reason": "in_house_found",
    }
    return delivery(REFERRAL_WITHDRAWN, told_of, f"withdrawn-{referral_id}")
