"""What a caller of the eligibility service is told when something is wrong, never its value."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from services.eligibility.policy import NoRulebookInForce
from services.eligibility.store.decision_store import NoSuchDecision
from shared.errors import CannotSucceed
from shared.problems import faults, problem, tell_common_problems


def tell_problems(app: FastAPI) -> None:
    """Make an application tell every error as a problem that repeats nothing of the request."""
    tell_common_problems(app)

    @app.exception_handler(CannotSucceed)
    async def refused(_: Request, error: CannotSucceed) -> JSONResponse:
        fault = {"field": error.field.removeprefix("data."), "reason": error.reason}
        return problem(422, "The referral is refused", detail=error.advice, errors=[fault])

    @app.exception_handler(ValidationError)
    async def invalid(_: Request, error: ValidationError) -> JSONResponse:
        return problem(422, "The referral is not valid", errors=faults(error.errors()))

    @app.exception_handler(NoSuchDecision)
    async def missing(_: Request, _error: NoSuchDecision) -> JSONResponse:
        return problem(404, "There is no such decision")

    @app.exception_handler(NoRulebookInForce)
    async def no_rulebook(_: Request, error: NoRulebookInForce) -> JSONResponse:
        fault = {"field": "received_at", "reason": "no rulebook is in force on that day"}
        return problem(422, "The referral is refused", detail=str(error), errors=[fault])
