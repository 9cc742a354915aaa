"""A rulebook with a fault is refused, and says where and what is allowed."""

from datetime import date
from pathlib import Path

import pytest

from services.eligibility.engine import Engine
from services.eligibility.facts import vocabulary
from services.eligibility.policy import NoRulebookInForce, Policies, activate
from services.eligibility.rulebook import RulebookRefused
from services.eligibility.rulebook_yaml import read_rulebook
from services.eligibility.service import read_policies
from shared.errors import FileRefused
from shared.framework.yaml_file import YamlFile
from tests.eligibility.builders import PACK, framework

KNOWN = vocabulary(framework())
FAULTS = YamlFile.read(Path(__file__).with_name("bad_rulebooks.yaml")).content

BOOK = """\
rulebook: test
version: "1"
in_force: {from: 2024-04-01}
sources: {S17: A report}
facts:
  suspended: {one_of: [yes, no]}
  emergency: {one_of: [yes, no]}
  takes_emergencies: {one_of: [yes, no, not_known]}
  ofsted_overall:
    one_of: [outstanding, good, requires_improvement, adequate, inadequate, no_overall_grade, not_yet_inspected, unknown]
  placement_type: {one_of: [core, disabled_child, sibling_group, parent_and_child]}
  lots: {set_of: [core, disabled_child, sibling_group, parent_and_child]}
  group_size: {from: 1, to: 8}
  largest_group: {from: 0, to: 8}
criteria:
  - id: quality
    asks: Is the agency judged good?
    source: S17 3.3
    met: {ofsted_overall: [outstanding, good]}
    refer: {ofsted_overall: requires_improvement}
    says: {met: "It is {ofsted_overall}.", refer: Ask., not_met: No.}
  - id: suspended
    asks: Is it suspended?
    source: S17
    met: {suspended: no}
    says: {met: It is not., not_met: It is.}
never:
  - {outcome: eligible, when: {ofsted_overall: inadequate}}
"""


def read(tmp_path, text):
    path = tmp_path / "rulebook.yaml"
    path.write_text(text)
    return read_rulebook(path, KNOWN)


def proved(tmp_path, text):
    rulebook = read(tmp_path, text)
    return activate(rulebook, Engine(rulebook), ("tier",))


def test_the_rulebook_of_these_tests_is_a_good_one(tmp_path):
    assert len(proved(tmp_path, BOOK).tables) == 2


@pytest.mark.parametrize("bad", FAULTS, ids=lambda bad: bad["wrong"])
def test_a_fault_in_the_file_is_named_with_its_line(tmp_path, bad):
    line = BOOK[: BOOK.index(bad["right"])].count("\n") + 1

    with pytest.raises(FileRefused) as refused:
        read(tmp_path, BOOK.replace(bad["right"], bad["wrong"]))

    faults = [fault for fault in refused.value.faults if fault.line == line]
    assert any(
        fault.key.endswith(bad["key"])
        and bad["found"] in fault.found
        and bad["allowed"] in fault.allowed
        for fault in faults
    ), refused.value


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        (
            "refer: {ofsted_overall: requires_improvement}",
            "refer: {ofsted_overall: [requires_improvement, good]}",
            "quality is both met and referred in 1 of its combinations, such as ofsted overall:",
        ),
        (
            "met: {suspended: no}",
            "met: {suspended: [yes, no]}",
            "suspended is met whatever the facts",
        ),
        (
            "met: {suspended: no}",
            "met: {all: [{suspended: no}, {suspended: yes}]}",
            "suspended is never met",
        ),
        (
            "refer: {ofsted_overall: requires_improvement}",
            "refer: {all: [{ofsted_overall: unknown}, {ofsted_overall: inadequate}]}",
            "quality never refers to a person",
        ),
        (
            "met: {ofsted_overall: [outstanding, good]}",
            "met: {ofsted_overall: [outstanding, good, inadequate]}",
            "is broken by this case: ofsted overall: inadequate; suspended: no",
        ),
        (
            "{outcome: eligible, when: {ofsted_overall: inadequate}}",
            "{outcome: refer, when: {ofsted_overall: requires_improvement}}",
            "is ever referred to a person when ofsted overall is requires improvement is broken",
        ),
        (
            "{outcome: eligible, when: {ofsted_overall: inadequate}}",
            "{outcome: eligible, when: {all: [{suspended: no}, {suspended: yes}]}}",
            "is empty",
        ),
        (
            "met: {suspended: no}",
            (
                "met: {group_size: {at_most: largest_group}, lots: {includes: placement_type}, "
                "takes_emergencies: yes, emergency: yes, ofsted_overall: good}"
            ),
            "has 165888 combinations of its facts",
        ),
    ],
)
def test_a_rulebook_that_contradicts_itself_is_refused_with_a_case(tmp_path, right, wrong, reason):
    assert right in BOOK

    with pytest.raises(RulebookRefused) as refused:
        proved(tmp_path, BOOK.replace(right, wrong))

    assert reason in str(refused.value)
    assert str(refused.value).startswith("rulebook test 1: ")


