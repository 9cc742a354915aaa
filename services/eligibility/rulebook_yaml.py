"""Reads a rulebook from its file, and says of each fault in which line it stands."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, JsonValue, StringConstraints
from pydantic_core import to_json

from services.eligibility.conditions_yaml import ConditionReader
from services.eligibility.criteria import Criterion, Says
from services.eligibility.explanation import placeholders
from services.eligibility.facts import Domain, Fact, OneOf, SetOf, Vocabulary, Whole
from services.eligibility.rulebook import Never, Rulebook
from shared.contracts.fields import CriterionId, Sentence, Word
from shared.days import Period
from shared.errors import Fault, FileRefused
from shared.framework.faults import Path_
from shared.framework.fields import Day, Told
from shared.framework.yaml_file import YamlFile

MOST_VALUES: Final = 60
MOST_MEMBERS: Final = 12

Text = Annotated[str, StringConstraints(min_length=1, max_length=400)]
FactWord = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]

SourceKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]


class _InForce(Told):
    from_: Day = Field(alias="from")
    to: Day | None = None


class _Domain(Told):
    one_of: Annotated[tuple[FactWord, ...], Field(min_length=2, max_length=MOST_VALUES)] | None = (
        None
    )
    set_of: Annotated[tuple[FactWord, ...], Field(min_length=1, max_length=MOST_MEMBERS)] | None = (
        None
    )
    from_: Annotated[int | None, Field(alias="from", ge=0, le=999)] = None
    to: Annotated[int | None, Field(ge=0, le=999)] = None

    def domain(self) -> Domain | None:
        """Return what the fact can be, if exactly one of the three forms is told."""
        bounds = (self.from_, self.to)
        if self.one_of and not self.set_of and bounds == (None, None):
            return OneOf(self.one_of)
        if self.set_of and not self.one_of and bounds == (None, None):
            return SetOf(self.set_of)
        if self.one_of or self.set_of or self.from_ is None or self.to is None:
            return None
        return Whole(self.from_, self.to)


class _Says(Told):
    met: Sentence
    refer: Sentence | None = None
    not_met: Sentence


class _Criterion(Told):
    id: CriterionId
    asks: Sentence
    source: Text
    met: JsonValue
    refer: JsonValue = None
    says: _Says


class _Never(Told):
    outcome: Literal["eligible", "refer"]
    when: JsonValue


class _Rulebook(Told):
    rulebook: CriterionId
    version: Text
    in_force: _InForce
    sources: dict[SourceKey, Sentence]
    facts: Annotated[dict[Word, _Domain], Field(min_length=1)]
    criteria: Annotated[tuple[_Criterion, ...], Field(min_length=1, max_length=60)]
    never: tuple[_Never, ...] = ()


_FIRST_WORD: Final = re.compile(r"[A-Za-z0-9_-]*")


def read_rulebook(path: Path, known: Vocabulary) -> Rulebook:
    """Return the rulebook of a file.

    Args:
        path: the YAML 1.2 file.
        known: every fact that can be told, with all its values; a rulebook uses some of them.

    Raises:
        FileRefused: with every fault: file, line, key, what was found and what is allowed.
    """
    file = YamlFile.read(path)
    return _Reader(file.as_model(_Rulebook), known, file.fault).rulebook(to_json(file.content))


def rulebook_again(content: bytes, known: Vocabulary) -> Rulebook:
    """Return the rulebook that was read before, from the content that was kept of it.

    Since then the framework may have other words; the rulebook keeps those that it was read with.
    """
    model = _Rulebook.model_validate_json(content)
    return _Reader(model, known, _fault_in_store, is_kept=True).rulebook(content)


def _fault_in_store(path: Path_, found: object, allowed: str) -> Fault:
    return Fault("the stored rulebook", None, ".".join(map(str, path)), str(found), allowed)


class _Reader:
    """Turns what the file says into a rulebook, and collects what is wrong with it."""

    def __init__(
        self,
        model: _Rulebook,
        known: Vocabulary,
        fault: Callable[[Path_, object, str], Fault],
        *,
        is_kept: bool = False,
    ) -> None:
        self._model = model
        self._is_kept = is_kept
        self._known = known
        self._fault = fault
        self._faults: list[Fault] = []

    def rulebook(self, content: bytes) -> Rulebook:
        model = self._model
        facts = {name: fact for name in model.facts if (fact := self._fact(name))}
        conditions = ConditionReader(facts, self._refuse)
        criteria = [
            self._criterion(position, told, facts, conditions)
            for position, told in enumerate(model.criteria)
        ]
        never = [
            (told.outcome, conditions.condition(told.when, ("never", position, "when")))
            for position, told in enumerate(model.never)
        ]
        if self._faults:
            raise FileRefused(self._faults)
        return Rulebook(
            name=model.rulebook,
            version=model.version,
            in_force=Period(model.in_force.from_, model.in_force.to),
            sources=dict(model.sources),
            facts=facts,
            criteria=tuple(each for each in criteria if each),
            never=tuple(Never(outcome, when) for outcome, when in never if when),
            digest=hashlib.sha256(content).hexdigest(),
            content=content,
        )

    def _refuse(self, path: Path_, found: object, allowed: str) -> None:
        self._faults.append(self._fault(path, found, allowed))

    def _fact(self, name: str) -> Fact | None:
        """Return a fact of the vocabulary, with all the values that it can be told with.

        A rulebook that left one out would have no verdict for it.
        """
        path = ("facts", name)
        known = self._known.get(name)
        if known is None:
            self._refuse(path, f"the unknown fact {name}", ", ".join(sorted(self._known)))
            return None
        told = self._model.facts[name].domain()
        if told is None:
            self._refuse(path, "something else", "one_of, set_of, or from and to")
            return None
        if not self._is_kept and not _same_values(told, known.domain):
            self._refuse(path, told, f"exactly {known.domain}")
        return Fact(name, known.about, told)

    def _criterion(
        self, position: int, told: _Criterion, facts: Vocabulary, conditions: ConditionReader
    ) -> Criterion | None:
        path: Path_ = ("criteria", position)
        self._check_criterion(path, told)
        met = conditions.condition(told.met, (*path, "met"))
        refer = None
        if told.refer is not None:
            refer = conditions.condition(told.refer, (*path, "refer"))
        if met is None or (told.refer is not None and refer is None):
            return None
        says = Says(told.says.met, told.says.refer or "", told.says.not_met)
        criterion = Criterion(told.id, told.asks, told.source, met, refer, says)
        self._check_texts(path, criterion, facts)
        return criterion

    def _check_criterion(self, path: Path_, told: _Criterion) -> None:
        if [each.id for each in self._model.criteria].count(told.id) > 1:
            self._refuse((*path, "id"), told.id, "an id that no other criterion has")
        if _first_word(told.source) not in self._model.sources:
            keys = ", ".join(self._model.sources)
            self._refuse((*path, "source"), told.source, f"one of the sources first: {keys}")
        if (told.refer is None) != (told.says.refer is None):
            self._refuse((*path, "says"), "one without the other", "`refer` here and above, or not")

    def _check_texts(self, path: Path_, criterion: Criterion, facts: Vocabulary) -> None:
        read = set(criterion.facts()) & set(facts)
        says = criterion.says
        for verdict, text in (("met", says.met), ("refer", says.refer), ("not_met", says.not_met)):
            for name in placeholders(text):
                if name not in read:
                    here = (*path, "says", verdict)
                    allowed = f"a fact that the criterion reads: {', '.join(sorted(read))}"
                    self._refuse(here, f"{{{name}}}", allowed)


def _first_word(text: str) -> str:
    found = _FIRST_WORD.match(text)
    return found[0] if found else ""


def _same_values(told: Domain, known: Domain) -> bool:
    return type(told) is type(known) and _unordered(told) == _unordered(known)


def _unordered(domain: Domain) -> object:
    if isinstance(domain, Whole):
        return domain
    words = domain.values if isinstance(domain, OneOf) else domain.members
    return sorted(words)
