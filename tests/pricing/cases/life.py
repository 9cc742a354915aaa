"""One placement, what happens around it day by day, and what finance is told of it each time.

Everything is decided by pricing's own functions, on nothing but what is known: the fees and the
corrections, the reviews that are applied, counts, memberships and what case management told.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from services.pricing.changes import changes, told_after
from services.pricing.fee_book.compounding import compounded, in_order
from services.pricing.fees import FeeBook, FeeCause, FeeFamily, FeeKey, FeePoint, VolumeCount
from services.pricing.membership import left_on
from services.pricing.placement import Amended, Ended, Started, placement_of
from services.pricing.reviews.spot import SpotReview
from services.pricing.reviews.tracks import ReviewRule, Track
from services.pricing.terms.agreed import Exclusion, FixedShare, ReviewTerms, uplift_of
from services.pricing.timeline import Cause, timeline
from shared.days import Period
from shared.framework.adjustments import (
    Adjustment,
    Amount,
    ForLongStay,
    ForSibling,
    ForSolo,
    ForVolume,
)
from shared.framework.age_bands import AgeBands
from shared.money import percentage, pounds
from tests.pricing.builders import OTHER_URN, URN, framework

TENDERED_ON = date(2022, 4, 1)
BANDS = ("0-4", "5-10", "11-15", "16-18")
FEES = {URN: 700, OTHER_URN: 710}
"""The weekly fee of the youngest band for standard needs; each older band costs 100.00 more."""

FOR_NEED = {"standard": 0, "enhanced": 250}
ALL_TERMS = {"version": "case", "in_force_from": date(2016, 4, 1), "month": 4, "day": 1}
SPOT_STAYS = Exclusion("agreement", "spot", "a spot placement keeps the fee agreed for it")


def agreement(conventions=None, sibling_percent=None):
    """Return the framework of a case: the sample's, with discounts and supplements of its own."""
    told = conventions or {}
    bands = AgeBands(framework().age_bands.bands, told.get("band_change", "birthday"))
    arrears = told.get("review_arrears_for_ended", "paid")
    return replace(
        framework(),
        age_bands=bands,
        conventions=replace(framework().conventions, review_arrears_for_ended=arrears),
        adjustments=tuple(_adjustments(sibling_percent or {TENDERED_ON: "5"})),
    )


def _adjustments(sibling_percent):
    siblings = [Amount(day, percentage(rate)) for day, rate in sibling_percent.items()]
    yield Adjustment("sibling", "discount", "Siblings", ForSibling(2), tuple(siblings))
    yield _discount("long_stay", ForLongStay(24, "long_term"), "2")
    yield _discount("volume_20", ForVolume(20, 40), "1")
    yield _discount("volume_40", ForVolume(40), "2")
    solo = Amount(TENDERED_ON, None, pounds("150.00"))
    yield Adjustment("solo", "supplement", "Solo", ForSolo(), (solo,))


def _discount(name, due, percent):
    return Adjustment(name, "discount", name, due, (Amount(TENDERED_ON, percentage(percent)),))


def tendered(fees=None):
    """Return the fees of both agencies; some of a case's own for the first one, standard needs."""
    own = dict(fees or {})
    since = own.pop("from", TENDERED_ON)
    points = {}
    for agency, youngest in FEES.items():
        for purchaser in ("kent", "medway"):
            for need, more in FOR_NEED.items():
                family = FeeFamily(agency, purchaser, "core", need)
                for position, band in enumerate(BANDS):
                    weekly = pounds(f"{youngest + more + 100 * position}.00")
                    cause = FeeCause("tender", "tender-2022")
                    points[FeeKey(*family, band)] = [FeePoint(TENDERED_ON, weekly, cause, 1)]
    for band, weekly in own.items():
        key = FeeKey(URN, "kent", "core", "standard", band)
        points[key] = [FeePoint(since, pounds(weekly), FeeCause("tender", "tender"), 1)]
    return points


