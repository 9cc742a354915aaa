"""Turns what commissioning tells of an agency into facts of the register."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from services.eligibility.provider import (
    Judgement,
    Membership,
    Offer,
    ProviderFact,
    Registration,
    Suspension,
)
from services.eligibility.rulebooks.rulebook import Rulebook
from services.eligibility.rulebooks.words import unknown_to_rulebooks
from shared.contracts import provider as told
from shared.errors import CannotSucceed
from shared.framework.framework import Framework

_FIELDS: Final = {
    "ofsted_overall": "overall",
    "ofsted_helped_and_protected": "helped_and_protected",
    "ofsted_leaders_and_managers": "leaders_and_managers",
    "bands_served": "age_bands",
    "needs_served": "need_categories",
    "purchasers_served": "purchasers",
}
"""The field of a message that a fact is told in, where the two have different names."""


def facts_from(
    update: told.ProviderUpdated, framework: Framework, rulebooks: Iterable[Rulebook] = ()
) -> list[ProviderFact]:
    """Return the facts of an update, in its order.

    Args:
        update: what was told.
        framework: whose lots, bands, needs and purchasers an offer may name.
        rulebooks: those that must know every word of it: see `rulebooks_ahead`.

    Raises:
        CannotSucceed: an offer names a lot, band, need or purchaser that the framework has not,
            or a rulebook does not know a word.
    """
    for place, fact in enumerate(update.facts):
        if isinstance(fact, told.Offer):
            _refuse_unknown_words(place, fact, framework)
    facts = [_fact(fact) for fact in update.facts]
    _refuse_what_no_rulebook_judges(facts, tuple(rulebooks))
    return facts


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


def _refuse_what_no_rulebook_judges(
    facts: list[ProviderFact], rulebooks: tuple[Rulebook, ...]
) -> None:
    for place, fact in enumerate(facts):
        for unknown in unknown_to_rulebooks(rulebooks, fact):
            raise CannotSucceed(
                f"the rulebook {unknown.rulebook} does not know the word",
                field=f"data.facts.{place}.{_FIELDS.get(unknown.fact, unknown.fact)}",
                advice=f"It allows {unknown.allowed}. Send it again when a rulebook is in force "
                "that knows the word.",
            )


def _words(
    offer: told.Offer, framework: Framework
) -> Iterator[tuple[str, tuple[str, ...], Collection[str]]]:
    yield "lots", offer.lots, framework.placement_types
    yield "age_bands", offer.age_bands, framework.age_bands.labels
    yield "need_categories", offer.need_categories, framework.need_categories
    yield "purchasers", offer.purchasers, framework.purchasers
