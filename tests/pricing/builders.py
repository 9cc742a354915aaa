"""Makes fees, placements and reviews of which a test spells out only the telling fact."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from services.pricing.fees import FeeBook, FeeCause, FeeFamily, FeeKey, FeePoint, VolumeCount
from services.pricing.figures.index_table_csv import read_index_file
from services.pricing.figures.wages_csv import read_wages
from services.pricing.indices import IndexBook
from services.pricing.placement import Amended, Ended, Started, placement_of
from services.pricing.terms.agreed import (
    FixedShare,
    IndexShare,
    ReviewTerms,
    WageAtAgeShare,
    WageShare,
)
from services.pricing.terms.pack_yaml import read_terms
from services.pricing.timeline import timeline
from services.pricing.wages import WageBook
from shared.framework.adjustments import Adjustment, Amount
from shared.framework.pack import load_framework
from shared.money import percentage, pounds

HERE = Path(__file__).parents[2]
PACK = HERE / "deploy/frameworks/kent-medway"
NATIONAL = HERE / "deploy/national"
URN = "SC990001"
OTHER_URN = "SC990002"
TOLD_AT = datetime(2024, 4, 1, 9, 0, tzinfo=UTC)
FAMILY = FeeFamily(URN, "kent", "core", "standard")
BANDS = ("0-4", "5-10", "11-15", "16-18")


@cache
def framework():
    return load_framework(PACK)


@cache
def sample_terms():
    """Return the terms of the sample's price review, which nobody changes."""
    return read_terms(PACK / "price-review.yaml", framework())


@cache
def indices():
    files = ("ons_d7g7.csv", "ons_d7bt.csv", "cpi_d7g7_2026.csv")
    return IndexBook(value for name in files for value in read_index_file(NATIONAL / name))


@cache
def wages():
    return WageBook(read_wages(NATIONAL / "minimum_wage.csv"))


def key(age_band="5-10", *, family=FAMILY):
    return FeeKey(*family, age_band)


def point(weekly, valid_from=date(2022, 4, 1), kind="tender", reference="tender-2022", number=1):
    return FeePoint(valid_from, pounds(weekly), FeeCause(kind, reference), number)


def book(*points, age_band="5-10", family=FAMILY):
    """Return a book of one fee key; later points are recorded later."""
    numbered = [each._replace(number=number) for number, each in enumerate(points, start=1)]
    return FeeBook((key(age_band, family=family), each) for each in numbered)


def flat_book(weekly="900.00", *, families=(FAMILY,), by_band=None):
    """Return a book with a fee for every age band since 2022."""
    fees = dict.fromkeys(BANDS, weekly) | (by_band or {})
    return FeeBook(
        (key(band, family=family), point(fees[band])) for family in families for band in BANDS
    )


def started(**told):
    """Return a placement's start: a child of 8, from 1 May 2024, in a core placement."""
    usual = {
        "told_at": TOLD_AT,
        "event_id": "start",
        "placement_id": "P1",
        "date_of_birth": date(2016, 3, 10),
        "family": FAMILY,
        "start": date(2024, 5, 1),
        "agreement": "framework",
        "agreed_weekly": None,
        "uasc": False,
        "disability": False,
    }
    return Started(**(usual | told))


def amended(effective_from, *, after_hours=1, **told):
    told_at = TOLD_AT + timedelta(hours=after_hours)
    return Amended(told_at, f"amend-{after_hours}", effective_from, **told)


def ended(end=None, *, after_hours=100):
    return Ended(TOLD_AT + timedelta(hours=after_hours), f"end-{after_hours}", end)


def placement(*events, **told):
    return placement_of([started(**told), *events], framework())


def adjustment(id_, due, *amounts, kind="discount"):
    """Return a discount or supplement; an amount is per cent, or pounds where it says so."""
    every = amounts or (amount("5"),)
    return Adjustment(id_, kind, f"The {id_}", due, every)


def amount(told, valid_from=date(2022, 4, 1)):
    if told.startswith("£"):
        return Amount(valid_from, weekly=pounds(told[1:]))
    return Amount(valid_from, percent=percentage(told))


def framework_with(*adjustments, **conventions):
    """Return the sample's framework with other discounts and supplements, or other conventions."""
    usual = framework()
    said = replace(usual.conventions, **conventions)
    return replace(usual, adjustments=adjustments, conventions=said)


def counted(placements, effective_from, *, number=1):
    return VolumeCount(effective_from, placements, effective_from, number)


def timeline_of(one, fees=None, horizon=date(2026, 12, 31), *, under=None):
    return timeline(one, flat_book() if fees is None else fees, under or framework(), horizon)


def weeks_of(segments):
    """Return a timeline as (first day, weekly) pairs, for a person to read."""
    return [(each.start, f"{each.weekly}") for each in segments]


def causes_of(segments):
    return [[(each.word, each.reference) for each in one.causes] for one in segments]


def cpi(month=9, *, share="1", year="previous"):
    return IndexShare(percentage(share), "D7G7", month, year)


def wage(band="nlw", *, share):
    return WageShare(percentage(share), band)


def at_age(age, *, share):
    return WageAtAgeShare(age=age, share=percentage(share))


def fixed(rate, *, share):
    return FixedShare(percentage(share), percentage(rate))


def terms(*components, **told):
    usual = {"version": "t", "in_force_from": date(2016, 4, 1), "month": 4, "day": 1}
    return ReviewTerms(components=components or (cpi(),), **(usual | told))