class Life:
    """What is known by now of one placement and its fees, and what finance was told of it."""

    def __init__(self, framework, *, fees=None, **placement):
        usual = {
            "placement_id": "P1",
            "date_of_birth": date(2016, 6, 15),
            "family": FeeFamily(URN, "kent", "core", "standard"),
            "start": date(2024, 4, 1),
            "agreement": "framework",
            "agreed_weekly": None,
            "uasc": False,
            "disability": False,
        }
        self.framework = framework
        self.points = tendered(fees)
        self.rules = []
        self.counts = {}
        self.memberships = {}
        self.events = [Started(_at(0), "started", **(usual | placement))]
        self.told = ()
        self.messages = []
        self._number = 1

    @property
    def placement(self):
        return placement_of(self.events, self.framework)

    def amend(self, effective_from, *, number=None, **amended):
        number = self._next(number)
        self.events.append(Amended(_at(number), f"amended-{number}", effective_from, **amended))
        return Cause("amended", "P1", max(effective_from, self.placement.start))

    def end(self, day, *, number=None):
        number = self._next(number)
        self.events.append(Ended(_at(number), f"ended-{number}", day))
        return Cause("continued" if day is None else "ended", "P1", day or self.placement.start)

    def correct(self, key, day, weekly, *, number=None):
        number = self._next(number)
        cause = FeeCause("correction", f"letter-{number}")
        self.points[key].append(FeePoint(day, weekly, cause, number))
        return Cause("correction", cause.reference, day)

    def review(
        self, day, rate, awarded_on, *, number=None, award="final", spot_stays=True, **terms
    ):
        number = self._next(number)
        name = f"review-{number}"
        exclude = (*terms.pop("exclude", ()), *((SPOT_STAYS,) if spot_stays else ()))
        of = ReviewTerms(
            components=(FixedShare(percentage("1"), rate),), exclude=exclude, **ALL_TERMS | terms
        )
        parts = [FixedShare(percentage("1"), rate).part(day, None, None, "final")]
        track = Track(of, uplift_of(of, parts))
        reverses = self.rules[-1].review_id if award == "reversal" else None
        self.rules.append(ReviewRule(name, day, award, (track,), awarded_on, reverses))
        return Cause("review", name, day)

    def count(self, agency, day, placements, *, number=None):
        number = self._next(number)
        counted = VolumeCount(day, placements, day, number)
        self.counts.setdefault(agency, []).append(counted)
        return Cause("volume", f"count-of-{day}", day)

    def leave(self, agency, day):
        self.memberships[agency] = (Period(TENDERED_ON, day),)
        return Cause("left_framework", agency, day)

    def fees(self):
        """Return the book as it stands with everything that is known."""
        book = FeeBook()
        applied = sorted(self.rules, key=_applied)
        rules = in_order(applied)
        for key, points in self.points.items():
            one = FeeBook((key, point) for point in points)
            left = partial(left_on, self.memberships.get(key.agency, ()))
            recorded = one.points(key.family, key.age_band)
            days = one.tendered_on(key.family, key.age_band)
            for point in (*points, *compounded(key, recorded, rules, left, days)):
                book.add(key, point)
        for agency, counts in self.counts.items():
            for counted in counts:
                book.count_volume(agency, counted)
        for agency, periods in self.memberships.items():
            book.put_memberships(agency, periods)
        book.put_spot_awards(SpotReview(rule, rule.awarded_on) for rule in applied)
        book.put_rules(applied)
        return book

    def timeline(self, today):
        horizon = today + timedelta(days=self.framework.conventions.notice_days)
        return timeline(self.placement, self.fees(), self.framework, horizon)

    def tell(self, today, because=None):
        """Tell finance what is otherwise than it knows; return the messages."""
        found = changes(self.told, self.timeline(today), today, because)
        for one in found:
            self.told = told_after(self.told, one.start, one.end, one.new_weekly, one.account)
        self.messages.extend(found)
        return found

    def _next(self, number):
        """Return a number that says when something became known, the next one if none is given."""
        self._number += 1
        return self._number if number is None else number


def _applied(rule):
    """Return by what reviews are put in order: each is applied before the next one."""
    return rule.awarded_on, int(rule.review_id.removeprefix("review-"))


def _at(number):
    return datetime.combine(date(2024, 1, 1), time(9), UTC) + timedelta(minutes=number)
