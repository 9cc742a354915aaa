"""Turns a referral as it was received into what is judged: ages and bands on the start date."""

from datetime import date
from typing import Final

from services.eligibility.referral import Child, Referral
from shared.contracts.referral import Child as ToldChild
from shared.contracts.referral import ReferralReceived
from shared.days import age_on
from shared.errors import CannotSucceed
from shared.framework.age_bands import OutsideAgeBands
from shared.framework.framework import Framework

YOUNGEST_PARENT: Final = 12
"""By how many years a parent is older than its child at the least; less is a slip of the pen."""

_ADVICE: Final = "Correct the field and send the referral again under a new event id."


def referral_from(told: ReferralReceived, framework: Framework) -> Referral:
    """Return the referral with derived facts only.

    Raises:
        CannotSucceed: the framework has no such purchaser, placement type or need category, its
            term does not hold the start date, a child is an adult then, or who is whose parent
            cannot be as it is told; names the field, and repeats no value.
    """
    _refuse_unknown_words(told, framework)
    _refuse_outside_term(told, framework)
    parents = _parents(told)
    if parents:
        _refuse_impossible_parents(told)
    children = tuple(
        [
            _child(place, child, told, framework, parents.get(child.child_ref))
            for place, child in enumerate(told.children)
        ]
    )
    if not parents and len(children) > 1 and framework.is_priced_per_unit(told.placement_type):
        _refuse_unnamed_parent(told)
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
        children=children,
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
            advice=f"The framework {framework.id} serves placements from {term.start}{until}. "
            "Correct the start date, or buy outside the framework.",
        )


def _adult(
    place: int, child: ToldChild, told: ReferralReceived, framework: Framework
) -> CannotSucceed:
    """Return the refusal of who is no child on the start date."""
    adult_age, field = framework.age_bands.adult_age, f"data.children.{place}.date_of_birth"
    if child.date_of_birth > told.start_date:
        reason = "the child is not born yet on the start date"
        return CannotSucceed(reason, field=field, advice=_ADVICE)
    if framework.is_priced_per_unit(told.placement_type):
        return CannotSucceed(
            f"an adult is named: who is {adult_age} or older on the start date is no child here",
            field=field,
            advice=f"Name the parent's child alone, under placement_type {told.placement_type}: an "
            "adult parent comes with it, and is not told here.",
        )
    return CannotSucceed(
        f"the child is {adult_age} or older on the start date",
        field=field,
        advice=f"The framework serves children until the day before they are {adult_age}. Correct "
        "the date of birth or the start date; for an adult no foster home is bought.",
    )


def _refuse_impossible_parents(told: ReferralReceived) -> None:
    born = {child.child_ref: child.date_of_birth for child in told.children}
    for place, child in enumerate(told.children):
        if child.parent_of is None or child.parent_of not in born:
            continue
        if not _may_be_parent(child.date_of_birth, born[child.parent_of]):
            raise CannotSucceed(
                f"the parent is not {YOUNGEST_PARENT} years older than the child",
                field=f"data.children.{place}.parent_of",
                advice=f"parent_of stands with the parent and names the baby. {_ADVICE}",
            )


def _refuse_unnamed_parent(told: ReferralReceived) -> None:
    """Refuse a parent and child placement in which one could be another's parent and is not named.

    Children whose parent is an adult may come alone: the adult is not told.
    """
    youngest = max(child.date_of_birth for child in told.children)
    for place, child in enumerate(told.children):
        if _may_be_parent(child.date_of_birth, youngest):
            raise CannotSucceed(
                "the child is old enough to be a parent in this placement, and none is named",
                field=f"data.children.{place}.parent_of",
                advice="Name with parent_of, at the parent, whose parent it is. Where the parent "
                "is an adult, refer a sibling who is so much older on its own.",
            )


def _may_be_parent(born: date, child_born: date) -> bool:
    return born <= child_born and age_on(born, child_born) >= YOUNGEST_PARENT


def _parents(told: ReferralReceived) -> dict[str, str]:
    """Return who is whose parent, by the child; of two parents the one who is named first."""
    parents: dict[str, str] = {}
    for child in told.children:
        if child.parent_of is not None:
            parents.setdefault(child.parent_of, child.child_ref)
    return parents


def _child(
    place: int,
    child: ToldChild,
    told: ReferralReceived,
    framework: Framework,
    parent_ref: str | None,
) -> Child:
    try:
        band = framework.age_bands.band_on(child.date_of_birth, told.start_date)
    except OutsideAgeBands:
        raise _adult(place, child, told, framework) from None
    return Child(
        child_ref=child.child_ref,
        age=age_on(child.date_of_birth, told.start_date),
        age_band=band,
        disability=child.disability,
        with_parent=parent_ref is not None,
        parent_ref=parent_ref,
    )
