"""Drafts a price review: the terms in force, the figures that they name, and the uplift."""

import re
from collections.abc import Sequence
from datetime import MAXYEAR, date

from sqlalchemy import Connection

from services.pricing.desk import Desk
from services.pricing.indices import AwardKind
from services.pricing.reviews.review import no_terms_for
from services.pricing.reviews.tracks import ReviewKind, Track
from services.pricing.store.figures import index_book, wage_book
from services.pricing.store.reviews import (
    APPLIED,
    WITHDRAWN,
    Review,
    ReviewRefused,
    applied_reviews,
    keep_draft,
    known_reviews,
    review_named,
)
from services.pricing.terms.agreed import ReviewTerms, uplift_for
from services.pricing.terms.in_force import InForce, terms_in_force
from services.pricing.terms.model_yaml import ExclusionModel, TermsModel
from services.pricing.terms.pack_yaml import PriceReview

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#-]{0,79}")
_REVIEW = re.compile(r"[A-Za-z0-9][A-Za-z0-9._#-]{0,79}")


def draft(
    desk: Desk,
    price_review: PriceReview,
    effective_from: date,
    *,
    actor: str,
    award: ReviewKind = "final",
    review_id: str | None = None,
    reverses: str | None = None,
) -> Review:
    """Keep a new review with its terms and figures; no fee is looked at yet.

    Without a name it is called by its framework, day and kind. A reversal says which applied
    review it `reverses`, and goes by the terms of that one.

    Raises:
        ReviewRefused: there is no review on that day, there is one of that name, a provisional
            award would replace a final one, or what is to be taken back does not hold that day.
        NoRateYet: a figure is not known, or is not final for a final award.
    """
    _check_draft(actor, award, reverses)
    with desk.database.transaction() as connection:
        named = review_id or _free_name(connection, f"{desk.framework.id}-{effective_from}-{award}")
        _check_name(connection, named)
        if reverses is None:
            models, tracks = _drafted(connection, price_review, effective_from, award)
        else:
            models, tracks = _taken_back(connection, reverses, effective_from)
        review = Review(
            id=named,
            effective_from=effective_from,
            award=award,
            models=models,
            tracks=tracks,
            drafted_by=actor,
            drafted_at=desk.clock.now(),
            reverses=reverses,
        )
        keep_draft(connection, review)
    return review


def _check_draft(actor: str, award: ReviewKind, reverses: str | None) -> None:
    check_reference("actor", actor)
    if (award == "reversal") != (reverses is not None):
        raise ReviewRefused("A reversal names the review that it takes back; no other award does.")


def _drafted(
    connection: Connection, price_review: PriceReview, effective_from: date, award: ReviewKind
) -> tuple[tuple[TermsModel, ...], tuple[Track, ...]]:
    """Return the terms and the tracks of an award that takes nothing back."""
    _refuse_lesser(connection, effective_from, award)
    models = models_for(price_review, effective_from)
    kind: AwardKind = "provisional" if award == "provisional" else "final"
    return models, tracks_of(connection, models, effective_from, kind)


def _taken_back(
    connection: Connection, review_id: str, effective_from: date
) -> tuple[tuple[TermsModel, ...], tuple[Track, ...]]:
    """Return the terms and the tracks of the review that a reversal takes back."""
    held = _holding(connection, review_id, effective_from)
    return tuple(held.models), held.tracks


def models_for(price_review: PriceReview, effective_from: date) -> tuple[TermsModel, ...]:
    """Return the sets of terms by which a review of a day is drafted, each for its own types.

    Raises:
        ReviewRefused: no terms have a review on that day.
    """
    if effective_from.year == MAXYEAR:
        raise ReviewRefused(f"The financial year of {effective_from} has no end that can be told.")
    every = [model.terms() for model in price_review.terms]
    return tuple(
        _model_on_day(price_review.terms[each.position], each)
        for each in _in_force(every, effective_from)
    )


def tracks_of(
    connection: Connection,
    models: Sequence[TermsModel],
    effective_from: date,
    award: AwardKind,
) -> tuple[Track, ...]:
    """Return each set of terms with its uplift, by the figures that are known now.

    Raises:
        NoRateYet: a figure is not known, or is not final for a final award.
    """
    indices, wages = index_book(connection), wage_book(connection)
    every = [model.terms() for model in models]
    return tuple(
        Track(terms, uplift_for(terms, effective_from, indices, wages, award)) for terms in every
    )


