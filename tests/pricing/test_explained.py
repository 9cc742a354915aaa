"""How a fee came about, from what is kept: reviews, corrections, counts, and what finance heard."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.placements.standing import explained
from services.pricing.placements.volume_counting import count_volume
from services.pricing.reviews.draft import draft
from shared.money import pounds
from tests.pricing.builders import URN
from tests.pricing.pricing_service import APRIL_2026, member, started, tendered

REVIEW = "kent-medway-2026-04-01-final"
MAY = date(2026, 5, 10)


def chain_of(service, placement_id="P1", day=MAY):
    found = explained(service.desk, placement_id, day)
    assert found.agrees, found
    return found.chain


def test_a_correction_that_came_after_a_review_is_seen_in_both_fees(ready):
    ready.reviews()
    ready.on(date(2026, 3, 20))

    ready.imports(tendered("910.00", "5-10", kind="correction", ref="C-1"))

    reviewed, corrected = chain_of(ready)
    # 910.00 x 1.038295004095
    assert f"{reviewed.weekly}" == "944.85"
    assert reviewed.sentences[-1] == (
        f"From 2026-03-02 until 2026-03-20 it was held to be 934.47 a week (review {REVIEW})."
    )
    assert corrected.sentences == (
        "Correction C-1: 910.00 a week.",
        "From 2026-03-02 until 2026-03-20 it was held to be 900.00 a week (tender tender-2022).",
    )


def test_a_review_that_was_taken_back_is_explained_with_what_it_had_made(ready):
    ready.reviews()
    ready.on(date(2026, 5, 4))
    back = draft(
        ready.desk, ready.terms, APRIL_2026, actor="a.analyst", award="reversal", reverses=REVIEW
    )
    review = ready.previews(back.id)
    ready.approves(review, decision_reference="26/00077")
    ready.applies(review.id)

    newest, tender = chain_of(ready)

    assert (f"{newest.weekly}", f"{tender.weekly}") == ("900.00", "900.00")
    assert f"which takes {REVIEW} back, decision 26/00077" in newest.sentences[0]
    assert newest.sentences[1].startswith("Back to 900.00 a week, the fee from before:")
    assert newest.sentences[-1].startswith("From 2026-03-02 until 2026-05-04 it was held to be 934")


def test_a_volume_discount_names_the_count_and_who_counted_it(ready):
    ready.hears(*(started(f"V{number}") for number in range(19)))
    count_volume(ready.desk, date(2026, 3, 2), date(2026, 4, 1), actor="c.counter")

    top, tender = chain_of(ready)

    # 900.00 x 0.985
    assert (f"{top.weekly}", f"{tender.weekly}") == ("886.50", "900.00")
    assert top.sentences[0].endswith(
        "1.5 % off, 20 placements on 2026-03-02 (for 20 to 39), counting from 2026-04-01 on, "
        "counted by c.counter."
    )


def test_discounts_and_supplements_are_explained_with_the_fee_that_finance_heard(ready):
    ready.hears(started("P2", sibling_number=2, solo=False), started("P3", solo=True))

    assert [f"{link.weekly}" for link in chain_of(ready, "P2")] == ["855.00", "900.00"]
    assert [f"{link.weekly}" for link in chain_of(ready, "P3")] == ["975.00", "900.00"]
    (told,) = explained(ready.desk, "P3", MAY).told
    assert (told.sequence, told.new_weekly) == (1, Decimal("975.00"))


def test_an_agency_that_left_keeps_its_fee_and_the_chain_says_since_when(ready):
    ready.reviews()
    ready.hears(member(URN, date(2022, 4, 1), date(2026, 5, 1)))

    newest, *_ = chain_of(ready)

    assert f"{newest.weekly}" == "934.47"
    assert newest.sentences[-1] == "The agency left the framework on 2026-05-01: it stays so."


def test_a_spot_fee_is_explained_from_its_agreement(ready):
    ready.hears(started("P2", agreement="spot", agreed_weekly=pounds("1234.00")))
    ready.reviews()

    links = chain_of(ready, "P2")

    assert f"{links[-1].weekly}" == "1234.00"
    assert links[-1].sentences == ("Agreed for this placement from 2026-03-02: 1234.00 a week.",)


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2026, 3, 31), APRIL_2026, MAY])
def test_what_is_explained_is_what_the_timeline_says(ready, day):
    ready.reviews()
    timeline = ready.timelines()["P1"]

    found = explained(ready.desk, "P1", day)

    assert found.weekly == next(x.weekly for x in reversed(timeline) if x.start <= day)
    assert found.agrees
    assert {change.sequence for change in found.told} <= {1, 2}
