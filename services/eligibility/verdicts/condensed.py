"""Condenses a table: combinations of facts that come to the same are said in one line.

The lines cover every combination exactly once. Which few questions tell the combinations apart is
found from the table itself, so a line never says more or less than what was judged.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from services.eligibility.facts import Domain, OneOf, SetOf, Value, Whole
from services.eligibility.rulebooks.criteria import MET, NOT_MET, REFER, Verdict
from services.eligibility.verdicts.dimensions import Dimension, comparisons_of, plain_dimensions
from services.eligibility.verdicts.tables import Facts, VerdictTable

WHATEVER: Final = "whatever the facts"
WORST_LAST: Final[Mapping[Verdict, int]] = {MET: 0, REFER: 1, NOT_MET: 2}

L = TypeVar("L", bound=Hashable)
Cell = tuple[Value | None, ...]
"""The answers of a combination to each dimension; None where it no longer matters."""

Cells = dict[Cell, L]


@dataclass(frozen=True, slots=True)
class Line(Generic[L]):
    """Combinations of facts that come to the same.

    Args:
        said: what they come to.
        answers: by dimension the answers that they have; a dimension that is not named is free.
        combinations: how many they are.
    """

    said: L
    answers: tuple[tuple[Dimension, frozenset[Value]], ...]
    combinations: int = 0

    def covers(self, facts: Facts) -> bool:
        """Say whether a combination of facts is one of these."""
        return all(dimension.of(facts) in answers for dimension, answers in self.answers)

    @property
    def when(self) -> str:
        """The line as a person reads it: `solo is yes, and takes solo is not known`."""
        told = [dimension.words(answers) for dimension, answers in self.answers]
        return ", and ".join(told) or WHATEVER


def condensed(table: VerdictTable) -> list[Line[Verdict]]:
    """Return a criterion's table in few lines: those that are met first, the plainest of them."""
    named = [
        (dict(zip(table.facts, values, strict=True)), verdict)
        for values, verdict in table.every_row()
    ]
    lines = fewest_lines(named, plain_dimensions(_domains(table)), comparisons_of(table.criterion))
    return sorted(lines, key=lambda line: (WORST_LAST[line.said], len(line.answers)))


def _domains(table: VerdictTable) -> Iterator[tuple[str, Domain]]:
    """Yield what each fact of a table can be: a table has every combination."""
    columns = zip(*(values for values, _ in table.every_row()), strict=True)
    for name, column in zip(table.facts, columns, strict=True):
        values = tuple(dict.fromkeys(column))
        sets = [each for each in values if isinstance(each, frozenset)]
        numbers = [each for each in values if isinstance(each, int)]
        if sets:
            # Sets of one word come first, in the order of the words.
            yield name, SetOf(tuple(next(iter(each)) for each in sets if len(each) == 1))
        elif numbers:
            yield name, Whole(min(numbers), max(numbers))
        else:
            yield name, OneOf(tuple(each for each in values if isinstance(each, str)))


def fewest_lines(
    combinations: Sequence[tuple[Facts, L]],
    plain: Sequence[Dimension],
    comparisons: Sequence[Dimension],
) -> list[Line[L]]:
    """Return the lines for what each combination comes to.

    Args:
        combinations: each combination once.
        plain: dimensions that tell any two combinations apart.
        comparisons: further ones, which may say the same more shortly.
    """
    if not combinations:
        return []
    lines = _lines(combinations, plain)
    if comparisons:
        compared = _lines(combinations, [*comparisons, *plain])
        lines = min(lines, compared, key=_length)
    return _counted(lines, combinations)


def _length(lines: Sequence[Line[L]]) -> tuple[int, int]:
    return len(lines), sum(len(line.answers) for line in lines)


def _lines(
    combinations: Sequence[tuple[Facts, L]], dimensions: Sequence[Dimension]
) -> list[Line[L]]:
    answers = [tuple(each.of(facts) for each in dimensions) for facts, _ in combinations]
    said = [label for _, label in combinations]
    cells, needed = _needed(answers, said, dimensions)
    found = _merged(_split(cells, len(needed)), [frozenset(each.every()) for each in needed])
    return [
        Line(label, tuple((needed[place], allowed) for place, allowed in sorted(told.items())))
        for told, label in found
    ]


