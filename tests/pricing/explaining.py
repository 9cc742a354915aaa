"""Explains fees that some reviews of a test have made, without a database."""

from datetime import date

from services.pricing.explaining.explain import explain
from services.pricing.explaining.links import Award, Sources
from services.pricing.reviews.tracks import ReviewRule, Track
from services.pricing.terms.agreed import uplift_for
from tests.pricing.builders import (
    book,
    cpi,
    framework,
    indices,
    placement,
    point,
    terms,
    wage,
    wages,
)

TERMS = terms(cpi(9, share="0.9"), wage(share="0.1"))
# 0.9 x 1.7 + 0.1 x 6.7308 = 2.2031 %: 919.83; then 3.8295 %: 955.05
FEES = book(
    point("900.00"),
    point("919.83", date(2025, 4, 1), "review", "R2025"),
    point("955.05", date(2026, 4, 1), "review", "R2026"),
)
JUNE = date(2026, 6, 1)


def rule_of(review_id, *told, **rest):
    """Return a review of the year in its name, by the terms given or else the usual ones."""
    year = int(review_id[1:5])
    day = date(year, 4, 1)
    tracks = tuple(
        Track(each, uplift_for(each, day, indices(), wages())) for each in told or (TERMS,)
    )
    return ReviewRule(review_id, day, "final", tracks, **rest)


def award(review_id, **told):
    rule = told.get("rule") or rule_of(review_id)
    return Award(review_id, f"{review_id[1:5]}/00001", "b.director", rule)


def explained(day=JUNE, *, fees=FEES, one=None, awarded=award, under=None, **sources):
    return explain(one or placement(), day, fees, under or framework(), Sources(awarded, **sources))


def awards_of(*rules):
    by_id = {rule.review_id: rule for rule in rules}
    return lambda review_id: award(review_id, rule=by_id[review_id])
