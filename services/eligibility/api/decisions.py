"""Decisions over HTTP: as they were made, listed, and what would be decided."""

from typing import Annotated, Final
from uuid import uuid4

from fastapi import FastAPI, Query, Response

from services.eligibility.api import answers_decisions as api_answers
from services.eligibility.api.bodies import MessageSent
from services.eligibility.api.examples import REFERRAL
from services.eligibility.api.words import (
    JSON,
    After,
    Id,
    Json,
    Limit,
    ReferralId,
    SinceOrNot,
    answers,
    begin_of,
    in_full,
    page,
    problems,
)
from services.eligibility.decisions.archive import Archive, Derived
from services.eligibility.decisions.decided import DecisionWriter
from services.eligibility.decisions.deciding import decided
from services.eligibility.received import referral_from
from services.eligibility.service import EligibilityService
from services.eligibility.store.decision_list import decisions_listed
from services.eligibility.store.decision_store import DecisionAltered, latest_decision
from services.eligibility.store.register_store import read_register
from shared.contracts.decision import EligibilityDecided
from shared.contracts.referral import ReferralReceived
from shared.errors import CannotSucceed

_ASKED: Final = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": in_full(ReferralReceived.model_json_schema()), "example": REFERRAL}
        },
    }
}
_OnReferral = Annotated[
    str | None,
    Query(min_length=1, max_length=80, description="On this referral only.", examples=["R-1"]),
]


def tell_decisions(app: FastAPI, service: EligibilityService, archive: Archive) -> None:
    """Add the paths of decisions to an application."""
    _tell_listed(app, service)
    _tell_made(app, service, archive)
    _tell_what_if(app, service)


def _tell_listed(app: FastAPI, service: EligibilityService) -> None:
    @app.get("/v1/decisions", responses=answers(api_answers.DECISIONS, 404, 409))
    def decisions(
        referral_id: _OnReferral = None,
        since: SinceOrNot = None,
        after: After = None,
        limit: Limit = 100,
    ) -> Json:
        """Return decisions in short, the last one first, and which of them count."""
        with service.database.reading() as connection:
            found = decisions_listed(
                connection,
                limit=limit + 1,
                referral_id=referral_id,
                since=None if since is None else begin_of(since),
                after=after,
            )
        return page("decisions", [each.told() for each in found], limit, "decision_id")

    @app.get(
        "/v1/referrals/{referral_id:path}/decisions",
        responses=answers({"referral_id": "R-1", **api_answers.DECISIONS}, 404, 409),
    )
    def on_referral(referral_id: ReferralId, after: After = None, limit: Limit = 100) -> Json:
        """Return every decision on a referral in short, the last one first."""
        with service.database.reading() as connection:
            latest_decision(connection, referral_id)
            found = decisions_listed(
                connection, limit=limit + 1, referral_id=referral_id, after=after
            )
        told = page("decisions", [each.told() for each in found], limit, "decision_id")
        return {"referral_id": referral_id, **told}


def _tell_made(app: FastAPI, service: EligibilityService, archive: Archive) -> None:
    responses = _decided(api_answers.DECISION) | problems(404, 409)

    @app.get("/v1/decisions/{decision_id}", response_class=Response, responses=responses)
    def one_decision(decision_id: Id) -> Response:
        """Return a decision, derived again from what it was made of."""
        with service.database.reading() as connection:
            return _told(archive.by_id(connection, decision_id))

    @app.get(
        "/v1/referrals/{referral_id:path}/decision", response_class=Response, responses=responses
    )
    def counting_decision(referral_id: ReferralId) -> Response:
        """Return the decision on a referral that counts, derived again."""
        with service.database.reading() as connection:
            return _told(archive.latest(connection, referral_id))


def _tell_what_if(app: FastAPI, service: EligibilityService) -> None:
    @app.post(
        "/v1/decisions",
        openapi_extra=_ASKED,
        response_class=Response,
        responses=_decided(api_answers.WHAT_IF) | problems(413),
    )
    def what_if(body: MessageSent) -> Response:
        """Return what would be decided on a referral now; nothing is stored or told."""
        return Response(_what_if(service, body), media_type=JSON)


def _decided(example: Json) -> dict[int | str, Json]:
    content = {
        JSON: {"schema": in_full(EligibilityDecided.model_json_schema()), "example": example}
    }
    return {200: {"content": content}}


def refuse_altered(derived: Derived) -> None:
    """Refuse to tell a decision that comes out otherwise than it was told.

    Raises:
        DecisionAltered: it does.
    """
    if not derived.is_same:
        raise DecisionAltered(
            derived.stored.decision_id, "derived again, it is not the one whose digest is kept"
        )


def _told(derived: Derived) -> Response:
    refuse_altered(derived)
    return Response(derived.body, media_type=JSON)


def _what_if(service: EligibilityService, body: bytes) -> bytes:
    told = ReferralReceived.model_validate_json(body)
    for field, reason in told.contradictions():
        raise CannotSucceed(reason, field=field, advice="Correct the field and ask again.")
    referral = referral_from(told, service.framework)
    with service.database.reading() as connection:
        policy = service.policies_now(connection).in_force(told.received_at)
        register = read_register(connection)
    decision = decided(referral, register.panel(referral.start_date), policy)
    writer = DecisionWriter(service.framework.digest)
    head = writer.head(decision, f"what-if-{uuid4()}", service.clock.now())
    return writer.written(head, decision)
