"""Every step of a migration says which code may go on, and takes nothing from under it unsaid."""

import ast
import re

import pytest

from tests.house.source import ROOT

FOLDERS = sorted(ROOT.glob("services/*/migrations/versions"))
STEPS = sorted(path for folder in FOLDERS for path in folder.glob("[0-9]*.py"))

TAKES_AWAY = {
    "drop_column",
    "drop_table",
    "rename_table",
    "create_unique_constraint",
    "create_check_constraint",
    "create_foreign_key",
    "create_exclude_constraint",
    "create_primary_key",
}
"""What the code from before a step would stumble over, whenever it is done."""

ALTERATIONS = {"new_column_name", "type_", "nullable"}
SQL_THAT_TAKES_AWAY = re.compile(
    r"\b(drop\s+(table|column)|rename|set\s+not\s+null|alter\s+column|truncate|delete\s+from)\b",
    re.IGNORECASE,
)


def contractions(text):
    """Return everything in a step that code from before it may not survive."""
    tree = ast.parse(text)
    found = []
    for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        told = {each.arg: each.value for each in call.keywords}
        if name in TAKES_AWAY:
            found.append(name)
        if name == "alter_column" and ALTERATIONS & told.keys():
            found.append(name)
        if name == "add_column" and any(_needs_a_value(each) for each in call.args):
            found.append("add_column of one that must be told")
        if name == "execute" and SQL_THAT_TAKES_AWAY.search(ast.unparse(call)):
            found.append("execute")
    return found


def _needs_a_value(argument):
    if not isinstance(argument, ast.Call):
        return False
    told = {each.arg: ast.unparse(each.value) for each in argument.keywords}
    return told.get("nullable") == "False" and "server_default" not in told


def stated(text):
    """Return the names that a step gives at its top, with what they say."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }


def fault_of(step, before):
    """Say what is wrong with a step that follows another one, or nothing."""
    told, earlier = stated(step), stated(before) if before else {}
    if "floor" not in told:
        return "it states no floor"
    if told["floor"] > told["revision"]:
        return "its floor is a step to come"
    if earlier and told["down_revision"] != earlier["revision"]:
        return "it does not follow the step before"
    if earlier and told["floor"] < earlier["floor"]:
        return "its floor is lower than the one before"
    if earlier and told["floor"] == earlier["floor"] and (taken := contractions(step)):
        return f"it takes something away ({', '.join(taken)}) and does not raise the floor"
    return ""


def indexes_in_the_way(text):
    """Return the tables on which a step builds an index that it did not make itself."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    named = [(getattr(call.func, "attr", ""), call.args) for call in calls]
    made = {args[0].value for name, args in named if name == "create_table"}
    on = {args[1].value for name, args in named if name == "create_index"}
    return sorted(on - made)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parts[-3])
def test_each_step_says_which_code_may_go_on_and_none_takes_away_unsaid(folder):
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("[0-9]*.py"))]

    faults = [fault_of(step, before) for before, step in zip([None, *texts], texts, strict=False)]

    assert len(texts) > 1
    assert faults == [""] * len(texts)


@pytest.mark.parametrize("path", STEPS, ids=lambda path: "/".join(path.parts[-4::3]))
def test_no_step_holds_up_writers_by_an_index(path):
    in_the_way = indexes_in_the_way(path.read_text(encoding="utf-8"))

    assert not in_the_way, "build it apart: live_indexes in shared/persistence/steps.py"


FIRST = 'revision = "0001"\ndown_revision = None\nfloor = "0001"\n'
SECOND = (
    'revision = "0002"\ndown_revision = "0001"\nfloor = {floor!r}\ndef upgrade():\n    {does}\n'
)


@pytest.mark.parametrize(
    "does",
    [
        'op.drop_column("inbox", "type")',
        'op.drop_table("inbox")',
        'op.rename_table("inbox", "received")',
        'op.alter_column("inbox", "type", new_column_name="kind")',
        'op.alter_column("inbox", "type", nullable=False)',
        'op.add_column("inbox", Column("urgency", Integer, nullable=False))',
        'op.create_unique_constraint("one", "inbox", ["type"])',
        'op.execute("ALTER TABLE inbox DROP COLUMN type")',
        'with op.batch_alter_table("inbox") as batch: batch.drop_column("type")',
    ],
)
def test_a_step_that_takes_away_must_raise_the_floor(does):
    assert "does not raise the floor" in fault_of(SECOND.format(floor="0001", does=does), FIRST)
    assert fault_of(SECOND.format(floor="0002", does=does), FIRST) == ""


@pytest.mark.parametrize(
    "does",
    [
        'op.add_column("inbox", Column("urgency", Integer))',
        'op.add_column("inbox", Column("urgency", Integer, nullable=False, server_default="0"))',
        'op.create_table("acts", Column("number", Integer, nullable=False))',
    ],
)
def test_a_step_that_only_adds_may_leave_the_floor(does):
    assert fault_of(SECOND.format(floor="0001", does=does), FIRST) == ""


def test_a_step_without_a_floor_or_with_a_wrong_one_is_found():
    assert fault_of(FIRST.replace("floor", "roof"), None) == "it states no floor"
    assert "to come" in fault_of(SECOND.format(floor="0003", does="pass"), FIRST)
    assert "lower" in fault_of(SECOND.format(floor="0000", does="pass"), FIRST)


def test_an_index_on_a_living_table_is_found():
    assert indexes_in_the_way('op.create_index("ix", "inbox", ["type"])') == ["inbox"]
    assert not indexes_in_the_way('op.create_table("t")\nop.create_index("ix", "t", ["type"])')
