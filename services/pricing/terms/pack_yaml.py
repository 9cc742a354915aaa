"""Reads the review terms of a framework pack, whole or not at all."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from services.pricing.terms.agreed import LOWEST_RATE, ONE, ReviewTerms
from services.pricing.terms.model_yaml import EXCLUDED_FACTS, FixedModel, TermsModel
from shared.errors import Fault, FileRefused
from shared.framework.fields import Told
from shared.framework.framework import Framework
from shared.framework.yaml_file import YamlFile

_NOT_BELOW: Final = f"{LOWEST_RATE} or more: no fee falls below nothing"
_COMMON_YEAR: Final = 2023
"""Any year without a 29 February."""


class PriceReview(Told):
    """The review terms of a framework, each in force from a day on."""

    price_review: str
    sources: dict[str, str] = Field(default_factory=dict)
    terms: Annotated[tuple[TermsModel, ...], Field(min_length=1, max_length=50)]


def read_terms(path: Path, framework: Framework) -> PriceReview:
    """Return the review terms of a pack's price-review.yaml.

    Args:
        path: the file.
        framework: whose words the terms have to use.

    Raises:
        FileRefused: shares that do not sum to one, a floor above the cap, a day that not every
            year has, two sets of terms for one type from one day, a word that the framework does
            not know, or what cannot be read; with every fault and its line.
    """
    file = YamlFile.read(path)
    review = file.as_model(PriceReview)
    faults = [
        fault
        for position, terms in enumerate(review.terms)
        for check in (_sums, _exclusions, _days)
        for fault in check(file, position, terms)
    ]
    faults.extend(_strange_words(file, review, framework))
    if not faults:
        # Only of whole terms is it known when they take effect.
        faults.extend(_twice(file, [each.terms() for each in review.terms]))
    if faults:
        raise FileRefused(faults)
    return review


def _sums(file: YamlFile, position: int, terms: TermsModel) -> Iterator[Fault]:
    here = ("terms", position)
    shares = sum((part.share for part in terms.components), Decimal(0))
    if shares != ONE:
        allowed = "shares that sum to 1"
        yield file.fault((*here, "components"), f"a sum of {shares}", allowed)
    for at, part in enumerate(terms.components):
        if not 0 <= part.share <= 1:
            path = (*here, "components", at, "share")
            yield file.fault(path, part.share, "a number from 0 to 1")
        if isinstance(part, FixedModel) and part.fixed < LOWEST_RATE:
            yield file.fault((*here, "components", at, "fixed"), part.fixed, _NOT_BELOW)
    for limit in ("floor", "cap", "lower_of"):
        rate = getattr(terms, limit)
        if rate is not None and rate < LOWEST_RATE:
            yield file.fault((*here, limit), rate, _NOT_BELOW)
    if terms.floor is not None and terms.cap is not None and terms.floor > terms.cap:
        yield file.fault((*here, "floor"), terms.floor, f"at most the cap, {terms.cap}")


def _exclusions(file: YamlFile, position: int, terms: TermsModel) -> Iterator[Fault]:
    for at, each in enumerate(terms.exclude):
        if len(facts := each.facts()) != 1:
            found = " and ".join(facts) or "none of them"
            allowed = f"one of {', '.join(EXCLUDED_FACTS)}"
            yield file.fault(("terms", position, "exclude", at), found, allowed)


def _days(file: YamlFile, position: int, terms: TermsModel) -> Iterator[Fault]:
    here = ("terms", position)
    told = terms.effective
    if told.on is not None:
        if told.month is not None or told.day is not None:
            allowed = "either the day of an extra review, or month and day of every year"
            yield file.fault((*here, "effective"), "both", allowed)
        if terms.in_force_from not in {None, told.on}:
            allowed = f"nothing, or {told.on}: terms of an extra review are in force on its day"
            yield file.fault((*here, "in_force_from"), terms.in_force_from, allowed)
        return
    if told.month is None or told.day is None:
        allowed = "{month: 4, day: 1} for every year, or {on: 2022-10-01} for one extra review"
        yield file.fault((*here, "effective"), "neither", allowed)
    elif told.day > monthrange(_COMMON_YEAR, told.month)[1]:
        found = f"day {told.day} of month {told.month}"
        yield file.fault((*here, "effective"), found, "a day that every year has")
    if terms.in_force_from is None:
        allowed = "the day from which these terms are in force"
        yield file.fault(here, "no in_force_from", allowed)


def _strange_words(file: YamlFile, review: PriceReview, framework: Framework) -> Iterator[Fault]:
    known: dict[str, Mapping[str, object]] = {
        "placement_type": framework.placement_types,
        "need_category": framework.need_categories,
        "purchaser": framework.purchasers,
    }
    for position, terms in enumerate(review.terms):
        types = ("terms", position, "placement_types")
        for at, word in enumerate(terms.placement_types):
            if word not in framework.placement_types:
                yield file.fault((*types, at), word, ", ".join(framework.placement_types))
        for at, each in enumerate(terms.exclude):
            for fact, words in known.items():
                word = getattr(each, fact)
                if word is not None and word not in words:
                    path = ("terms", position, "exclude", at, fact)
                    yield file.fault(path, word, ", ".join(words))


def _twice(file: YamlFile, every: list[ReviewTerms]) -> Iterator[Fault]:
    """Yield where two sets of terms are for one type, so that nobody can say which one holds."""
    for position, terms in enumerate(every):
        types = terms.placement_types
        if len(set(types)) < len(types):
            path = ("terms", position, "placement_types")
            yield file.fault(path, " and ".join(types), "each type once")
        for other in every[:position]:
            if _for_one_type(terms, other) and _from_one_day(terms, other):
                path = ("terms", position, "in_force_from")
                allowed = f"a day of its own: the terms {other.version} are for the same fees"
                yield file.fault(path, terms.in_force_from, allowed)


def _for_one_type(one: ReviewTerms, other: ReviewTerms) -> bool:
    if not one.placement_types or not other.placement_types:
        return one.placement_types == other.placement_types
    return not set(one.placement_types).isdisjoint(other.placement_types)


def _from_one_day(one: ReviewTerms, other: ReviewTerms) -> bool:
    """Say whether both begin on one day, or an extra review falls on the day of a yearly one."""
    if (one.only_on is None) == (other.only_on is None):
        return one.in_force_from == other.in_force_from
    extra, yearly = (one, other) if one.only_on is not None else (other, one)
    return yearly.in_force_from <= extra.in_force_from and (
        yearly.takes_effect_on(extra.in_force_from)
    )
