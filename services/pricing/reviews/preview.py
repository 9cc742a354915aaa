"""Previews a price review: every fee key and every spot placement once, with what becomes of it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from services.pricing.desk import Desk, Progress, no_progress
from services.pricing.fees import FeeBook, FeeKey
from services.pricing.membership import left_on
from services.pricing.reviews.body import counted_told, together
from services.pricing.reviews.draft import check_reference
from services.pricing.reviews.live import live_on_families, live_spot, with_live
from services.pricing.reviews.review import ReviewLine, SpotLine, review_line
from services.pricing.reviews.totals import Counted, Seal
from services.pricing.reviews.tracks import ReviewRule
from services.pricing.store.fee_book import complete
from services.pricing.store.fees import (
    POINTS,
    Numbers,
    book_between,
    families_between,
    portions_of_keys,
)
from services.pricing.store.numbers import last_given
from services.pricing.store.review_lines import (
    chunks_of,
    forget_lines,
    keep_lines,
    keep_spot_lines,
    lines_between,
    spot_lines_in,
    spot_portions,
)
from services.pricing.store.review_reading import applied_before, spot_between
from services.pricing.store.reviews import (
    APPROVED,
    PREVIEWED,
    WITHDRAWN,
    Review,
    ReviewRefused,
    Step,
    review_named,
    superseded_by,
    take_step,
)
from shared.framework.framework import Framework
from shared.money import percentage_text

KEYS_IN_A_PORTION: Final = 1000
PLACEMENTS_IN_A_PORTION: Final = 2000


class Ground(NamedTuple):
    """What the lines of every portion rest on.

    Args:
        moving: a book without fees, of whatever else moves what placements cost.
    """

    framework: Framework
    moving: FeeBook

    @classmethod
    def of(cls, connection: Connection, framework: Framework) -> "Ground":
        """Return it as it is now."""
        return cls(framework, complete(connection, FeeBook()))

    def lend(self, fees: FeeBook, agencies: Iterable[str]) -> None:
        """Fill a book of the fees of some agencies with what else moves them."""
        fees.put_spot_awards(self.moving.spot_awards())
        for agency in agencies:
            fees.put_memberships(agency, self.moving.memberships(agency))
            for count in self.moving.volumes(agency):
                fees.count_volume(agency, count)


class _Sum(NamedTuple):
    """What is added up while the lines of a preview go by."""

    ground: Ground
    counted: Counted
    seal: Seal


def preview(desk: Desk, review_id: str, *, actor: str, progress: Progress = no_progress) -> Review:
    """Count what a review would do, keep its lines, and seal them for an approval.

    It may be done again as long as the review is not approved; the lines are then kept anew.

    Raises:
        ReviewRefused: the review is approved already or withdrawn, a fee was recorded meanwhile,
            somebody else previews it at the same time, or there is no fee at all.
    """
    check_reference("actor", actor)
    with desk.database.transaction() as connection:
        review = _previewable(connection, review_id)
        forget_lines(connection, review_id)
        fees_last = last_given(connection, POINTS)
        plan = list(portions_of_keys(connection, KEYS_IN_A_PORTION, PLACEMENTS_IN_A_PORTION))
        spot_plan = list(spot_portions(connection, PLACEMENTS_IN_A_PORTION))
        ground = Ground.of(connection, desk.framework)
    total = sum(numbers.keys for numbers in plan)
    if not total:
        raise ReviewRefused("There is no fee to review. Import some: fosterframe fees import PACK.")
    seal = Seal(heading_of(review, fees_last))
    sum_ = _Sum(ground, Counted.of(review.effective_from), seal)
    done = 0
    for chunk, numbers in enumerate(plan):
        _preview_portion(desk, review, chunk, numbers, sum_)
        done += numbers.keys
        progress(done, total)
    for chunk, ids in enumerate(spot_plan, start=len(plan)):
        _preview_spot(desk, review, chunk, ids, sum_)
    with desk.database.transaction() as connection:
        review = _previewable(connection, review_id)
        if last_given(connection, POINTS) != fees_last:
            raise ReviewRefused("A fee was recorded during the preview. Preview it again.")
        body = counted_told(sum_.counted) | {"digest": seal.digest(), "fees_last": fees_last}
        body["compared_with"] = _told_before(applied_before(connection, review.effective_from))
        body["supersedes"] = superseded_by(connection, review)
        take_step(connection, review, Step(PREVIEWED, actor, desk.clock.now(), body))
        return review_named(connection, review_id)


def kept_digest(connection: Connection, review: Review) -> str:
    """Return the digest of the lines that are kept of a previewed review, as they are now.

    It is not the one of its last preview where another preview was begun since.
    """
    seal = seal_of(review)
    for chunk in chunks_of(connection, review.id):
        if chunk.spot:
            first, last = chunk.first_placement, chunk.last_placement
            seal.add_spot(spot_lines_in(connection, review.id, first, last))
        else:
            seal.add(lines_between(connection, review.id, chunk.numbers))
    return seal.digest()


def seal_of(review: Review) -> Seal:
    """Return the seal of the last preview of a review, before its first line.

    Raises:
        KeyError: it was never previewed.
    """
    return Seal(heading_of(review, review.last(PREVIEWED).body["fees_last"]))


def heading_of(review: Review, fees_last: int) -> str:
    """Return everything beside the lines that an approver agrees to, in one text."""
    tracks = (
        f"{model.model_dump_json()}|{track.uplift.formula()}|{percentage_text(track.uplift.rate)}"
        for model, track in zip(review.models, review.tracks, strict=True)
    )
    words = (review.id, review.award, review.reverses or "", str(review.effective_from))
    return "|".join((*words, *tracks, str(fees_last)))


def lines_on(
    connection: Connection, rules: Sequence[ReviewRule], numbers: Numbers, ground: Ground
) -> Iterator[tuple[int, tuple[ReviewLine, ...]]]:
    """Yield every fee key of one portion of families: its family's number, its line by each rule.

    Args:
        connection: the transaction.
        rules: one or more reviews of the same day.
        numbers: the families.
        ground: the framework, and what moves fees.
    """
    families = families_between(connection, numbers.first, numbers.last)
    fees = book_between(connection, families, numbers)
    ground.lend(fees, {family.agency for family in families.values()})
    day = rules[0].effective_from
    live = live_on_families(connection, numbers, day, ground.framework, fees)
    for number, family in families.items():
        left = left_on(fees.memberships(family.agency), day)
        for age_band, points in fees.bands(family).items():
            key = FeeKey(*family, age_band)
            ones = live.get(key, ())
            tendered = fees.tendered_on(family, age_band)
            lines = (
                review_line(key, points, rule, left_on=left, tendered=tendered) for rule in rules
            )
            yield number, tuple(with_live(line, ones, fees, day) for line in lines)


def spot_lines_on(
    connection: Connection, rule: ReviewRule, ids: tuple[str, str], ground: Ground
) -> list[SpotLine]:
    """Return the lines of the spot placements from one id to another, in order."""
    wanted = spot_between(*ids)
    return sorted(live_spot(connection, wanted, rule, ground.framework, ground.moving))


@contextmanager
def _alone(desk: Desk, review: Review) -> Iterator[Connection]:
    """Give a transaction for the lines of one portion, which another preview may have kept."""
    try:
        with desk.database.transaction() as connection:
            yield connection
    except IntegrityError:
        raise ReviewRefused(
            f"Somebody else previews the review {review.id} at this moment. Wait until that is "
            f"done, and read it: fosterframe review show {review.id}; or preview it again then."
        ) from None


def _preview_portion(desk: Desk, review: Review, chunk: int, numbers: Numbers, sum_: _Sum) -> None:
    with _alone(desk, review) as connection:
        found = lines_on(connection, (review.rule,), numbers, sum_.ground)
        lines = [(number, line) for number, (line,) in found]
        keep_lines(connection, review.id, chunk, numbers, lines)
    sum_.seal.add(line for _, line in lines)
    for _, line in lines:
        sum_.counted.add(line)


def _preview_spot(desk: Desk, review: Review, chunk: int, ids: tuple[str, str], sum_: _Sum) -> None:
    with _alone(desk, review) as connection:
        lines = spot_lines_on(connection, review.rule, ids, sum_.ground)
        keep_spot_lines(connection, review.id, chunk, *ids, lines)
    sum_.seal.add_spot(lines)
    for line in lines:
        sum_.counted.add_spot(line)


def _previewable(connection: Connection, review_id: str) -> Review:
    review = review_named(connection, review_id, hold=True)
    if review.state == WITHDRAWN:
        raise ReviewRefused(f"The review {review_id} is withdrawn. Draft another one.")
    if any(step.step == APPROVED for step in review.steps):
        raise ReviewRefused(f"The review {review_id} is {review.state}: what was approved stands.")
    return review


def _told_before(every: Sequence[Review]) -> dict[str, Any] | None:
    """Return what the reviews of an earlier day came to together, to be read beside this one."""
    if not every:
        return None
    before = every[-1]
    return {
        "review_id": before.id,
        "effective_from": before.effective_from.isoformat(),
        "uplift": percentage_text(before.uplift.rate),
        **together([each.last(PREVIEWED).body["total"] for each in every]),
    }