def test_a_promise_that_only_two_criteria_together_keep_is_proved(tmp_path):
    # Neither criterion alone forbids an emergency for an agency that takes none.
    both = BOOK.replace(
        "never:",
        """\
  - id: takes
    asks: Does it take emergencies?
    source: S17
    met: {any: [{takes_emergencies: [yes, not_known]}, {suspended: yes}]}
    says: {met: Yes., not_met: No.}
never:
  - {outcome: eligible, when: {takes_emergencies: no}}
""",
    )

    assert len(proved(tmp_path, both).tables) == 3


def comparisons(count, join):
    """Return a condition of so many comparisons of one number, none of which covers another."""
    parts = [f"{{group_size: {{at_least: {bound}}}, suspended: no}}" for bound in range(count)]
    parts += [f"{{largest_group: {{at_most: {bound}}}}}" for bound in range(count)]
    return f"met: {{{join}: [{', '.join(parts)}]}}"


def test_a_condition_with_more_comparisons_than_the_engine_takes_is_refused(tmp_path):
    many = BOOK.replace("met: {suspended: no}", comparisons(40, "all"))

    with pytest.raises(RulebookRefused, match="a case of more than 30 comparisons"):
        proved(tmp_path, many)


def test_a_condition_with_more_cases_than_the_engine_takes_is_refused(tmp_path):
    many = BOOK.replace("met: {suspended: no}", comparisons(150, "any"))

    with pytest.raises(RulebookRefused, match="more than 200 cases"):
        proved(tmp_path, many)


def test_a_condition_that_the_engine_fails_on_is_refused_before_it_decides_anything(tmp_path):
    many = BOOK.replace("met: {suspended: no}", comparisons(80, "any"))

    with pytest.raises(RulebookRefused, match="suspended cannot be judged: The rules engine"):
        proved(tmp_path, many)


def test_two_rulebooks_from_the_same_day_are_refused(tmp_path):
    pack = _pack(tmp_path, ("rulebook.yaml", BOOK), ("rulebook-2.yaml", BOOK))

    with pytest.raises(FileRefused, match=r"another day than that of rulebook-2\.yaml"):
        read_policies(pack, framework())


def test_a_pack_without_a_rulebook_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="no rulebook"):
        read_policies(_pack(tmp_path), framework())


def test_the_rulebook_in_force_on_the_day_of_the_referral_decides(tmp_path):
    later = BOOK.replace('version: "1"', 'version: "2"').replace("2024-04-01", "2025-04-01")
    pack = _pack(tmp_path, ("rulebook.yaml", BOOK), ("rulebook-2025.yaml", later))

    policies = read_policies(pack, framework())

    assert _version_on(policies, "2025-03-31") == "1"
    assert _version_on(policies, "2025-04-01") == "2"
    with pytest.raises(NoRulebookInForce, match="2024-03-31"):
        _version_on(policies, "2024-03-31")


def _version_on(policies: Policies, day):
    return policies.on(date.fromisoformat(day)).rulebook.version


def _pack(tmp_path, *files):
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "rulebook-examples.yaml").write_text((PACK / "rulebook-examples.yaml").read_text())
    for name, text in files:
        (pack / name).write_text(text)
    return pack
