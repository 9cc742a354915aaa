"""Reads the example cases beside a rulebook, and says of each fault in which line it stands."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from services.eligibility.decision import Outcome
from services.eligibility.facts import About, Fact, SetOf, Value, Whole
from services.eligibility.rulebooks.criteria import Verdict
from services.eligibility.rulebooks.rulebook import Rulebook
from services.eligibility.trials.examples import AgencyCase, CriterionCase, ExampleCase
from services.eligibility.verdicts.tables import Facts
from shared.contracts.fields import CriterionId, Sentence, Word
from shared.errors import Fault, FileRefused
from shared.framework.age_bands import AgeBands
from shared.framework.faults import NOTHING_THERE, Path_
from shared.framework.fields import Told
from shared.framework.yaml_file import YamlFile

MOST_CHILDREN: Final = 8

GROUP_SIZE: Final = "group_size"
AGE: Final = "age"
AGE_BAND: Final = "age_band"

_OF_CRITERION: Final = {"criterion", "facts"}
_OF_AGENCY: Final = {"referral", "children", "agency"}
_KEYS: Final = _OF_CRITERION | _OF_AGENCY
_FORMS: Final = (
    "criterion, facts and a verdict that is expected; or referral, children, agency and an "
    "outcome that is expected"
)

ToldFacts = dict[Word, str | int | tuple[str, ...]]


class _Expected(Told):
    outcome: Outcome
    refer: tuple[CriterionId, ...] = ()
    not_met: tuple[CriterionId, ...] = ()

    @property
    def follows(self) -> Outcome:
        """The outcome that follows from the criteria that are named."""
        if self.not_met:
            return "not_eligible"
        return "refer" if self.refer else "eligible"


class _Usual(Told):
    referral: ToldFacts = Field(default_factory=dict)
    child: ToldFacts = Field(default_factory=dict)
    agency: ToldFacts = Field(default_factory=dict)


class _Case(Told):
    name: Sentence
    criterion: CriterionId | None = None
    facts: ToldFacts | None = None
    referral: ToldFacts | None = None
    children: (
        Annotated[tuple[ToldFacts, ...], Field(min_length=1, max_length=MOST_CHILDREN)] | None
    ) = None
    agency: ToldFacts | None = None
    expected: Literal["met", "refer", "not_met"] | _Expected


class _Examples(Told):
    usual: _Usual = Field(default_factory=_Usual)
    cases: Annotated[tuple[_Case, ...], Field(min_length=1)]


def examples_beside(rulebook: Path) -> Path:
    """Return where the examples of a rulebook's file stand: `rulebook-examples.yaml` beside it."""
    return rulebook.with_name(f"{rulebook.stem}-examples{rulebook.suffix}")


def read_examples(path: Path, rulebook: Rulebook, age_bands: AgeBands) -> tuple[ExampleCase, ...]:
    """Return the example cases of a file.

    A case of one criterion names every fact that the criterion reads. A case of a whole agency
    says what is otherwise than `usual`; the size of the group and the age bands follow from it.

    Args:
        path: the YAML 1.2 file.
        rulebook: whose criteria and facts the cases speak of.
        age_bands: the framework's, to tell the age band of a child of a whole case.

    Raises:
        FileRefused: with every fault: file, line, key, what was found and what is allowed.
    """
    file = YamlFile.read(path)
    return _Reader(file, file.as_model(_Examples), rulebook, age_bands).cases()


