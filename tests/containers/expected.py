"""What placements cost by the rules of pricing alone, without a database or a message."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from services.demo.reckoning import told_change
from services.pricing.fee_book.prices_csv import read_prices
from services.pricing.fees import FeeBook, FeeFamily, FeePoint, NoFeeOn
from services.pricing.finance.reconcile import reconcile
from services.pricing.placement import Amended, Ended, Started, placement_of
from services.pricing.timeline import timeline
from shared.contracts.placement import PlacementStarted
from shared.contracts.price import PriceChanged
from shared.days import london_day
from shared.framework.pack import load_framework

PACK = Path(__file__).parents[2] / "deploy/frameworks/kent-medway"


def priced_in_full(samples):
    """Return the samples of those placements for which the framework has a fee on every day."""
    without = set()
    for placement_id, life in _lives(samples).items():
        try:
            _timeline(life)
        except NoFeeOn:
            without.add(placement_id)
    return [one for one in samples if one.data is None or one.data.placement_id not in without]


@cache
def families():
    """Return everything that can be bought under the framework."""
    return frozenset(key.family for key, _ in _rules()[1].items())


def differences(samples, price_changes):
    """Return where what finance was told differs from what the placements cost.

    Args:
        samples: the messages about placements that were taken.
        price_changes: the data of what finance was told.
    """
    told = [told_change(PriceChanged.model_validate_json(json.dumps(one))) for one in price_changes]
    current = {placement_id: _timeline(life) for placement_id, life in _lives(samples).items()}
    return [f"{one.placement_id}: {one.reason}" for one in reconcile(told, current)]


def _lives(samples):
    lives = defaultdict(list)
    for sample in samples:
        if sample.fate == "handled":
            lives[sample.data.placement_id].append(sample)
    return lives


def _timeline(life):
    framework, fees = _rules()
    placement = placement_of([_event(one) for one in life], framework)
    horizon = london_day(datetime.now(UTC)) + timedelta(days=framework.conventions.notice_days)
    return timeline(placement, fees, framework, horizon)


@cache
def _rules():
    framework = load_framework(PACK)
    fees = FeeBook()
    tendered = read_prices(PACK / "prices.csv", framework)
    for number, (key, day, weekly, cause) in enumerate(tendered, start=1):
        fees.add(key, FeePoint(day, weekly, cause, number))
    return framework, fees


def _event(sample):
    told = sample.data
    if isinstance(told, PlacementStarted):
        family = FeeFamily(told.agency, told.purchaser, told.placement_type, told.need_category)
        same = {
            name: getattr(told, name)
            for name in (
                "placement_id",
                "date_of_birth",
                "agreement",
                "agreed_weekly",
                "uasc",
                "disability",
                "duration",
                "solo",
                "sibling_number",
            )
        }
        return Started(sample.at, sample.message_id, family=family, start=told.start_date, **same)
    if hasattr(told, "end_date"):
        return Ended(sample.at, sample.message_id, told.end_date)
    amended = told.model_dump(exclude={"placement_id", "start_date"})
    return Amended(sample.at, sample.message_id, start=told.start_date, **amended)
