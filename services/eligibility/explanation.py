"""Why: what a criterion says, with the facts filled in, so that a person can check it."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from services.eligibility.facts import value_text
from services.eligibility.rulebooks.criteria import Criterion, Verdict
from services.eligibility.verdicts.tables import Facts

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


def placeholders(text: str) -> list[str]:
    """Return the names of the facts that a text asks for."""
    return _PLACEHOLDER.findall(text)


def stray_braces(text: str) -> bool:
    """Say whether a text has a brace that belongs to no fact."""
    return not {"{", "}"}.isdisjoint(_PLACEHOLDER.sub("", text))


def because(criterion: Criterion, verdict: Verdict, facts: Sequence[Facts]) -> str:
    """Return what a criterion says for a verdict.

    The facts are those of each child who has this verdict; a text that speaks of a child's fact
    names the value of each child, once.
    """
    return _PLACEHOLDER.sub(
        lambda found: _together(value_text(each[found[1]]) for each in facts),
        criterion.says.text(verdict),
    )


def _together(values: Iterable[str]) -> str:
    """Return several values as a person says them: `0-4 and 11-15`."""
    told = list(dict.fromkeys(values))
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
