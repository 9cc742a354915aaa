"""The rules engine is right, and refuses what could crash it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import durable_rules_engine
import pytest

from services.eligibility.verdicts.engine import FACTS_IN_BATCH, Engine, EngineFailed
from services.eligibility.verdicts.policy import activate
from tests.eligibility.builders import policy
from tests.eligibility.evaluator import PlainEvaluator

PROPERTIES = Path(__file__).with_name("engine_properties.py")
NO_SUCH_HANDLE = "error code: 111"
QUALITY = [{"ofsted_overall": "good"}, {"ofsted_overall": "unknown"}]


@pytest.fixture(scope="module")
def engine():
    return Engine(policy().rulebook)


@pytest.mark.slow
def test_random_rulebooks_through_the_engine_agree_with_plain_python():
    freed_memory_is_rubbish = {**os.environ, "MALLOC_PERTURB_": "165"}

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(PROPERTIES)],
        env=freed_memory_is_rubbish,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    assert "1 passed" in ran.stdout


def test_the_engine_answers_in_the_order_in_which_it_is_asked(engine):
    assert engine.holding("ofsted-quality", QUALITY) == [{"met"}, {"refer"}]
    assert engine.holding("ofsted-quality", QUALITY[::-1]) == [{"refer"}, {"met"}]


def test_nothing_asked_is_nothing_answered(engine):
    assert engine.holding("ofsted-quality", []) == []


def test_more_facts_than_fit_in_one_batch_are_all_answered(engine):
    many = QUALITY * (FACTS_IN_BATCH // 2 + 3)

    assert engine.holding("ofsted-quality", many) == [{"met"}, {"refer"}] * (len(many) // 2)


def test_many_engines_live_side_by_side(engine):
    engines = [engine, *(Engine(policy().rulebook) for _ in range(20))]

    assert all(each.holding("ofsted-quality", QUALITY) == [{"met"}, {"refer"}] for each in engines)


def test_what_was_compiled_is_freed_with_the_engine_that_asked_for_it():
    freed, kept = Engine(policy().rulebook), Engine(policy().rulebook)
    freed.holding("ofsted-quality", QUALITY)
    handles = [each._handle for each in freed._host._ruleset_list]

    del freed

    assert len(handles) > len(policy().rulebook.criteria)
    for handle in handles:
        with pytest.raises(Exception, match=NO_SUCH_HANDLE):
            durable_rules_engine.get_state(handle, "1")
    assert kept.holding("ofsted-quality", QUALITY) == [{"met"}, {"refer"}]


def test_a_policy_that_is_let_go_frees_what_was_compiled_for_it():
    rulebook = policy().rulebook
    policies = [activate(rulebook, Engine(rulebook), ("tier",)) for _ in range(2)]
    [handle, *_] = [each._handle for each in policies[0].evaluator._host._ruleset_list]

    del policies[0]

    with pytest.raises(Exception, match=NO_SUCH_HANDLE):
        durable_rules_engine.get_state(handle, "1")


def test_many_threads_ask_one_engine_and_each_gets_its_own_answer(engine):
    facts = [{"age": age, "placement_type": "core"} for age in range(18)]
    expected = PlainEvaluator(policy().rulebook).holding("under-fives", facts)
    answers = []

    def ask():
        answers.extend(engine.holding("under-fives", facts) for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [expected] * 80


def test_no_thread_of_the_engine_runs_in_the_background():
    before = set(threading.enumerate())

    Engine(policy().rulebook).holding("ofsted-quality", QUALITY)

    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize(
    "wrong",
    [
        {"ofsted_overall": "excellent"},
        {"ofsted_overall": None},
        {"ofsted_overall": 1},
        {"ofsted_overall": frozenset({"good"})},
    ],
)
def test_a_value_that_a_fact_cannot_have_never_reaches_the_engine(engine, wrong):
    with pytest.raises(ValueError, match="ofsted_overall"):
        engine.holding("ofsted-quality", [wrong])

    assert engine.holding("ofsted-quality", QUALITY) == [{"met"}, {"refer"}]


@pytest.mark.parametrize(
    ("fact", "value"),
    [("largest_group", 9), ("largest_group", -1), ("group_size", "1"), ("group_size", 10**30)],
)
def test_a_number_out_of_bounds_never_reaches_the_engine(engine, fact, value):
    facts = {"keep_together": "yes", "group_size": 2, "largest_group": 3} | {fact: value}

    with pytest.raises(ValueError, match=fact):
        engine.holding("keeps-siblings-together", [facts])


def test_an_engine_that_answered_nothing_is_not_asked_again():
    fresh = Engine(policy().rulebook)
    fresh._host.assert_facts = _fails

    with pytest.raises(EngineFailed, match="ofsted-quality"):
        fresh.holding("ofsted-quality", QUALITY)
    with pytest.raises(EngineFailed, match="Restart"):
        fresh.holding("ofsted-quality", QUALITY)


def test_an_error_that_the_engine_only_notes_is_raised():
    fresh = Engine(policy().rulebook)
    answers = fresh._host.assert_facts
    fresh._host.assert_facts = lambda name, facts: {**answers(name, facts), "exception": "oh"}

    with pytest.raises(EngineFailed, match="oh"):
        fresh.holding("ofsted-quality", QUALITY)


def _fails(_name, _facts):
    raise OSError("error 303")


class GivesUpOnce:
    """The engine's own host, that once ends without an answer, as after a standstill."""

    def __init__(self, host):
        self._host = host
        self.asked = 0

    def assert_facts(self, name, facts):
        self.asked += 1
        state = self._host.assert_facts(name, facts)
        return 0 if self.asked == 1 else state

    def delete_state(self, name, session):
        self._host.delete_state(name, session)


def test_what_the_engine_gave_up_after_a_standstill_is_asked_once_more():
    rulebook = policy().rulebook
    engine, plain = Engine(rulebook), Engine(rulebook)
    engine._host = GivesUpOnce(engine._host)
    facts = [{"on_framework": word} for word in ("yes", "no")]

    answered = engine.holding("on-framework", facts)

    assert answered == plain.holding("on-framework", facts)
    assert engine._host.asked == 2
