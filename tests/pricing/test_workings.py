"""The workings beside the cases are right by themselves, whatever the code says."""

import ast
import operator
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from tests.pricing.cases.reading import CASES

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
WORKINGS = [
    pytest.param(line, id=f"{one['case']}: {line}")
    for one in CASES
    for line in one.get("workings", ())
]


def worked_out(expression):
    """Return what an expression of decimal numbers comes to."""
    node = ast.parse(expression, mode="eval").body
    return _value(node, expression)


def _value(node, expression):
    if isinstance(node, ast.BinOp):
        sides = (_value(side, expression) for side in (node.left, node.right))
        return OPERATORS[type(node.op)](*sides)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, expression)
    assert isinstance(node, ast.Constant)
    # The number as it is written: Python's own reading of it would be binary.
    return Decimal(ast.get_source_segment(expression, node))


@pytest.mark.parametrize("line", WORKINGS)
def test_a_line_of_the_workings_is_right(line):
    days = re.fullmatch(r"([0-9-]{10}) to ([0-9-]{10}) = ([0-9]+) days", line)
    if days:
        first, last = (date.fromisoformat(day) for day in days.groups()[:2])

        assert (last - first).days == int(days[3])
        return
    expression, told = line.split(" = ")
    result = worked_out(expression)

    assert result.quantize(Decimal(told), rounding=ROUND_HALF_UP) == Decimal(told)


def test_there_are_more_than_sixty_cases_and_each_has_a_name_of_its_own():
    names = [one["case"] for one in CASES]

    assert len(names) > 60
    assert len(set(names)) == len(names)
