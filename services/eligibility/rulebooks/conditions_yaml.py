"""Reads one condition of a rulebook: `{lots: {includes: placement_type}}` and the like."""

from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from typing import Final

from services.eligibility.facts import Fact, OneOf, SetOf, Vocabulary, Whole
from services.eligibility.rulebooks.criteria import (
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Includes,
    Is,
    Other,
    SameAs,
)
from shared.framework.faults import Path_

Refuse = Callable[[Path_, object, str], None]

_TESTS: Final = "a value, a list of values, or one of includes, at_most, at_least, same_as"
_JOINTS: Final = ("all", "any")


class ConditionReader:
    """Reads conditions over some facts; what is wrong goes to `refuse`, and gives no condition.

    Args:
        facts: those that the rulebook declares.
        known: every fact that there is.
        refuse_anew: takes what was not always refused.
    """

    def __init__(
        self, facts: Vocabulary, known: Collection[str], refuse: Refuse, refuse_anew: Refuse
    ) -> None:
        self._facts = facts
        self._known = known
        self._refuse = refuse
        self._refuse_anew = refuse_anew

    def condition(self, told: object, path: Path_) -> Condition | None:
        """Return the condition that stands at a path of the file.

        Several keys of one mapping must all hold.
        """
        if not isinstance(told, dict) or not told:
            self._refuse(path, told, "a mapping with the name of a fact, `all` or `any`")
            return None
        parts = [self._part(key, value, (*path, key)) for key, value in told.items()]
        return _joined(All, parts, path)

    def _part(self, key: str, told: object, path: Path_) -> Condition | None:
        if key in _JOINTS:
            if not isinstance(told, list) or not told:
                self._refuse(path, told, "a list of conditions")
                return None
            parts = [self.condition(each, (*path, place)) for place, each in enumerate(told)]
            return _joined(All if key == "all" else AnyOf, parts, path)
        fact = self._facts.get(key)
        if fact is None:
            self._refuse_fact(key, path)
            return None
        return (
            self._comparison(fact, told, path)
            if isinstance(told, dict)
            else (self._is(fact, told if isinstance(told, list) else [told], path))
        )

    def _refuse_fact(self, key: str, path: Path_) -> None:
        if key in self._known:
            self._refuse(path, f"the fact {key}", f"a fact that stands under `facts`; add {key}")
            return
        names = ", ".join(sorted(self._facts))
        advice = perhaps(key, [*self._facts, *_JOINTS])
        self._refuse(path, f"the unknown fact {key}", f"all, any, or a fact: {names}{advice}")

    def _is(self, fact: Fact, values: list[object], path: Path_) -> Condition | None:
        if isinstance(fact.domain, SetOf):
            self._refuse(path, values, f"{{includes: ...}}, for {fact.name} is a set")
            return None
        allowed = tuple(fact.domain.every_value())
        wrong = [value for value in values if not _is_among(value, allowed)]
        if wrong or not values:
            advice = perhaps(wrong[0], map(str, allowed)) if wrong else ""
            found = wrong[0] if wrong else "an empty list"
            self._refuse(path, found, f"{fact.domain}{advice}")
            return None
        again = [value for place, value in enumerate(values) if value in values[:place]]
        if again:
            self._refuse_anew(path, f"{again[0]} again", "each value once")
        if isinstance(fact.domain, OneOf):
            return Is(fact.name, tuple(str(value) for value in values), path)
        return Is(fact.name, tuple(value for value in values if isinstance(value, int)), path)

    def _comparison(self, fact: Fact, told: dict[str, object], path: Path_) -> Condition | None:
        if len(told) != 1:
            self._refuse(path, told, _TESTS)
            return None
        sign, value = next(iter(told.items()))
        here = (*path, sign)
        if sign == "includes":
            return self._includes(fact, value, here)
        if sign == "same_as":
            return self._same_as(fact, value, here)
        if sign in {"at_most", "at_least"}:
            return self._bounded(fact, sign, value, here)
        self._refuse(here, f"the unknown test {sign}", _TESTS)
        return None

    def _includes(self, fact: Fact, told: object, path: Path_) -> Condition | None:
        if not isinstance(fact.domain, SetOf):
            self._refuse(path, f"the fact {fact.name}", "a fact that is a set")
            return None
        members = fact.domain.members
        other = self._other(told)
        if other is not None:
            shared = isinstance(other.domain, OneOf) and set(other.domain.values) & set(members)
            if shared and told in members:
                self._refuse_anew(path, told, "a word that is not the name of a fact, too")
            if shared:
                return Includes(fact.name, Other(other.name), path)
            if told not in members:
                self._refuse(path, told, f"a fact that is one of the words of {fact.domain}")
                return None
        if isinstance(told, str) and told in members:
            return Includes(fact.name, told, path)
        if isinstance(told, list):
            self._refuse(path, told, "one word; for several write `any` or `all`")
            return None
        allowed = f"the name of a fact, or {fact.domain}{perhaps(told, members)}"
        self._refuse(path, told, allowed)
        return None

    def _same_as(self, fact: Fact, told: object, path: Path_) -> Condition | None:
        other = self._other(told)
        is_set = isinstance(fact.domain, SetOf)
        if other is None or is_set or not _have_shared_values(fact, other):
            self._refuse(path, told, f"another fact that can have a value of {fact.domain}")
            return None
        return SameAs(fact.name, Other(other.name), path)

    def _bounded(self, fact: Fact, sign: str, told: object, path: Path_) -> Condition | None:
        if not isinstance(fact.domain, Whole):
            self._refuse(path, f"the fact {fact.name}", "a fact that is a whole number")
            return None
        test = AtMost if sign == "at_most" else AtLeast
        other = self._other(told)
        if other is not None and isinstance(other.domain, Whole):
            return test(fact.name, Other(other.name), path)
        if isinstance(told, int) and not isinstance(told, bool) and other is None:
            return test(fact.name, told, path)
        self._refuse(path, told, "a whole number, or the name of a fact that is one")
        return None

    def _other(self, told: object) -> Fact | None:
        return self._facts.get(told) if isinstance(told, str) else None


def perhaps(word: object, known: Iterable[str]) -> str:
    """Return what a misspelt word may have been meant to be, as advice; nothing if none is near."""
    near = get_close_matches(word, list(known), 1) if isinstance(word, str) else []
    return f"; perhaps {near[0]}" if near else ""


def _joined(
    join: type[All | AnyOf], parts: list[Condition | None], path: Path_
) -> Condition | None:
    """Return the parts as one condition; a part that could not be read spoils the whole."""
    read = tuple(part for part in parts if part is not None)
    if len(read) < len(parts):
        return None
    return read[0] if len(read) == 1 else join(read, path)


def _is_among(value: object, allowed: tuple[object, ...]) -> bool:
    # In Python true is 1: a word that YAML reads as true is no number here.
    return not isinstance(value, bool) and any(
        value == each and type(value) is type(each) for each in allowed
    )


def _have_shared_values(fact: Fact, other: Fact) -> bool:
    return bool(set(fact.domain.every_value()) & set(other.domain.every_value()))
