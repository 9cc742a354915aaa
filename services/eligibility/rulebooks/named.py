"""Which rulebook a person means: a file, the one in force, or one that is kept."""

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from services.eligibility.rulebooks.proving import proved
from services.eligibility.service import EligibilityService
from services.eligibility.store.rulebook_store import Kept, kept_rulebooks
from services.eligibility.verdicts.policy import Policy
from shared.errors import FosterframeError
from shared.framework.framework import Framework

IN_FORCE: Final = "in-force"
"""Stands for the rulebook that is in force today."""

FEWEST_DIGITS: Final = 6
"""A digest may be shortened to so many digits."""

OpenService = Callable[[], AbstractContextManager[EligibilityService]]


class NoSuchRulebookKept(FosterframeError):  # noqa: N818 - a fact about the store
    """What was asked for is neither a file nor a rulebook that is kept, or is several."""


def policy_named(told: str, framework: Framework, open_service: OpenService) -> Policy:
    """Return the policy that a person names; the database is opened only if it must be.

    Args:
        told: a file; `in-force`; or the version, or the first digits of the digest, of a rulebook
            that is kept.
        framework: in whose words a file is written.
        open_service: gives the service on its database.

    Raises:
        FileRefused, RulebookRefused: as for `proved`.
        NoRulebookInForce: none is in force today.
        NoSuchRulebookKept: there is none of that name, or there are several.
    """
    if Path(told).suffix in {".yaml", ".yml"} or os.path.isfile(told):  # noqa: PTH113 - any text
        return proved(Path(told), framework)
    with open_service() as service, service.database.reading() as connection:
        if told == IN_FORCE:
            return service.policies_now(connection).on(service.clock.today())
        return service.policy_of(connection, digest_named(told, kept_rulebooks(connection)))


def digest_named(told: str, kept: Mapping[str, Kept]) -> str:
    """Return the digest of the rulebook that a person names, of those that are kept.

    Args:
        told: its version, its name and version, or the first digits of its digest.
        kept: all that are, by their digests.

    Raises:
        NoSuchRulebookKept: there is none of that name, or there are several.
    """
    found = [
        each
        for each in kept.values()
        if told in {each.version, str(each)}
        or (len(told) >= FEWEST_DIGITS and each.digest.startswith(told))
    ]
    if len(found) == 1:
        return found[0].digest
    named = ", ".join(f"{each} ({each.digest[:12]})" for each in found or kept.values())
    which = "Several rulebooks are" if found else "No file and no rulebook that is kept is"
    raise NoSuchRulebookKept(f"{which} called {told}. Name one of these by its digest: {named}.")
