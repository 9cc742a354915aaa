"""What an HTTP caller is told when something is wrong: RFC 9457, and nothing of the request."""

from collections.abc import Sequence
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.errors import DatabaseAway

MEDIA_TYPE: Final = "application/problem+json"


def problem(status: int, title: str, **more: object) -> JSONResponse:
    """Return a problem as RFC 9457 writes it."""
    content = {"type": "about:blank", "title": title, "status": status, **more}
    return JSONResponse(content, status, media_type=MEDIA_TYPE)


def tell_common_problems(app: FastAPI) -> None:
    """Make an application tell as a problem what can go wrong with any request."""

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return problem(422, "The request is not valid", errors=faults(error.errors()))

    @app.exception_handler(DatabaseAway)
    async def away(_: Request, _error: DatabaseAway) -> JSONResponse:
        return problem(503, "The database is away", detail="Try again in a minute.")

    @app.exception_handler(HTTPException)
    async def other(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail))


def faults(errors: Sequence[object]) -> list[dict[str, str]]:
    """Return which fields are wrong and why, without what they said."""
    found = []
    for error in errors:
        if isinstance(error, dict):
            is_json = error["type"] == "json_invalid"
            # A name that the sender made up could say anything.
            path = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
            reason = "it is not JSON that can be read" if is_json else error["msg"]
            found.append({"field": ".".join(map(str, path)), "reason": reason})
    return found
