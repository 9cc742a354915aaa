"""What an HTTP caller is told when something is wrong: which field and why, never its value."""

from collections.abc import Sequence
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from services.eligibility.policy import NoRulebookInForce
from services.eligibility.store.decision_store import NoSuchDecision
from shared.errors import CannotSucceed, DatabaseAway

MEDIA_TYPE: Final = "application/problem+json"


def problem(status: int, title: str, **more: object) -> JSONResponse:
    """Return a problem as RFC 9457 writes it."""
    content = {"type": "about:blank", "title": title, "status": status, **more}
    return JSONResponse(content, status, media_type=MEDIA_TYPE)


def tell_problems(app: FastAPI) -> None:
    """Make an application tell every error as a problem that repeats nothing of the request."""

    @app.exception_handler(CannotSucceed)
    async def refused(_: Request, error: CannotSucceed) -> JSONResponse:
        fault = {"field": error.field.removeprefix("data."), "reason": error.reason}
        return problem(422, "The referral is refused", detail=error.advice, errors=[fault])

    @app.exception_handler(ValidationError)
    async def invalid(_: Request, error: ValidationError) -> JSONResponse:
        return problem(422, "The referral is not valid", errors=_faults(error.errors()))

    @app.exception_handler(RequestValidationError)
    async def invalid_request(_: Request, error: RequestValidationError) -> JSONResponse:
        return problem(422, "The request is not valid", errors=_faults(error.errors()))

    @app.exception_handler(NoSuchDecision)
    async def missing(_: Request, _error: NoSuchDecision) -> JSONResponse:
        return problem(404, "There is no such decision")

    @app.exception_handler(NoRulebookInForce)
    async def no_rulebook(_: Request, error: NoRulebookInForce) -> JSONResponse:
        fault = {"field": "received_at", "reason": "no rulebook is in force on that day"}
        return problem(422, "The referral is refused", detail=str(error), errors=[fault])

    @app.exception_handler(DatabaseAway)
    async def away(_: Request, _error: DatabaseAway) -> JSONResponse:
        return problem(503, "The database is away", detail="Try again in a minute.")

    @app.exception_handler(HTTPException)
    async def other(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail))


def _faults(errors: Sequence[object]) -> list[dict[str, str]]:
    found = []
    for error in errors:
        if isinstance(error, dict):
            is_json = error["type"] == "json_invalid"
            # A name that the sender made up could say anything.
            path = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
            reason = "it is not JSON that can be read" if is_json else error["msg"]
            found.append({"field": ".".join(map(str, path)), "reason": reason})
    return found
