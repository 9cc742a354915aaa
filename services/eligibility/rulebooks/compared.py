"""In what one rulebook differs from another, in words, where this version can read both."""

from collections.abc import Callable

from services.eligibility.differences.rulebook_diff import difference
from services.eligibility.differences.words import sentences
from services.eligibility.verdicts.policy import Policy
from shared.errors import MayYetSucceed


def changes(old: Callable[[], Policy], new: Callable[[], Policy]) -> list[str]:
    """Return in what a rulebook differs from an old one, or why that cannot be said.

    Whoever replaces one that cannot be read must be able to.
    """
    try:
        return sentences(difference(old(), new()))
    except MayYetSucceed as unread:
        return [f"In what it differs cannot be said: {unread}."]
