"""Refuses what case management tells of a placement where it makes no sense, without its values."""

from datetime import date
from typing import Final

from services.pricing.placement import Placement
from shared.contracts.placement import PlacementAmended, PlacementStarted
from shared.errors import CannotSucceed, MayYetSucceed
from shared.framework.age_bands import OutsideAgeBands
from shared.framework.framework import Framework

CORRECT_IT: Final = "Correct the field and send the event again under a new id."


def check_words(framework: Framework, told: PlacementStarted | PlacementAmended) -> None:
    """Refuse words that the framework does not know, by the first field that has one.

    Raises:
        CannotSucceed: one is not known; says which are.
    """
    for field, words in (
        ("purchaser", framework.purchasers),
        ("placement_type", framework.placement_types),
        ("need_category", framework.need_categories),
    ):
        word = getattr(told, field)
        if word is not None and word not in words:
            raise CannotSucceed(
                f"the framework has no such {field.replace('_', ' ')}",
                field=f"data.{field}",
                advice=f"Known are: {', '.join(words)}.",
            )


def check_age(framework: Framework, date_of_birth: date, start: date) -> None:
    """Refuse a child who is not born yet when the placement starts, or of age.

    Raises:
        CannotSucceed: no age band counts on the first day.
    """
    try:
        framework.age_bands.band_on(date_of_birth, start)
    except OutsideAgeBands as outside:
        raise CannotSucceed(str(outside), field="data.date_of_birth", advice=CORRECT_IT) from None


def check_term(framework: Framework, day: date, field: str) -> None:
    """Refuse to buy under the framework on a day on which it does not run.

    Raises:
        CannotSucceed: the day lies outside its term.
    """
    term = framework.term
    if day in term:
        return
    until = "" if term.end is None else f" to {term.end}"
    raise CannotSucceed(
        "the framework agreement does not run on that day",
        field=field,
        advice=(
            f"It runs from {term.start}{until}: what is bought on another day is a spot "
            "placement with its agreed fee."
        ),
    )


def check_amended(framework: Framework, told: PlacementAmended, placement: Placement) -> None:
    """Refuse an amendment that makes no sense with what else is known.

    Args:
        framework: under which it is bought.
        told: the amendment.
        placement: as it would be with it.

    Raises:
        CannotSucceed: by itself it makes none.
        MayYetSucceed: it makes none with what is known by now. What it rests on may be on its way:
            a corrected date of birth or start, another end, a fee that is agreed.
    """
    terms = placement.terms_on(max(told.effective_from, placement.start))
    if told.agreement == "framework" and terms.agreement == "framework":
        check_term(framework, terms.valid_from, "data.effective_from")
    try:
        _check_beside(framework, told, placement)
    except CannotSucceed as for_now:
        advice = f"It is about {for_now.field}. {for_now.advice}"
        raise MayYetSucceed(for_now.reason, advice=advice) from None


def _check_beside(framework: Framework, told: PlacementAmended, placement: Placement) -> None:
    """Refuse what contradicts something that another message has told."""
    if placement.date_of_birth > placement.start:
        field = "start_date" if told.date_of_birth is None else "date_of_birth"
        _refuse("the date of birth is after the start of the placement", field)
    if told.start_date is not None or told.date_of_birth is not None:
        check_age(framework, placement.date_of_birth, placement.start)
    if told.start_date is not None:
        if placement.end is not None and placement.end < placement.start:
            _refuse("the placement cannot start after it ends", "start_date")
        if placement.terms[0].agreement == "framework":
            check_term(framework, placement.start, "data.start_date")
    terms = placement.terms_on(max(told.effective_from, placement.start))
    if told.agreed_weekly is not None and terms.agreement == "framework":
        raise CannotSucceed(
            "a framework placement has the framework's fee",
            field="data.agreed_weekly",
            advice="A fee of the framework is corrected in its pack: fosterframe fees import PACK.",
        )


def _refuse(reason: str, field: str) -> None:
    raise CannotSucceed(reason, field=f"data.{field}", advice=CORRECT_IT)
