"""Awards that follow one another: extra ones, tracks, provisional and final, taken back."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.reviews.apply import apply
from services.pricing.store.reviews import NoReview, ReviewRefused, review_named
from tests.pricing.builders import FAMILY, OTHER_URN
from tests.pricing.pricing_service import APRIL_2026, member, started, tendered
from tests.pricing.reviewed import ID, fee_of, lines_by_type, points_of, told
from tests.pricing.ruling import terms_file, yaml_of

MID_YEAR = date(2026, 10, 1)
PARENTS = FAMILY._replace(placement_type="parent_and_child")


def test_kent_2022_with_3_per_cent_in_april_and_4_in_mid_year(ready, tmp_path):
    ready.has_fees("1000.00", families=[PARENTS])
    extra = yaml_of("extra", rate="4", effective="{on: 2026-10-01}", placement_types="[core]")
    ready.terms = terms_file(tmp_path, yaml_of(rate="3"), extra)
    ready.reviews()
    ready.on(date(2026, 9, 1))

    applied = ready.reviews(MID_YEAR)

    # 900.00 x 1.03 = 927.00; x 1.04 = 964.08
    assert told(ready)[1:] == [("P1", APRIL_2026, "927.00"), ("P1", MID_YEAR, "964.08")]
    assert (applied.fees_uplifted, applied.fees_excluded) == (4, 4)
    left = lines_by_type(ready, "kent-medway-2026-10-01-final")["parent_and_child"]
    assert left.because == "no terms of this review are for parent_and_child"
    assert fee_of(ready, MID_YEAR, PARENTS) == "1030.00"
    assert not ready.mismatches()


def test_a_type_with_terms_of_its_own_has_an_uplift_of_its_own(ready, tmp_path):
    ready.has_fees("1000.00", families=[PARENTS])
    own = yaml_of("parents", rate="2", placement_types="[parent_and_child]")
    ready.terms = terms_file(tmp_path, yaml_of(rate="3"), own)

    applied = ready.reviews()

    assert (fee_of(ready, APRIL_2026), fee_of(ready, APRIL_2026, PARENTS)) == ("927.00", "1020.00")
    assert applied.uplift == 3
    assert [(each.placement_types, each.uplift) for each in applied.further_uplifts] == [
        (("parent_and_child",), 2)
    ]
    with ready.database.reading() as connection:
        kept = review_named(connection, ID)
    assert kept.track_for("parent_and_child").uplift.rate == 2
    assert kept.track_for("core").terms.version == "t"


def test_a_type_whose_own_terms_take_effect_later_is_left_and_reviewed_then(ready, tmp_path):
    ready.has_fees("1000.00", families=[PARENTS])
    effective = "{month: 4, day: 7}"
    own = yaml_of("parents", rate="2", placement_types="[parent_and_child]", effective=effective)
    ready.terms = terms_file(tmp_path, yaml_of(rate="3"), own)
    ready.reviews()

    applied = ready.reviews(date(2026, 4, 7))

    left = lines_by_type(ready, ID)["parent_and_child"]
    assert left.because == (
        "no terms of this review are for parent_and_child: its own take effect on day 7 of month 4"
    )
    assert (applied.uplift, applied.fees_uplifted, applied.fees_excluded) == (2, 4, 4)
    assert fee_of(ready, date(2026, 4, 7), PARENTS) == "1020.00"


def test_unrounded_fees_are_kept_and_compounded_on(ready, tmp_path):
    ready.terms = terms_file(tmp_path, yaml_of(rate="3.33", compound_on="unrounded"))
    ready.imports(tendered("987.65", "5-10", ref="t-2"))
    for year in (2023, 2024, 2025, 2026):
        ready.reviews(date(year, 4, 1))

    *_, last = points_of(ready)

    assert (f"{last.weekly}", last.unrounded) == ("1125.92", Decimal("1125.923245703787"))
    assert not ready.mismatches()


def test_a_final_award_that_leaves_what_the_provisional_one_moved_puts_it_back(ready, tmp_path):
    ready.reviews(award="provisional")
    out = "[{agency: SC990001, because: in dispute}]"
    ready.terms = terms_file(tmp_path, yaml_of(rate="3", exclude=out))
    ready.on(date(2026, 4, 15))

    final = ready.reviews()

    last = ready.sent()[-1].data
    assert (last.old_weekly, last.new_weekly) == (Decimal("934.47"), Decimal("900.00"))
    assert (final.fees_uplifted, final.fees_restored, final.fees_excluded) == (0, 4, 0)
    assert final.supersedes == "kent-medway-2026-04-01-provisional"
    # -34.47 x 14 / 7
    assert final.arrears_total == Decimal("-68.94")
    assert not ready.mismatches()


def test_a_provisional_award_does_not_replace_a_final_one(ready):
    ready.reviews()

    with pytest.raises(ReviewRefused, match="a provisional one does not replace it"):
        ready.drafts(award="provisional")


def test_a_wrong_award_is_reversed_by_a_review_of_its_own(ready):
    ready.reviews()
    ready.on(date(2026, 4, 15))

    taken_back = ready.reviews(award="reversal", reverses=ID)

    assert (taken_back.supersedes, taken_back.fees_restored, taken_back.uplift) == (ID, 4, 0)
    assert told(ready)[-1] == ("P1", APRIL_2026, "900.00")
    assert taken_back.arrears_total == Decimal("-68.94")
    line = lines_by_type(ready, "kent-medway-2026-04-01-reversal")["core"]
    assert (f"{line.before}", f"{line.after}", line.outcome) == ("934.47", "900.00", "restored")
    assert line.because == f"the review {ID} is taken back"
    assert not ready.mismatches()


def test_after_a_reversal_the_right_award_is_drafted_anew(ready, tmp_path):
    ready.reviews()
    ready.reviews(award="reversal", reverses=ID)
    ready.terms = terms_file(tmp_path, yaml_of(rate="4"))

    right = ready.reviews(review_id="R26-right")

    assert told(ready)[-1] == ("P1", APRIL_2026, "936.00")
    assert right.supersedes == "kent-medway-2026-04-01-reversal"


def test_a_reversal_moves_the_reviews_of_later_years_with_it(ready):
    ready.reviews(date(2025, 4, 1))
    ready.reviews()

    ready.reviews(date(2025, 4, 1), award="reversal", reverses="kent-medway-2025-04-01-final")

    # 900.00 again in 2025, so that 2026 starts from it: 934.47
    assert told(ready)[-1] == ("P1", APRIL_2026, "934.47")
    assert not ready.mismatches()


@pytest.mark.parametrize(
    ("told_of", "reason"),
    [
        ({"award": "reversal"}, "names the review that it takes back"),
        ({"reverses": ID}, "names the review that it takes back"),
        ({"award": "reversal", "reverses": "R27"}, "There is no review R27"),
        (
            {"award": "reversal", "reverses": ID, "effective_from": date(2025, 4, 1)},
            "took effect on 2026-04-01",
        ),
    ],
)
def test_a_reversal_of_what_is_not_there_is_refused(ready, told_of, reason):
    ready.reviews()

    with pytest.raises((ReviewRefused, NoReview), match=reason):
        ready.drafts(**({"review_id": "another"} | told_of))


def test_what_was_superseded_or_not_applied_is_not_reversed(ready):
    draft = ready.drafts(review_id="R26-draft")
    ready.reviews(award="provisional")
    ready.reviews()

    for name, reason in (
        (draft.id, "is drafted, not applied"),
        ("kent-medway-2026-04-01-provisional", f"was superseded by {ID}"),
    ):
        with pytest.raises(ReviewRefused, match=reason):
            ready.drafts(award="reversal", reverses=name)


def test_a_review_of_an_earlier_day_is_applied_late_and_the_later_one_follows(ready, tmp_path):
    ready.terms = terms_file(tmp_path, yaml_of(rate="5"))
    ready.reviews()

    ready.reviews(date(2025, 4, 1))

    # 900.00 x 1.05 = 945.00 from 2025; x 1.05 = 992.25 from 2026
    assert fee_of(ready, date(2025, 4, 1)) == "945.00"
    assert fee_of(ready, APRIL_2026) == "992.25"
    assert [each.awarded_on for each in points_of(ready)] == [None, *[date(2026, 3, 2)] * 2]
    assert not ready.mismatches()


def test_placements_without_a_fee_are_named_again_when_an_application_goes_on(ready):
    others = [FAMILY._replace(agency=f"SC{number:06}") for number in range(1, 501)]
    ready.has_fees(families=[FAMILY._replace(agency=OTHER_URN), *others])
    ready.hears(started("P2", agency=OTHER_URN))
    ready.hears(member(OTHER_URN, date(2022, 4, 1), date(2026, 3, 1)))
    ready.approves(ready.previews(ready.drafts().id))

    def stop(_done, _of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(ready.desk, ID, actor="a.analyst", progress=stop)
    _, unpriced = ready.applies(ID)

    assert unpriced == ["P2"]


def test_a_reversal_of_what_was_superseded_since_its_draft_is_not_approved(ready, tmp_path):
    ready.reviews()
    reversal = ready.drafts(award="reversal", reverses=ID)
    ready.terms = terms_file(tmp_path, yaml_of(rate="6"))
    ready.reviews(review_id="R26-right")
    previewed = ready.previews(reversal.id)

    with pytest.raises(ReviewRefused, match=f"{ID} was superseded by R26-right"):
        ready.approves(previewed)

    assert fee_of(ready, APRIL_2026) == "954.00"


def test_a_provisional_award_is_not_approved_once_the_final_one_is_applied(ready, tmp_path):
    late = ready.drafts(award="provisional")
    ready.terms = terms_file(tmp_path, yaml_of(rate="6"))
    ready.reviews()
    previewed = ready.previews(late.id)

    with pytest.raises(ReviewRefused, match=f"The final award {ID} is applied from 2026-04-01"):
        ready.approves(previewed)

    assert fee_of(ready, APRIL_2026) == "954.00"
