"""The HTTP side of the pricing service: fees, placements, reviews, and how a fee came about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any, Final

from fastapi import FastAPI, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from services.pricing import api_json
from services.pricing.desk import Desk
from services.pricing.explain import NothingDue
from services.pricing.fees import NoFeeOn
from services.pricing.standing import NoPlacement, explained, fees_of, standing, timeline_now
from services.pricing.store.reviews import NoReview, review_named
from shared.contracts.fields import URN_PATTERN
from shared.errors import DatabaseAway, FosterframeError
from shared.health import Health

_MEDIA_TYPE: Final = "application/problem+json"
_ID = Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:#-]{0,79}$")
Id = Annotated[str, _ID]
Urn = Annotated[str, Path(pattern=URN_PATTERN)]
Json = dict[str, Any]


def api(desk: Desk, health: Health) -> FastAPI:
    """Return the application; the composition root serves it, on loopback unless told otherwise."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.database.close()

    app = FastAPI(title="Fosterframe pricing", version="1", lifespan=lifespan)
    _tell_problems(app)
    _tell_prices(app, desk)
    _tell_health(app, desk, health)
    return app


def _tell_prices(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/agencies/{urn}/fees")
    def fees(urn: Urn) -> list[Json]:
        """Return every weekly fee of an agency, as it was recorded."""
        return [api_json.fee_told(key, point) for key, point in fees_of(desk, urn)]

    @app.get("/v1/placements/{placement_id}/timeline")
    def timeline(placement_id: Id) -> Json:
        """Return what a placement costs on each day, and what finance was told of it."""
        current = timeline_now(desk, placement_id)
        with desk.database.reading() as connection:
            told = standing(connection, desk, placement_id).told
        return {
            "placement_id": placement_id,
            "timeline": api_json.timeline_told(current),
            "told": [api_json.change_told(change) for change in told],
        }

    @app.get("/v1/placements/{placement_id}/fees/{day}")
    def fee(placement_id: Id, day: date) -> Json:
        """Return the fee of one day, and how it came about."""
        return api_json.explanation_told(explained(desk, placement_id, day))

    @app.get("/v1/reviews/{review_id}")
    def review(review_id: Id) -> Json:
        """Return a price review with its steps and the totals of its last preview."""
        with desk.database.reading() as connection:
            return api_json.review_told(review_named(connection, review_id))


def _tell_health(app: FastAPI, desk: Desk, health: Health) -> None:
    @app.get("/healthz")
    async def alive() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "alive"}

    @app.get("/readyz")
    async def ready() -> JSONResponse:
        """Say whether the service is ready, and if not, why not."""
        found = health.readiness(desk.clock.now())
        told = {"ready": found.is_ready, "reasons": list(found.reasons)}
        return JSONResponse(told, 200 if found.is_ready else 503)


def _tell_problems(app: FastAPI) -> None:
    """Tell every error as a problem, in the form of RFC 9457, that repeats no child's facts."""

    @app.exception_handler(FosterframeError)
    async def refused(_: Request, error: FosterframeError) -> JSONResponse:
        if isinstance(error, DatabaseAway):
            return _problem(503, "The database is away", detail="Try again in a minute.")
        if isinstance(error, NoFeeOn):
            # Not the day: it may be the child's birthday.
            detail = f"No weekly fee for {error.key} on some days of this placement."
            return _problem(409, "A fee is missing", detail=detail)
        if isinstance(error, NoPlacement | NoReview | NothingDue):
            return _problem(404, "There is no such thing", detail=str(error))
        return _problem(422, "Refused", detail=str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        faults = [
            {"field": ".".join(map(str, each["loc"])), "reason": each["msg"]}
            for each in error.errors()
        ]
        return _problem(422, "The request is not valid", errors=faults)

    @app.exception_handler(HTTPException)
    async def other(_: Request, error: HTTPException) -> JSONResponse:
        return _problem(error.status_code, str(error.detail))


def _problem(status: int, title: str, **more: object) -> JSONResponse:
    content = {"type": "about:blank", "title": title, "status": status, **more}
    return JSONResponse(content, status, media_type=_MEDIA_TYPE)
