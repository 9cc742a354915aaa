"""The HTTP side of the eligibility service: decisions as they were made, and what-if."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from services.eligibility.api_problems import tell_problems
from services.eligibility.archive import Derived
from services.eligibility.decided import DecisionWriter
from services.eligibility.decision import decide
from services.eligibility.received import referral_from
from services.eligibility.service import EligibilityService
from services.eligibility.store.register_store import read_register
from shared.contracts.event import LARGEST_BODY_BYTES
from shared.contracts.referral import ReferralReceived
from shared.errors import CannotSucceed
from shared.problems import problem

_JSON: Final = "application/json"
_REFERRAL: Final = {
    "requestBody": {
        "required": True,
        "content": {_JSON: {"schema": ReferralReceived.model_json_schema()}},
    }
}


def api(service: EligibilityService) -> FastAPI:
    """Return the application; the composition root serves it, and adds the probes."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.database.close()

    app = FastAPI(title="Fosterframe eligibility", version="1", lifespan=lifespan)
    tell_problems(app)
    _tell_decisions(app, service)
    return app


def _tell_decisions(app: FastAPI, service: EligibilityService) -> None:
    archive = service.archive()

    @app.get("/v1/decisions/{decision_id}")
    def one_decision(decision_id: str) -> Response:
        """Return a decision, derived again from what it was made of."""
        with service.database.reading() as connection:
            return _told(archive.by_id(connection, decision_id))

    @app.get("/v1/referrals/{referral_id}/decision")
    def latest_decision(referral_id: str) -> Response:
        """Return the last decision on a referral, derived again."""
        with service.database.reading() as connection:
            return _told(archive.latest(connection, referral_id))

    @app.post("/v1/decisions", openapi_extra=_REFERRAL)
    async def what_if(request: Request) -> Response:
        """Return what would be decided on a referral now; nothing is stored or told."""
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_BODY_BYTES:
                return problem(413, f"The body is larger than {LARGEST_BODY_BYTES} bytes")
        told = await run_in_threadpool(_what_if, service, bytes(body))
        return Response(told, media_type=_JSON)


def _told(derived: Derived) -> Response:
    if not derived.is_same:
        return problem(
            409,
            "The decision cannot be derived again",
            detail="What it was made of is not what it was. See: fosterframe audit verify.",
        )
    return Response(derived.body, media_type=_JSON)


def _what_if(service: EligibilityService, body: bytes) -> bytes:
    told = ReferralReceived.model_validate_json(body)
    for field, reason in told.contradictions():
        raise CannotSucceed(reason, field=field, advice="Correct the field and ask again.")
    policy = service.policies.in_force(told.received_at)
    referral = referral_from(told, service.framework)
    with service.database.reading() as connection:
        register = read_register(connection)
    decision = decide(referral, register.panel(referral.start_date), policy)
    writer = DecisionWriter(service.framework.digest)
    head = writer.head(decision, f"what-if-{uuid4()}", service.clock.now())
    return writer.written(head, decision)
