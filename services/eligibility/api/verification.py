"""Verification over HTTP: decisions derived again, and whether they are the same."""

from collections.abc import Iterable
from itertools import islice

from fastapi import FastAPI
from sqlalchemy import Connection

from services.eligibility.api import answers_decisions as api_answers
from services.eligibility.api.words import (
    After,
    Id,
    Json,
    Limit,
    ReferralId,
    Since,
    answers,
    begin_of,
)
from services.eligibility.decisions.archive import PatientArchive
from services.eligibility.decisions.verifying import Verified, verified
from services.eligibility.facts import vocabulary
from services.eligibility.service import EligibilityService
from services.eligibility.store.decision_list import decision_ids, decision_ids_on
from services.eligibility.store.decision_store import latest_decision


def tell_verification(app: FastAPI, service: EligibilityService) -> None:
    """Add the paths that verify decisions to an application."""

    @app.get(
        "/v1/decisions/{decision_id}/verification",
        responses=answers(api_answers.VERIFICATION, 404),
    )
    def one(decision_id: Id) -> Json:
        """Derive a decision again, and say whether it is the same, byte for byte."""
        with service.database.reading() as connection:
            [found] = _verified(service, connection, [decision_id])
        return {**found.told(), "body_digest": found.body_digest or None}

    @app.get(
        "/v1/referrals/{referral_id:path}/verification",
        responses=answers({"referral_id": "R-1", **api_answers.VERIFICATIONS}, 404),
    )
    def on_referral(referral_id: ReferralId) -> Json:
        """Derive every decision on a referral again, and say which are not the same."""
        with service.database.reading() as connection:
            ids = decision_ids_on(connection, referral_id)
            if not ids:
                latest_decision(connection, referral_id)
            found = _verified(service, connection, ids)
        return {"referral_id": referral_id, **_told(found), "next": None}

    @app.get("/v1/verification", responses=answers(api_answers.VERIFICATIONS, 404))
    def since_a_day(since: Since, after: After = None, limit: Limit = 100) -> Json:
        """Derive decisions made since a day again, a page at a time, the first one first.

        It goes by what is kept: facts, rulebook and register. Whether that is what was told, only
        the log can say: see `fosterframe audit verify`.
        """
        with service.database.reading() as connection:
            listed = decision_ids(connection, begin_of(since), after)
            ids = list(islice(listed, limit + 1))
            found = _verified(service, connection, ids[:limit])
        return {**_told(found), "next": ids[limit - 1] if len(ids) > limit else None}


def _verified(
    service: EligibilityService, connection: Connection, ids: Iterable[str]
) -> list[Verified]:
    archive = PatientArchive(vocabulary(service.framework))
    return [verified(archive, connection, each) for each in ids]


def _told(found: list[Verified]) -> Json:
    altered = [each.told() for each in found if not each.is_same]
    return {"verified": len(found), "altered": altered}
