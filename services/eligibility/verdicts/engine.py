"""The rules engine: says which conditions hold, and is the only one that evaluates any.

The engine is a C extension that is right as long as it is fed with care, and crashes otherwise.
So it sees whole numbers under names of ours, never a text of anybody's; every fact must be
answered by a rule that all facts satisfy, or the answer is not believed; one session lives at a
time and is deleted at the end; no timer of its own runs; one lock serves all engines. What was
compiled is freed with the engine that asked for it: the library keeps it until the process ends,
and takes no more once it holds 131,071 sets of rules, which is some two thousand rulebooks.
"""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, Final
from weakref import finalize

import durable_rules_engine
from durable.engine import Host

from services.eligibility.rulebooks.criteria import Condition, Finding
from services.eligibility.rulebooks.rulebook import Rulebook, RulebookRefused
from services.eligibility.verdicts.coding import Case, Coding, TooManyCases
from services.eligibility.verdicts.proofs import HOLDS, never_name
from services.eligibility.verdicts.tables import Facts, conditions_of
from services.eligibility.verdicts.without_effect import comparison_name
from shared.errors import FosterframeError

FACTS_IN_BATCH: Final = 2_000
_SESSION: Final = "1"
_WITNESS: Final = "witness"
_ONE_AT_A_TIME: Final = Lock()

Rule = dict[str, Any]


class EngineFailed(FosterframeError):  # noqa: N818 - what happened, not a kind of mistake
    """The rules engine did not answer for every fact, or reported an error."""


class _GaveUp(EngineFailed):
    """The rules engine ended without an answer, though nothing was wrong with the question."""


class _QuietHost(Host):  # type: ignore[misc] # durable ships no types
    """The engine without its two timer threads, which would act in the background for ever."""

    def _run(self) -> None:
        """Start no timer."""

    def free(self) -> None:
        """Free everything that was compiled; nobody may ask it any more."""
        self._ruleset_directory.clear()
        while self._ruleset_list:
            durable_rules_engine.delete_ruleset(
                self._ruleset_list.pop()._handle  # noqa: SLF001 - it offers no other way
            )


class Engine:
    """One rulebook's conditions, compiled once.

    Raises:
        RulebookRefused: a condition has more cases than the engine takes.
        EngineFailed: the engine takes a condition not at all.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        sets: dict[str, dict[str, Condition]] = {
            criterion.id: conditions_of(criterion) for criterion in rulebook.criteria
        }
        sets |= {
            never_name(position): {HOLDS: never.when}
            for position, never in enumerate(rulebook.never)
        }
        sets |= {
            comparison_name(position): {HOLDS: comparison}
            for position, comparison in enumerate(rulebook.comparisons())
        }
        self._coding = {name: Coding(told, rulebook.facts) for name, told in sets.items()}
        self._held: dict[int, set[str]] = {}
        self._is_spoilt = False
        rules = {name: self._rules(rulebook, name, told) for name, told in sets.items()}
        self._host = _QuietHost()
        # It takes no lock: wherever an engine dies, its rules are asked by nobody any more.
        finalize(self, self._host.free).atexit = False
        with _ONE_AT_A_TIME:
            try:
                for name, told in rules.items():
                    self._host.register_rulesets({name: told})
            except Exception as fault:
                raise EngineFailed(f"The rules engine refused {rulebook}: {fault}") from fault

    def holding(self, name: str, combinations: Sequence[Facts]) -> list[frozenset[str]]:
        """Return for each combination of facts the labels of the conditions that hold.

        Raises:
            EngineFailed: the engine failed, or did not answer for each of the facts.
            ValueError: a value is none that its fact can have.
        """
        coding = self._coding[name]
        facts = [coding.properties(each) for each in combinations]
        found: list[frozenset[str]] = []
        for start in range(0, len(facts), FACTS_IN_BATCH):
            with _ONE_AT_A_TIME:
                found += self._answered(name, facts[start : start + FACTS_IN_BATCH])
        return found

    def _answered(self, name: str, facts: Sequence[Mapping[str, int]]) -> list[frozenset[str]]:
        try:
            return self._batch(name, facts)
        except _GaveUp:
            return self._batch(name, facts)

    def _batch(self, name: str, facts: Sequence[Mapping[str, int]]) -> list[frozenset[str]]:
        if self._is_spoilt:
            raise EngineFailed("The rules engine failed before. Restart the service.")
        self._held.clear()
        self._held.update((number, set()) for number in range(len(facts)))
        numbered = [
            {**each, "id": number, "sid": _SESSION, "number": number}
            for number, each in enumerate(facts)
        ]
        try:
            state = self._host.assert_facts(name, numbered)
        except Exception as fault:
            raise EngineFailed(f"The rules engine failed on {name}: {fault}") from fault
        finally:
            self._forget_session(name)
        if not isinstance(state, dict):
            # It gives up an action that took ten seconds by the clock, as when the process stood
            # still; what it was asked is asked once more.
            raise _GaveUp(f"The rules engine gave up on {name}. Try again.")
        if "exception" in state:
            raise EngineFailed(f"The rules engine failed on {name}: {state['exception']}")
        unanswered = [number for number, held in self._held.items() if _WITNESS not in held]
        if unanswered:
            raise EngineFailed(f"The rules engine did not judge {len(unanswered)} facts of {name}.")
        return [frozenset(held - {_WITNESS}) for held in self._held.values()]

    def _forget_session(self, name: str) -> None:
        """Delete the session, unless no rule fired: the engine would then free wild memory."""
        if any(self._held.values()):
            self._host.delete_state(name, _SESSION)
        else:
            self._is_spoilt = True

    def _rules(self, rulebook: Rulebook, name: str, told: Mapping[str, Condition]) -> Rule:
        """Return one rule for each case of each condition, and the witness."""
        rules = {_WITNESS: _rule({"$gte": {"number": 0}}, self._note(_WITNESS))}
        for label, condition in told.items():
            try:
                cases = self._coding[name].cases(condition)
            except TooManyCases as many:
                advice = "Split it into several, or list fewer values."
                reason = f"a condition of {name} has {many}. {advice}"
                fault = rulebook.fault(Finding(condition.at, reason))
                raise RulebookRefused([fault]) from None
            for number, case in enumerate(cases):
                rules[f"{label}-{number}"] = _rule(_condition(case), self._note(label))
        return rules

    def _note(self, label: str) -> Callable[[Any], None]:
        held = self._held  # and not the engine, which would live as long as its own rules

        def note(closure: Any) -> None:  # noqa: ANN401 - the engine's own type
            held[closure.m.number].add(label)

        return note


def _rule(condition: Rule, note: Callable[[Any], None]) -> Rule:
    return {"all": [{"m": condition}], "run": note}


def _condition(case: Case) -> Rule:
    """Return a case in the engine's own form."""
    parts: list[Rule] = []
    for sign, name, bound in sorted(case, key=str):
        other = {"$m": bound} if isinstance(bound, str) else bound
        parts.append({name: other} if sign == "$eq" else {sign: {name: other}})
    return parts[0] if len(parts) == 1 else {"$and": parts}
