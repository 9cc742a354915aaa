"""Makes referrals, agencies and registers of which a test spells out only the telling fact."""

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from services.eligibility.decision import decide
from services.eligibility.panel import places
from services.eligibility.provider import Judgement, Membership, Name, Offer, Registration
from services.eligibility.referral import Child, Referral
from services.eligibility.register.register import Recorded, Register
from services.eligibility.service import read_policies
from shared.contracts.referral import ReferralReceived
from shared.framework.pack import load_framework

PACK = Path(__file__).parents[2] / "deploy/frameworks/kent-medway"
URN = "SC990001"
LONG_AGO = datetime(2022, 3, 1, 9, 0, tzinfo=UTC)
RECEIVED_AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
START = date(2026, 3, 16)
BANDS = {"0-4": 0, "5-10": 5, "11-15": 11, "16-18": 16}
TYPES = ("core", "disabled_child", "sibling_group", "parent_and_child")


@cache
def framework():
    """Return the sample framework."""
    return load_framework(PACK)


@cache
def policies():
    """Return the sample framework's policies."""
    return read_policies(PACK, framework())


def policy():
    """Return the sample rulebook's policy."""
    return policies().in_force(RECEIVED_AT)


def band_at(age):
    """Return the label of the age band."""
    return [label for label, first in BANDS.items() if first <= age][-1]


def child(age=12, *, ref="C1", disability=False, with_parent=False):
    """Return a child of an age on the start date."""
    return Child(ref, age, band_at(age), disability, with_parent)


def referral(**told):
    """Return a planned core referral of one child of 12, but for what is told."""
    usual = {
        "referral_id": "R1",
        "received_at": RECEIVED_AT,
        "purchaser": "kent",
        "placement_type": "core",
        "need_category": "standard",
        "duration": "short_term",
        "start_date": START,
        "emergency": False,
        "solo": False,
        "uasc": "no",
        "in_house_search": "done",
        "keep_together": True,
        "preferred_area": None,
        "children": (child(),),
    }
    return Referral(**(usual | told))


def offer(**told):
    """Return an offer of everything, but for what is told."""
    usual = {
        "valid_from": date(2022, 4, 1),
        "valid_to": None,
        "lots": TYPES,
        "age_bands": tuple(BANDS),
        "need_categories": ("standard", "enhanced", "complex"),
        "purchasers": ("kent", "medway"),
        "tier": 1,
        "largest_group": 8,
        "takes_emergencies": True,
        "takes_solo": True,
        "takes_disabled_children": True,
        "takes_long_term": True,
        "areas": ("ME",),
    }
    return Offer(**(usual | told))


def judgement(overall="good", inspected_on=date(2023, 5, 1), published_on=date(2023, 6, 1)):
    """Return a judgement by Ofsted."""
    return Judgement(overall, inspected_on, published_on)


def agency(*facts, urn=URN, joined=date(2022, 4, 1), judged="good", recorded_at=LONG_AGO, **offers):
    """Return what is recorded of a good agency that does everything, but for what is told."""
    usual = [
        Name(f"Agency {urn}"),
        Membership(joined),
        Registration(date(2010, 1, 1)),
        offer(**offers),
    ]
    if judged is not None:
        usual.append(judgement(judged))
    return [Recorded(urn, fact, recorded_at) for fact in (*usual, *facts)]


def register(*agencies):
    """Return a register of agencies."""
    return Register([fact for facts in agencies for fact in facts])


def decided(asked, *agencies):
    """Return the sample policy's decision on a referral, with these agencies on the register."""
    return decide(asked, register(*agencies).panel(asked.start_date), policy())


def outcome(decision, urn=URN):
    """Return the outcome of one agency."""
    return decision.outcomes()[_place(decision, urn)]


def unmet(decision, urn=URN):
    """Return what an agency does not meet: verdict by criterion."""
    verdicts = decision.verdicts()[_place(decision, urn)]
    named = zip(decision.policy.agency_criteria, verdicts, strict=True)
    return {criterion: verdict for criterion, verdict in named if verdict != "met"}


def near_misses(decision):
    """Return the numbers of the agencies that fail exactly one criterion."""
    return [decision.panel.agencies[place].urn for place in places(decision.answer.near_misses)]


def received(**told):
    """Return a referral as case management tells it, but for what is told."""
    usual = {
        "referral_id": "R1",
        "received_at": RECEIVED_AT.isoformat(),
        "purchaser": "kent",
        "needed_by": "later",
        "start_date": START.isoformat(),
        "duration": "short_term",
        "placement_type": "core",
        "need_category": "standard",
        "solo": False,
        "in_house_search": "done",
        "uasc": "no",
        "children": [
            {"child_ref": "C1", "date_of_birth": "2014-01-05", "disability": False},
        ],
    }
    return ReferralReceived.model_validate_json(json.dumps(usual | told))


def _place(decision, urn):
    return [each.urn for each in decision.panel.agencies].index(urn)
