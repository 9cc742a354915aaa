"""A small rulebook without a fault, and the table of the faults that one can have."""

from pathlib import Path

from services.eligibility.facts import vocabulary
from services.eligibility.rulebooks.rulebook_yaml import read_rulebook
from services.eligibility.verdicts.engine import Engine
from services.eligibility.verdicts.policy import activate
from shared.framework.yaml_file import YamlFile
from tests.eligibility.builders import framework

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
  ofsted_overall: {one_of: [outstanding, good, requires_improvement, adequate, inadequate,
    no_overall_grade, not_yet_inspected, unknown]}
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
  - id: emergencies
    asks: Does it take emergencies?
    source: S17 5.4
    met: {any: [{emergency: no}, {takes_emergencies: yes}]}
    refer: {emergency: yes, takes_emergencies: not_known}
    says: {met: It does., refer: Nobody knows., not_met: It does not.}
  - id: lot
    asks: Does it hold the lot?
    source: S17
    met: {lots: {includes: placement_type}}
    says: {met: It does., not_met: It does not.}
  - id: room
    asks: Has it room for all?
    source: S17
    met: {group_size: {at_most: largest_group}}
    says: {met: It has., not_met: It has not.}
never:
  - {outcome: eligible, when: {ofsted_overall: inadequate}}
"""


def read(tmp_path, text):
    """Return the rulebook of a text."""
    path = tmp_path / "rulebook.yaml"
    path.write_text(text)
    return read_rulebook(path, KNOWN)


def proved(tmp_path, text):
    """Return the policy of a text."""
    return policy_of(read(tmp_path, text))


def policy_of(rulebook):
    """Return the policy of a rulebook."""
    return activate(rulebook, Engine(rulebook), ("tier",))


def faulty(bad):
    """Return the text of a rulebook with one fault, and the line in which it stands."""
    assert BOOK.count(bad["right"]) == 1
    text = BOOK.replace(bad["right"], bad["wrong"])
    at = bad.get("at", bad["wrong"].lstrip("\n").split("\n")[0])
    assert text.count(at) == 1
    return text, text[: text.index(at)].count("\n") + 1
