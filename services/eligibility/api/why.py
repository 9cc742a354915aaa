"""Why a decision is as it is, over HTTP: every agency by every criterion, or one agency."""

from typing import Annotated

from fastapi import FastAPI, Query

from services.eligibility.api import answers_decisions as api_answers
from services.eligibility.api.decisions import refuse_altered
from services.eligibility.api.words import Id, Json, ReferralId, answers
from services.eligibility.decisions.archive import Archive, Derived
from services.eligibility.decisions.why import explain
from services.eligibility.decisions.why_told import told_why, told_why_agency
from services.eligibility.service import EligibilityService
from shared.contracts.fields import URN_PATTERN

_OfAgency = Annotated[
    str | None,
    Query(pattern=URN_PATTERN, description="One agency; every one if none is named."),
]


def tell_why(app: FastAPI, service: EligibilityService, archive: Archive) -> None:
    """Add the paths that explain decisions to an application."""
    responses = answers(api_answers.WHY, 404, 409)

    @app.get("/v1/decisions/{decision_id}/why", responses=responses)
    def why(decision_id: Id, agency: _OfAgency = None) -> Json:
        """Explain a decision: what each criterion read of whom, what it says, on what ground."""
        with service.database.reading() as connection:
            return _told(archive.by_id(connection, decision_id), agency)

    @app.get("/v1/referrals/{referral_id:path}/why", responses=responses)
    def why_on_referral(referral_id: ReferralId, agency: _OfAgency = None) -> Json:
        """Explain the decision on a referral that counts."""
        with service.database.reading() as connection:
            return _told(archive.latest(connection, referral_id), agency)


def _told(derived: Derived, agency: str | None) -> Json:
    refuse_altered(derived)
    explanation = explain(derived.decision)
    if agency is None:
        return told_why(derived.stored, explanation)
    return told_why_agency(derived.stored, explanation, agency)
