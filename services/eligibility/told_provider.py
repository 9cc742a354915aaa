"""Turns what commissioning tells of an agency into facts of the register."""

from collections.abc import Collection, Iterator

from services.eligibility.provider import (
    Judgement,
    Membership,
    Offer,
    ProviderFact,
    Registration,
    Suspension,
)
from shared.contracts import provider as told
from shared.errors import CannotSucceed
from shared.framework.framework import Framework


def facts_from(update: told.ProviderUpdated, framework: Framework) -> list[ProviderFact]:
    """Return the facts of an update, in its order.

    Raises:
        CannotSucceed: an offer names a lot, band, need or purchaser that the framework has not.
    """
    for place, fact in enumerate(update.facts):
        if isinstance(fact, told.Offer):
            _refuse_unknown_words(place, fact, framework)
    return [_fact(fact) for fact in update.facts]


def _fact(fact: told.ProviderFact) -> ProviderFact:
    if isinstance(fact, told.Judgement):
        return Judgement(
            fact.overall,
            fact.inspected_on,
            fact.published_on,
            fact.helped_and_protected or "unknown",
            fact.leaders_and_managers or "unknown",
        )
    if isinstance(fact, told.Membership):
        return Membership(fact.valid_from, fact.valid_to)
    if isinstance(fact, told.Registration):
        return Registration(fact.valid_from, fact.valid_to)
    if isinstance(fact, told.Suspension):
        return Suspension(fact.valid_from, fact.valid_to, fact.reason)
    return Offer(
        **{name: getattr(fact, name) for name in told.Offer.model_fields if name != "fact"}
    )


def _refuse_unknown_words(place: int, offer: told.Offer, framework: Framework) -> None:
    for field, words, known in _words(offer, framework):
        for position, word in enumerate(words):
            if word not in known:
                raise CannotSucceed(
                    "the framework has no such word",
                    field=f"data.facts.{place}.{field}.{position}",
                    advice=f"The framework {framework.id} has: {', '.join(known)}.",
                )


def _words(
    offer: told.Offer, framework: Framework
) -> Iterator[tuple[str, tuple[str, ...], Collection[str]]]:
    yield "lots", offer.lots, framework.placement_types
    yield "age_bands", offer.age_bands, framework.age_bands.labels
    yield "need_categories", offer.need_categories, framework.need_categories
    yield "purchasers", offer.purchasers, framework.purchasers
