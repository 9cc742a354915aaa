"""Turns a referral as it was received into what is judged: ages and bands on the start date."""

from services.eligibility.referral import Child, Referral
from shared.contracts.referral import Child as ToldChild
from shared.contracts.referral import ReferralReceived
from shared.days import age_on
from shared.errors import CannotSucceed
from shared.framework.age_bands import OutsideAgeBands
from shared.framework.framework import Framework

_ADVICE = "Correct the field and send the referral again under a new event id."


def referral_from(told: ReferralReceived, framework: Framework) -> Referral:
    """Return the referral with derived facts only.

    Raises:
        CannotSucceed: the framework has no such purchaser, placement type or need category, its
            term does not hold the start date, or a child is an adult then; names the field.
    """
    _refuse_unknown_words(told, framework)
    _refuse_outside_term(told, framework)
    babies = {child.parent_of for child in told.children if child.parent_of is not None}
    if babies:
        _refuse_younger_parents(told)
    return Referral(
        referral_id=told.referral_id,
        received_at=told.received_at,
        purchaser=told.purchaser,
        placement_type=told.placement_type,
        need_category=told.need_category,
        duration=told.duration,
        start_date=told.start_date,
        emergency=told.is_emergency,
        solo=told.solo,
        uasc=told.uasc,
        in_house_search=told.in_house_search,
        keep_together=told.keep_together,
        preferred_area=told.preferred_area,
        children=tuple(
            _child(place, child, told, framework, with_parent=child.child_ref in babies)
            for place, child in enumerate(told.children)
        ),
    )


def _refuse_unknown_words(told: ReferralReceived, framework: Framework) -> None:
    for field, word, known in (
        ("purchaser", told.purchaser, framework.purchasers),
        ("placement_type", told.placement_type, framework.placement_types),
        ("need_category", told.need_category, framework.need_categories),
    ):
        if word not in known:
            raise CannotSucceed(
                f"the framework has no such {field.replace('_', ' ')}",
                field=f"data.{field}",
                advice=f"The framework {framework.id} has: {', '.join(known)}.",
            )


def _refuse_outside_term(told: ReferralReceived, framework: Framework) -> None:
    term = framework.term
    if told.start_date not in term:
        until = "" if term.end is None else f" and before {term.end}"
        raise CannotSucceed(
            "the start date is outside the framework's term",
            field="data.start_date",
            advice=f"The framework {framework.id} serves placements from {term.start}{until}.",
        )


def _refuse_younger_parents(told: ReferralReceived) -> None:
    born = {child.child_ref: child.date_of_birth for child in told.children}
    for place, child in enumerate(told.children):
        if child.parent_of is not None and born[child.parent_of] <= child.date_of_birth:
            raise CannotSucceed(
                "the parent is not older than the child",
                field=f"data.children.{place}.parent_of",
                advice=f"parent_of stands with the parent and names the baby. {_ADVICE}",
            )


def _child(
    place: int,
    child: ToldChild,
    told: ReferralReceived,
    framework: Framework,
    *,
    with_parent: bool,
) -> Child:
    try:
        band = framework.age_bands.band_on(child.date_of_birth, told.start_date)
    except OutsideAgeBands:
        raise CannotSucceed(
            "the child is an adult on the start date, or not born yet",
            field=f"data.children.{place}.date_of_birth",
            advice=f"The framework serves children up to {framework.age_bands.adult_age}.",
        ) from None
    return Child(
        child_ref=child.child_ref,
        age=age_on(child.date_of_birth, told.start_date),
        age_band=band,
        disability=child.disability,
        with_parent=with_parent,
    )