def refuse_overtaken(connection: Connection, review: Review) -> None:
    """Refuse a review that others, applied since its draft, leave no ground for.

    Raises:
        ReviewRefused: what it takes back holds no more, or a final award is applied meanwhile.
    """
    if review.reverses is None:
        _refuse_lesser(connection, review.effective_from, review.award)
    else:
        _holding(connection, review.reverses, review.effective_from)


def check_reference(name: str, said: str) -> None:
    """Refuse a name that messages cannot carry.

    Raises:
        ReviewRefused: it is empty, too long, or has other signs.
    """
    if not _REFERENCE.fullmatch(said):
        raise ReviewRefused(
            f"The {name} has to be 1 to 80 letters, digits and . _ : / # - without spaces."
        )


def _check_name(connection: Connection, named: str) -> None:
    # A colon parts the name from what follows it in the ids of causes, a slash in addresses.
    if not _REVIEW.fullmatch(named):
        raise ReviewRefused(
            "The review has to be named with 1 to 80 letters, digits and . _ # - without spaces, "
            "colons or slashes: its name is part of its address over HTTP."
        )
    if named in known_reviews(connection):
        raise ReviewRefused(
            f"There is a review {named} already. Preview that one, or name this one otherwise."
        )


def _free_name(connection: Connection, named: str) -> str:
    """Return a name, or the same with a number where all of that name before are withdrawn."""
    known = set(known_reviews(connection))
    found, number = named, 1
    while found in known and review_named(connection, found).state == WITHDRAWN:
        number += 1
        found = f"{named}-{number}"
    return found


def _in_force(every: Sequence[ReviewTerms], effective_from: date) -> list[InForce]:
    try:
        return terms_in_force(every, effective_from)
    except ValueError as none_then:
        said = str(none_then)
        raise ReviewRefused(f"{said[0].upper()}{said[1:]}.") from None


def _model_on_day(model: TermsModel, held: InForce) -> TermsModel:
    """Return terms as they hold on a day: for these types, and for none with terms of its own."""
    left = tuple(
        ExclusionModel(placement_type=placement_type, because=_own_terms(placement_type, effect))
        for placement_type, effect in held.left
    )
    told = {"placement_types": held.placement_types, "exclude": (*left, *model.exclude)}
    return model.model_copy(update=told)


def _own_terms(placement_type: str, takes_effect: str) -> str:
    return f"{no_terms_for(placement_type)}: its own take effect {takes_effect}"


def _holding(connection: Connection, review_id: str, effective_from: date) -> Review:
    """Return the review that is to be taken back, if it is applied and holds on that day."""
    review = review_named(connection, review_id)
    if review.state != APPLIED:
        raise ReviewRefused(
            f"The review {review_id} is {review.state}, not applied: there is nothing to take "
            "back. What is not applied is withdrawn."
        )
    if review.effective_from != effective_from:
        raise ReviewRefused(
            f"The review {review_id} took effect on {review.effective_from}. "
            "Draft its reversal for that day."
        )
    last = [each for each in applied_reviews(connection) if each.effective_from == effective_from][
        -1
    ]
    if last.id != review_id:
        raise ReviewRefused(
            f"The review {review_id} was superseded by {last.id} and holds no more. "
            f"Reverse {last.id} instead, or draft a new award."
        )
    if review.reverses is not None:
        raise ReviewRefused(
            f"The review {review_id} is a reversal itself. Draft a new award from its day."
        )
    return review


def _refuse_lesser(connection: Connection, effective_from: date, award: ReviewKind) -> None:
    """Refuse a provisional award in place of a final one."""
    of_its_day = [
        each for each in applied_reviews(connection) if each.effective_from == effective_from
    ]
    if award == "provisional" and of_its_day and of_its_day[-1].award == "final":
        raise ReviewRefused(
            f"The final award {of_its_day[-1].id} is applied from {effective_from}; a provisional "
            "one does not replace it. Draft a final award, or reverse that one first."
        )
