"""Proves the rulebook of a file: read, tabulated, and held to its promises."""

from pathlib import Path

from services.eligibility.facts import vocabulary
from services.eligibility.rulebooks.rulebook_yaml import read_rulebook
from services.eligibility.verdicts.engine import Engine
from services.eligibility.verdicts.policy import Policy, activate
from shared.framework.framework import Framework


def proved(file: Path, framework: Framework) -> Policy:
    """Return the rulebook of a file, tabulated and proved.

    Raises:
        FileRefused: the file has faults.
        RulebookRefused: the rulebook contradicts itself or its promises.
    """
    rulebook = read_rulebook(file, vocabulary(framework))
    return activate(rulebook, Engine(rulebook), framework.shortlist_order)
