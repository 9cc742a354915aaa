"""Reads a rulebook from its file, and says of each fault in which line it stands."""

import hashlib
import re
from pathlib import Path
from typing import Final

from pydantic_core import to_json

from services.eligibility.explanation import placeholders, stray_braces
from services.eligibility.facts import Domain, Fact, OneOf, SetOf, Vocabulary
from services.eligibility.rulebooks.conditions_yaml import ConditionReader, perhaps
from services.eligibility.rulebooks.criteria import Criterion, KeyPath, Says
from services.eligibility.rulebooks.form_yaml import CriterionTold, RulebookTold
from services.eligibility.rulebooks.rulebook import STORED, Never, Origin, Rulebook
from shared.days import Period
from shared.errors import Fault, FileRefused
from shared.framework.faults import Path_, key_text, shown
from shared.framework.yaml_file import YamlFile

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
    reader = _Reader(file.as_model(RulebookTold), known, Origin(str(path), file.lines))
    return reader.rulebook(to_json(file.content))


def rulebook_again(content: bytes, known: Vocabulary) -> Rulebook:
    """Return the rulebook that was read before, from the content that was kept of it.

    Since then the framework may have other words, and more may be asked of a rulebook; it keeps
    the words that it was read with, and nothing new is asked of it.
    """
    return _Reader(RulebookTold.model_validate_json(content), known, STORED).rulebook(content)


