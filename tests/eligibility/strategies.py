"""Random agencies and referrals, every one of which the sample framework could meet."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from services.eligibility.facts import GRADES
from services.eligibility.provider import Suspension
from tests.eligibility.builders import BANDS, TYPES, agency, child, referral

NEEDS = ("standard", "enhanced", "complex")
PURCHASERS = ("kent", "medway")


def some_of(words):
    """Return any set of words, in the order in which they are given."""
    return st.sets(st.sampled_from(words)).map(lambda chosen: tuple(sorted(chosen)))


suspensions = st.one_of(
    st.just(()),
    st.integers(-30, 30).map(
        lambda days: (Suspension(date(2026, 3, 16) + timedelta(days), None, "contract"),)
    ),
)


@st.composite
def agencies(draw):
    """Return some agencies of all kinds."""
    return [draw(_agency(f"SC{number:06}")) for number in range(draw(st.integers(1, 8)))]


@st.composite
def _agency(draw, urn):
    judged = draw(st.sampled_from(GRADES))
    return agency(
        *draw(suspensions),
        urn=urn,
        joined=date(2022, 4, 1) + timedelta(draw(st.integers(0, 1600))),
        judged=None if judged == "unknown" else judged,
        valid_from=draw(st.sampled_from([date(2022, 4, 1), date(2026, 4, 1)])),
        lots=draw(some_of(TYPES)),
        age_bands=draw(some_of(tuple(BANDS))),
        need_categories=draw(some_of(NEEDS)),
        purchasers=draw(some_of(PURCHASERS)),
        largest_group=draw(st.integers(0, 8)),
        tier=draw(st.integers(1, 3)),
        takes_emergencies=draw(st.booleans()),
        takes_solo=draw(st.booleans()),
        takes_disabled_children=draw(st.booleans()),
        takes_long_term=draw(st.booleans()),
        areas=draw(some_of(("ME", "ME7", "CT", "CT1", "TN"))),
    )


@st.composite
def referrals(draw):
    """Return a referral of one to eight children."""
    ages = draw(st.lists(st.integers(0, 17), min_size=1, max_size=8))
    children = [
        child(age, ref=f"C{place}", disability=draw(st.booleans()))
        for place, age in enumerate(ages)
    ]
    if len(children) > 1 and draw(st.booleans()):
        children[-1] = replace(children[-1], with_parent=True)
    return referral(
        referral_id=f"R{draw(st.integers(0, 999))}",
        purchaser=draw(st.sampled_from(PURCHASERS)),
        placement_type=draw(st.sampled_from(TYPES)),
        need_category=draw(st.sampled_from(NEEDS)),
        duration=draw(st.sampled_from(("short_term", "long_term"))),
        emergency=draw(st.booleans()),
        solo=draw(st.booleans()),
        in_house_search=draw(st.sampled_from(("done", "done", "not_done", "not_possible"))),
        keep_together=draw(st.booleans()),
        preferred_area=draw(st.sampled_from((None, "ME", "ME7", "CT"))),
        children=tuple(children),
    )
