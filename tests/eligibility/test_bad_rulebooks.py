"""A rulebook with a fault is refused, and says where and what is allowed."""

import pytest
from pydantic_core import to_json

from services.eligibility.rulebooks.rulebook import RulebookRefused
from services.eligibility.rulebooks.rulebook_yaml import rulebook_again
from shared.errors import FileRefused
from shared.framework.yaml_file import YamlFile
from tests.eligibility.small_rulebook import BOOK, FAULTS, KNOWN, faulty, policy_of, proved, read


def test_the_rulebook_of_these_tests_is_a_good_one(tmp_path):
    assert len(proved(tmp_path, BOOK).tables) == 5


@pytest.mark.parametrize("bad", FAULTS, ids=lambda bad: bad["fault"])
def test_a_rulebook_is_refused_with_the_line_and_the_reason_where(tmp_path, bad):
    text, line = faulty(bad)

    with pytest.raises((FileRefused, RulebookRefused)) as refused:
        proved(tmp_path, text)

    here = f"{tmp_path}/rulebook.yaml:{line}: "
    said = str(refused.value).splitlines()
    assert any(
        each.startswith(here) and all(part in each for part in bad["says"]) for each in said
    ), refused.value
    assert len(said) == bad.get("faults", 1), refused.value


def test_several_faults_are_told_together_in_the_order_of_the_file(tmp_path):
    text = BOOK.replace("met: {suspended: no}", "met: {suspended: [yes, no]}")
    text = text.replace(
        "refer: {ofsted_overall: req", "refer: {ofsted_overall: good, any: [{ofsted_overall: req"
    )
    text = text.replace("requires_improvement}\n    says", "requires_improvement}]}\n    says")

    with pytest.raises(RulebookRefused) as refused:
        proved(tmp_path, text)

    assert [fault.place.line for fault in refused.value.faults] == [20, 25]


def test_a_promise_that_only_two_criteria_together_keep_is_proved(tmp_path):
    # Neither criterion alone forbids what is promised.
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

    assert len(proved(tmp_path, both).tables) == 6


def test_a_broken_promise_names_the_gates_that_could_keep_it_too(tmp_path):
    text = BOOK.replace("id: suspended", "id: planned").replace(
        "{suspended: no}", "{emergency: no}"
    )
    text = text.replace("  suspended: {one_of: [yes, no]}\n", "")
    text = text.replace("when: {ofsted_overall: inadequate}", "when: {emergency: no}")

    with pytest.raises(RulebookRefused, match=r"Correct what reads them: planned, emergencies\."):
        proved(tmp_path, text)


def test_a_promise_that_no_criterion_could_keep_says_so(tmp_path):
    text = BOOK.replace("  lots:", "  registration: {one_of: [active, not_active]}\n  lots:")
    text = text.replace("when: {ofsted_overall: inadequate}", "when: {registration: not_active}")

    with pytest.raises(RulebookRefused, match=r"rulebook\.yaml:45: .*No criterion reads the facts"):
        proved(tmp_path, text)


def test_a_criterion_that_always_decides_or_refers_needs_no_text_for_not_met(tmp_path):
    sure = BOOK.replace(
        "refer: {ofsted_overall: requires_improvement}",
        "refer: {ofsted_overall: [requires_improvement, adequate, inadequate, no_overall_grade, "
        "not_yet_inspected, unknown]}",
    ).replace(", refer: Ask., not_met: No.}", ", refer: Ask.}")

    assert proved(tmp_path, sure).rulebook.criteria[0].says.not_met == ""


def comparisons(count, join):
    """Return a condition of so many comparisons of one number, none of which covers another."""
    parts = [f"{{group_size: {{at_least: {bound}}}, suspended: no}}" for bound in range(count)]
    parts += [f"{{largest_group: {{at_most: {bound}}}}}" for bound in range(count)]
    return f"met: {{{join}: [{', '.join(parts)}]}}"


@pytest.mark.parametrize(
    ("count", "join", "reason"),
    [
        (40, "all", "a condition of suspended has a case of more than 30 comparisons"),
        (150, "any", "a condition of suspended has more than 200 cases"),
        (80, "any", "the criterion suspended cannot be judged: The rules engine"),
    ],
)
def test_a_condition_that_the_engine_cannot_take_is_refused(tmp_path, count, join, reason):
    many = BOOK.replace("met: {suspended: no}", comparisons(count, join))

    with pytest.raises(RulebookRefused) as refused:
        proved(tmp_path, many)

    lines = {fault.place.line for fault in refused.value.faults if reason in fault.reason}
    assert lines <= {22, 25}
    assert lines


# What was kept once.

NEWLY_REFUSED = [
    ("  emergency: {one_of", "  solo: {one_of: [yes, no]}\n  emergency: {one_of"),
    ("{takes_emergencies: yes}]}", "{takes_emergencies: yes}, {emergency: [no, no]}]}"),
    (
        "{ofsted_overall: requires_improvement}",
        "{ofsted_overall: requires_improvement, suspended: [yes, no]}",
    ),
    ("not_met: It is.", 'not_met: "It is. }"'),
]


@pytest.mark.parametrize(("right", "wrong"), NEWLY_REFUSED)
def test_a_rulebook_that_was_in_force_keeps_what_is_refused_since_then(tmp_path, right, wrong):
    text = BOOK.replace(right, wrong)
    path = tmp_path / "rulebook.yaml"
    path.write_text(text)
    with pytest.raises((FileRefused, RulebookRefused)):
        proved(tmp_path, text)

    kept = rulebook_again(to_json(YamlFile.read(path).content), KNOWN)

    assert len(policy_of(kept).tables) == 5


def test_a_rulebook_of_the_store_that_contradicts_itself_says_that_it_is_of_the_store(tmp_path):
    content = read(tmp_path, BOOK).content.replace(b'"requires_improvement"},', b'"good"},')
    kept = rulebook_again(content, KNOWN)

    with pytest.raises(RulebookRefused) as refused:
        policy_of(kept)

    [reason] = refused.value.reasons
    assert reason.startswith("the stored rulebook: rulebook test 1: the criterion quality is both")


def test_where_a_rulebook_was_read_from_makes_it_no_other_rulebook(tmp_path):
    read_here = read(tmp_path, BOOK)
    again = rulebook_again(read_here.content, KNOWN)

    assert again == read_here
    assert again.digest == read_here.digest
    assert (read_here.was_in_force, again.was_in_force) == (False, True)


def test_a_criterion_may_be_called_what_a_promise_was_called(tmp_path):
    text = BOOK.replace("id: suspended", "id: never-0")

    policy = proved(tmp_path, text)

    assert {table.criterion.id: len(list(table.every_row())) for table in policy.tables}[
        "never-0"
    ] == 2
