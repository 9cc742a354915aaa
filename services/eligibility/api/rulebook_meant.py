"""Which rulebook a request means: one that is written in it, or one that is known."""

import re
from datetime import date
from typing import Final

from fastapi import HTTPException
from sqlalchemy import Connection

from services.eligibility.api.rulebook_bodies import RulebookText
from services.eligibility.rulebooks.named import IN_FORCE
from services.eligibility.rulebooks.proving import proved
from services.eligibility.service import EligibilityService
from services.eligibility.verdicts.policy import NoRulebookInForce, Policy

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def policy_meant(service: EligibilityService, connection: Connection, told: str) -> Policy:
    """Return the policy of a rulebook that is told as a body tells it.

    Raises:
        FileRefused, RulebookRefused: it is written there, and has faults.
        HTTPException: none is in force today (404).
        NoSuchRulebook: none with that digest is kept.
    """
    if told == IN_FORCE or _DIGEST.fullmatch(told):
        return policy_known(service, connection, told)
    with RulebookText(rulebook=told).as_files() as path:
        return proved(path, service.framework)


def policy_known(
    service: EligibilityService, connection: Connection, named: str, on: date | None = None
) -> Policy:
    """Return the policy of a rulebook that is known by its digest, or is in force on a day.

    Raises:
        HTTPException: none is in force on that day, today if none is named (404).
        NoSuchRulebook: none with that digest is kept.
    """
    if named != IN_FORCE:
        return service.policy_of(connection, named)
    try:
        return service.policies_now(connection).on(on or service.clock.today())
    except NoRulebookInForce as none:
        raise HTTPException(404, str(none)) from None