class _Reader:
    """Turns what the file says into cases, and collects what is wrong with it."""

    def __init__(
        self, file: YamlFile, model: _Examples, rulebook: Rulebook, age_bands: AgeBands
    ) -> None:
        self._file = file
        self._model = model
        self._criteria = {each.id: each for each in rulebook.criteria}
        self._known = rulebook.facts
        self._needed = {name for each in rulebook.criteria for name in each.facts()}
        self._bands = age_bands
        self._faults: list[Fault] = []

    def cases(self) -> tuple[ExampleCase, ...]:
        usual = self._model.usual
        common = {
            "referral": self._values(usual.referral, ("usual", "referral"), "referral"),
            "child": self._values(usual.child, ("usual", "child"), "child"),
            "agency": self._values(usual.agency, ("usual", "agency"), "agency"),
        }
        names = [case.name for case in self._model.cases]
        found = []
        for position, case in enumerate(self._model.cases):
            path: Path_ = ("cases", position)
            if case.name in names[:position]:
                self._refuse((*path, "name"), case.name, "a name that no other case has")
            found.append(self._case(case, path, common))
        if self._faults:
            raise FileRefused(self._faults)
        return tuple(each for each in found if each)

    def _case(self, case: _Case, path: Path_, common: Mapping[str, Facts]) -> ExampleCase | None:
        told = {name for name in _KEYS if getattr(case, name) is not None}
        if isinstance(case.expected, _Expected) and not told & _OF_CRITERION:
            return self._whole(case, case.expected, path, self._units(case, path, common))
        if not isinstance(case.expected, _Expected) and told == _OF_CRITERION:
            return self._of_criterion(case, case.expected, path)
        self._refuse(path, " and ".join([*sorted(told), "expected"]), _FORMS)
        return None

    def _of_criterion(self, case: _Case, expected: Verdict, path: Path_) -> CriterionCase | None:
        criterion = self._criteria.get(case.criterion or "")
        if criterion is None:
            known = ", ".join(self._criteria)
            self._refuse((*path, "criterion"), case.criterion, f"one of {known}")
            return None
        told, here = case.facts or {}, (*path, "facts")
        allowed = f"what {criterion.id} reads: {', '.join(criterion.facts())}"
        for name in criterion.facts():
            if name not in told:
                self._refuse((*here, name), NOTHING_THERE, allowed)
        for name in told:
            if name in self._known and name not in criterion.facts():
                self._refuse((*here, name), f"the fact {name}", allowed)
        facts = self._values(told, here, None)
        return CriterionCase(case.name, self._file.line_of(path), criterion.id, facts, expected)

    def _whole(
        self, case: _Case, expected: _Expected, path: Path_, units: tuple[Facts, ...]
    ) -> AgencyCase:
        here = (*path, "expected")
        for key, named in (("refer", expected.refer), ("not_met", expected.not_met)):
            for name in named:
                if name not in self._criteria:
                    known = ", ".join(self._criteria)
                    self._refuse((*here, key), name, f"any of {known}")
                elif key == "refer" and name in expected.not_met:
                    self._refuse((*here, key), name, "a criterion that is not under not_met too")
        if expected.outcome != expected.follows:
            allowed = f"{expected.follows}, for so it follows from refer and not_met"
            self._refuse((*here, "outcome"), expected.outcome, allowed)
        return AgencyCase(
            name=case.name,
            line=self._file.line_of(path),
            units=units,
            outcome=expected.outcome,
            refer=frozenset(expected.refer),
            not_met=frozenset(expected.not_met),
        )

    def _units(self, case: _Case, path: Path_, common: Mapping[str, Facts]) -> tuple[Facts, ...]:
        """Return every fact of a case, once for each child."""
        shared = {
            **common["referral"],
            **self._values(case.referral or {}, (*path, "referral"), "referral"),
            **common["agency"],
            **self._values(case.agency or {}, (*path, "agency"), "agency"),
        }
        children = case.children or ({},)
        if GROUP_SIZE in self._known:
            shared[GROUP_SIZE] = len(children)
        units = []
        for place, told in enumerate(children):
            own = self._values(told, (*path, "children", place), "child")
            units.append(self._with_band({**shared, **common["child"], **own}))
        for name in sorted({name for unit in units for name in self._needed - set(unit)}):
            self._refuse(path, NOTHING_THERE, f"the fact {name}, here or under `usual`")
        return tuple(units)

    def _with_band(self, facts: dict[str, Value]) -> Facts:
        age = facts.get(AGE)
        if AGE_BAND in self._known and isinstance(age, int):
            bands = self._bands.bands
            facts[AGE_BAND] = next(
                band.label for band in bands if band.from_age <= age < band.to_age
            )
        return facts

    def _values(self, told: ToldFacts, path: Path_, about: About | None) -> dict[str, Value]:
        """Return what can be believed of some facts; a whole case is told in parts."""
        found: dict[str, Value] = {}
        for name, value in told.items():
            fact, here = self._known.get(name), (*path, name)
            follows = about and self._follows(name)
            if fact is None or (about and fact.about != about) or follows:
                known = (each for each in self._known.values() if not about or each.about == about)
                names = (each.name for each in known if not (about and self._follows(each.name)))
                found_here = f"{name}, which follows from the children" if follows else name
                self._refuse(here, found_here, f"a fact of these: {', '.join(names)}")
                continue
            read = frozenset(value) if isinstance(value, tuple) else value
            if _can_be(fact, read):
                found[name] = read
            else:
                self._refuse(here, value, str(fact.domain))
        return found

    def _follows(self, name: str) -> bool:
        """Say whether a fact of a whole case follows from its children and their ages."""
        return name == GROUP_SIZE or (name == AGE_BAND and AGE in self._known)

    def _refuse(self, path: Path_, found: object, allowed: str) -> None:
        self._faults.append(self._file.fault(path, found, allowed))


def _can_be(fact: Fact, value: Value) -> bool:
    if isinstance(fact.domain, SetOf):
        return isinstance(value, frozenset) and value <= set(fact.domain.members)
    if isinstance(fact.domain, Whole):
        lowest, highest = fact.domain.lowest, fact.domain.highest
        return isinstance(value, int) and lowest <= value <= highest
    return value in fact.domain.values