class _Reader:
    """Turns what the file says into a rulebook, and collects what is wrong with it."""

    def __init__(self, model: RulebookTold, known: Vocabulary, origin: Origin) -> None:
        self._model = model
        self._known = known
        self._origin = origin
        self._faults: list[Fault] = []
        self._is_new = origin is not STORED

    def rulebook(self, content: bytes) -> Rulebook:
        model = self._model
        self._check_period()
        facts = {name: fact for name in model.facts if (fact := self._fact(name))}
        conditions = ConditionReader(facts, self._known, self._refuse, self._refuse_anew)
        criteria = [
            self._criterion(position, told, facts, conditions)
            for position, told in enumerate(model.criteria)
        ]
        never = [
            (told.outcome, conditions.condition(told.when, ("never", position, "when")))
            for position, told in enumerate(model.never)
        ]
        if self._faults:
            raise FileRefused(sorted(self._faults, key=lambda fault: fault.line or 0))
        return Rulebook(
            name=model.rulebook,
            version=model.version,
            in_force=Period(model.in_force.from_, model.in_force.to),
            sources=dict(model.sources),
            facts=facts,
            criteria=tuple(each for each in criteria if each),
            never=tuple(
                Never(outcome, when, ("never", position))
                for position, (outcome, when) in enumerate(never)
                if when
            ),
            digest=hashlib.sha256(content).hexdigest(),
            content=content,
            origin=self._origin,
        )

    def _refuse(self, path: Path_, found: object, allowed: str) -> None:
        place = self._origin.place(path)
        fault = Fault(place.file, place.line, key_text(path), shown(found), allowed)
        self._faults.append(fault)

    def _refuse_anew(self, path: Path_, found: object, allowed: str) -> None:
        """Refuse what was not always refused: a rulebook that was in force once keeps it."""
        if self._is_new:
            self._refuse(path, found, allowed)

    def _check_period(self) -> None:
        told = self._model.in_force
        if told.to is not None and told.to <= told.from_:
            self._refuse_anew(("in_force", "to"), told.to, f"a day after {told.from_}")

    def _fact(self, name: str) -> Fact | None:
        """Return a fact of the vocabulary, with all the values that it can be told with.

        A rulebook that left one out would have no verdict for it.
        """
        path = ("facts", name)
        known = self._known.get(name)
        if known is None:
            allowed = f"{', '.join(sorted(self._known))}{perhaps(name, self._known)}"
            self._refuse(path, f"the unknown fact {name}", allowed)
            return None
        told = self._model.facts[name].domain()
        if told is None:
            self._refuse(path, "something else", "one_of, set_of, or from and to")
            return known
        if self._is_new and not self._is_domain(path, told, known.domain):
            # The conditions are read by what the fact is, so that its fault is told only once.
            return known
        return Fact(name, known.about, told)

    def _is_domain(self, path: KeyPath, told: Domain, known: Domain) -> bool:
        """Say whether a fact is declared with exactly its values, and refuse it otherwise."""
        words, allowed = _words(told), _words(known)
        if type(told) is not type(known) or not allowed:
            if told != known:
                self._refuse(path, told, f"exactly {known}")
            return told == known
        faults = len(self._faults)
        key = "one_of" if isinstance(told, OneOf) else "set_of"
        for position, word in enumerate(words):
            here = (*path, key, position)
            if word not in allowed:
                self._refuse(here, word, f"{', '.join(allowed)}{perhaps(word, allowed)}")
            elif word in words[:position]:
                self._refuse(here, f"{word} again", "each value once")
        missing = [word for word in allowed if word not in words]
        if missing and len(self._faults) == faults:
            exactly = f"exactly {known}, for every value needs a verdict"
            self._refuse(path, f"no {', '.join(missing)}", exactly)
        return len(self._faults) == faults

    def _criterion(
        self, position: int, told: CriterionTold, facts: Vocabulary, conditions: ConditionReader
    ) -> Criterion | None:
        path: Path_ = ("criteria", position)
        self._check_criterion(path, told)
        met = conditions.condition(told.met, (*path, "met"))
        refer = None
        has_refer = self._has_refer(told)
        if has_refer:
            refer = conditions.condition(told.refer, (*path, "refer"))
        if met is None or (has_refer and refer is None):
            return None
        says = Says(told.says.met, told.says.refer or "", told.says.not_met or "")
        criterion = Criterion(told.id, told.asks, told.source, met, refer, says, path)
        self._check_texts(path, criterion, facts)
        return criterion

    def _has_refer(self, told: CriterionTold) -> bool:
        return told.refer is not None or (self._is_new and "refer" in told.model_fields_set)

    def _check_criterion(self, path: Path_, told: CriterionTold) -> None:
        ids = [each.id for each in self._model.criteria]
        first = ids.index(told.id)
        if ("criteria", first) != path:
            line = self._origin.place(("criteria", first, "id")).line
            allowed = f"an id that no other criterion has; it stands in line {line} first"
            self._refuse((*path, "id"), told.id, allowed)
        if _first_word(told.source) not in self._model.sources:
            keys = ", ".join(self._model.sources)
            self._refuse((*path, "source"), told.source, f"one of the sources first: {keys}")
        if self._has_refer(told) != (told.says.refer is not None):
            here: Path_ = (*path, "says") if told.says.refer is None else (*path, "says", "refer")
            self._refuse(here, "one without the other", "`refer` here and above, or not")

    def _check_texts(self, path: Path_, criterion: Criterion, facts: Vocabulary) -> None:
        read = set(criterion.facts()) & set(facts)
        says = criterion.says
        for verdict, text in (("met", says.met), ("refer", says.refer), ("not_met", says.not_met)):
            here = (*path, "says", verdict)
            for name in placeholders(text):
                if name not in read:
                    allowed = f"a fact that the criterion reads: {', '.join(sorted(read))}"
                    self._refuse(here, f"{{{name}}}", allowed)
            if text and not text.strip():
                self._refuse_anew(here, "a blank text", "a text")
            if stray_braces(text):
                self._refuse_anew(here, text, "braces only around the name of a fact: {age}")


def _first_word(text: str) -> str:
    found = _FIRST_WORD.match(text)
    return found[0] if found else ""


def _words(domain: Domain) -> tuple[str, ...]:
    if isinstance(domain, OneOf):
        return domain.values
    return domain.members if isinstance(domain, SetOf) else ()
