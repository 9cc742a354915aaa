"""Drafts a price review: the terms in force, the figures that they name, and the uplift."""

import re
from datetime import date

from services.pricing.desk import Desk
from services.pricing.indices import AwardKind
from services.pricing.store.figures import index_book, wage_book
from services.pricing.store.reviews import (
    Review,
    ReviewRefused,
    keep_draft,
    known_reviews,
)
from services.pricing.terms import terms_on, uplift_for
from services.pricing.terms_yaml import PriceReview, TermsModel

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#-]{0,79}")


def draft(
    desk: Desk,
    price_review: PriceReview,
    effective_from: date,
    *,
    actor: str,
    award: AwardKind = "final",
    review_id: str | None = None,
) -> Review:
    """Keep a new review with its terms and figures; no fee is looked at yet.

    Raises:
        ReviewRefused: the terms have no review on that day, or there is one of that name.
        NoRateYet: a figure is not known, or is not final for a final award.
    """
    named = review_id or f"{desk.framework.id}-{effective_from}-{award}"
    for name, said in (("review", named), ("actor", actor)):
        check_reference(name, said)
    model = _model_for(price_review, effective_from)
    with desk.database.transaction() as connection:
        if named in known_reviews(connection):
            raise ReviewRefused(
                f"There is a review {named} already. Preview that one, or name this one otherwise."
            )
        review = Review(
            id=named,
            effective_from=effective_from,
            award=award,
            model=model,
            uplift=uplift_for(
                model.terms(), effective_from, index_book(connection), wage_book(connection), award
            ),
            drafted_by=actor,
            drafted_at=desk.clock.now(),
            steps=(),
        )
        keep_draft(connection, review)
    return review


def _model_for(price_review: PriceReview, effective_from: date) -> TermsModel:
    """Return the terms by which a review from a day on is drafted."""
    by_day = {model.in_force_from: model for model in price_review.terms}
    try:
        terms = terms_on([model.terms() for model in price_review.terms], effective_from)
    except ValueError as none_yet:
        raise ReviewRefused(str(none_yet)) from None
    if (effective_from.month, effective_from.day) != (terms.month, terms.day):
        raise ReviewRefused(
            f"By the terms {terms.version} a review takes effect on day {terms.day} of month "
            f"{terms.month}, not on {effective_from}. Draft it for that day, or agree other terms."
        )
    return by_day[terms.in_force_from]


def check_reference(name: str, said: str) -> None:
    """Refuse a name that messages cannot carry.

    Raises:
        ReviewRefused: it is empty, too long, or has other signs.
    """
    if not _REFERENCE.fullmatch(said):
        raise ReviewRefused(
            f"The {name} has to be 1 to 80 letters, digits and . _ : / # - without spaces."
        )