def _needed(
    answers: Sequence[Cell], said: Sequence[L], dimensions: Sequence[Dimension]
) -> tuple[Cells[L], list[Dimension]]:
    """Return the cells by no more dimensions than it takes; the last ones go first."""
    kept = list(range(len(dimensions)))
    cells = dict(zip(answers, said, strict=True))
    for place in reversed(range(len(dimensions))):
        fewer = _without(cells, kept.index(place))
        if fewer is not None:
            cells = fewer
            kept.remove(place)
    return cells, [dimensions[place] for place in kept]


def _without(cells: Cells[L], place: int) -> Cells[L] | None:
    """Return the cells without a dimension, or None if it tells some of them apart."""
    fewer: Cells[L] = {}
    for cell, label in cells.items():
        if fewer.setdefault(cell[:place] + cell[place + 1 :], label) != label:
            return None
    return fewer


Told = dict[int, frozenset[Value]]
"""By the place of a dimension the answers that are allowed."""


def _split(cells: Cells[L], count: int) -> list[tuple[Told, L]]:
    """Return what covers the cells: by the most telling dimension first, then by the others."""
    labels = set(cells.values())
    if len(labels) == 1:
        return [({}, labels.pop())]
    free = [place for place in range(count) if next(iter(cells))[place] is not None]
    splits = {place: _groups(cells, place) for place in free}
    best = min(free, key=lambda place: _lines_at_least(splits[place]))
    found: list[tuple[Told, L]] = []
    for values, group in splits[best]:
        here: Told = {best: frozenset(values)} if len(splits[best]) > 1 else {}
        found += [(here | told, label) for told, label in _split(group, count)]
    return found


def _lines_at_least(groups: Sequence[tuple[list[Value], Cells[L]]]) -> tuple[int, int]:
    return sum(len(set(cells.values())) for _, cells in groups), len(groups)


def _groups(cells: Cells[L], place: int) -> list[tuple[list[Value], Cells[L]]]:
    """Return the answers to one dimension, those together after which the rest is the same."""
    by_answer: dict[Value, Cells[L]] = defaultdict(dict)
    for cell, label in cells.items():
        answer = cell[place]
        if answer is not None:
            by_answer[answer][(*cell[:place], None, *cell[place + 1 :])] = label
    groups: list[tuple[list[Value], Cells[L]]] = []
    for answer, rest in by_answer.items():
        for answers, joined in groups:
            if all(joined.get(cell, label) == label for cell, label in rest.items()):
                answers.append(answer)
                joined.update(rest)
                break
        else:
            groups.append(([answer], rest))
    return groups


def _merged(
    found: Iterable[tuple[Told, L]], every: Sequence[frozenset[Value]]
) -> list[tuple[Told, L]]:
    """Return the same with those joined that differ in one dimension only, until none do."""
    whole = [
        ([told.get(place, full) for place, full in enumerate(every)], label)
        for told, label in found
    ]
    before = -1
    while before != len(whole):
        before = len(whole)
        for place in range(len(every)):
            whole = _joined(whole, place)
    return [
        ({place: told[place] for place, full in enumerate(every) if told[place] != full}, label)
        for told, label in whole
    ]


def _joined(
    whole: Sequence[tuple[list[frozenset[Value]], L]], place: int
) -> list[tuple[list[frozenset[Value]], L]]:
    alike: dict[tuple[object, L], tuple[list[frozenset[Value]], L]] = {}
    for told, label in whole:
        rest = (*told[:place], *told[place + 1 :])
        if (rest, label) in alike:
            alike[rest, label][0][place] |= told[place]
        else:
            alike[rest, label] = (list(told), label)
    return list(alike.values())


def _counted(lines: Sequence[Line[L]], combinations: Sequence[tuple[Facts, L]]) -> list[Line[L]]:
    counts = [0] * len(lines)
    for facts, _ in combinations:
        counts[next(place for place, line in enumerate(lines) if line.covers(facts))] += 1
    return [Line(line.said, line.answers, count) for line, count in zip(lines, counts, strict=True)]
