"""What an HTTP caller is told when something is wrong: RFC 9457, and nothing of the request."""

from collections.abc import Sequence
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.errors import DatabaseAway

MEDIA_TYPE: Final = "application/problem+json"

AWAY_SECONDS: Final = 10
"""When it is worth asking again where the database was away."""

_AWAY: Final = (
    "It did not answer, or was lost on the way. Ask again in a moment; if it stays so, tell "
    "whoever runs the service; /readyz says how it stands."
)
_READ_ONLY: Final = frozenset({"GET", "HEAD"})
_AWAY_READING: Final = f"{_AWAY} Nothing was changed."
_AWAY_WRITING: Final = (
    f"{_AWAY} Whether what was asked was done is not known: look before you ask again."
)


def problem(
    status: int, title: str, *, again_after_seconds: int | None = None, **more: object
) -> JSONResponse:
    """Return a problem as RFC 9457 writes it.

    Args:
        status: of HTTP.
        title: what is wrong.
        again_after_seconds: when it is worth asking again; None where it is not.
        more: further members, such as `detail`.
    """
    content = {"type": "about:blank", "title": title, "status": status, **more}
    headers = {} if again_after_seconds is None else {"Retry-After": str(again_after_seconds)}
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)


def tell_common_problems(app: FastAPI) -> None:
    """Make an application tell as a problem what can go wrong with any request."""

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return problem(422, "The request is not valid", errors=faults(error.errors()))

    @app.exception_handler(DatabaseAway)
    async def away(request: Request, _error: DatabaseAway) -> JSONResponse:
        return problem(
            503,
            "The database is away",
            again_after_seconds=AWAY_SECONDS,
            detail=_AWAY_READING if request.method in _READ_ONLY else _AWAY_WRITING,
        )

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
