"""What a caller of the eligibility service is told when something is wrong: no child's facts."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from services.eligibility.decisions.why import NoSuchAgency
from services.eligibility.register.importing import PreviewOutdated
from services.eligibility.rulebooks.examining import ActivationRefused
from services.eligibility.rulebooks.rulebook import RulebookRefused
from services.eligibility.store.concerns import NoSuchConcern
from services.eligibility.store.decision_store import DecisionAltered, NoSuchDecision
from services.eligibility.store.rulebook_store import NoSuchRulebook
from services.eligibility.trials.shadow_report import NoShadow
from services.eligibility.verdicts.policy import NoRulebookInForce
from shared.errors import CannotSucceed, FileRefused, FosterframeError, MayYetSucceed
from shared.problems import faults, problem, tell_common_problems

MOST_FAULTS = 100
"""How many faults of one file are told."""


def tell_problems(app: FastAPI) -> None:
    """Make an application tell every error as a problem that repeats nothing of a referral."""
    tell_common_problems(app)
    _tell_referrals(app)
    _tell_files(app)
    for missing in (NoShadow, NoSuchAgency, NoSuchConcern, NoSuchRulebook):
        app.add_exception_handler(missing, _missing)
    for conflict in (ActivationRefused, PreviewOutdated):
        app.add_exception_handler(conflict, _conflict)

    @app.exception_handler(FosterframeError)
    async def other(_: Request, error: FosterframeError) -> JSONResponse:
        return problem(422, "Refused", detail=str(error))

    @app.exception_handler(MayYetSucceed)
    async def later(_: Request, error: MayYetSucceed) -> JSONResponse:
        return problem(503, "It cannot be done yet", detail=f"{error.reason}. {error.advice}")


def _tell_referrals(app: FastAPI) -> None:
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

    @app.exception_handler(DecisionAltered)
    async def altered(_: Request, error: DecisionAltered) -> JSONResponse:
        which = error.decision_id
        return problem(409, "A decision is not what was told", detail=str(error), decision_id=which)

    @app.exception_handler(NoRulebookInForce)
    async def no_rulebook(_: Request, error: NoRulebookInForce) -> JSONResponse:
        fault = {"field": "received_at", "reason": "no rulebook is in force on that day"}
        return problem(422, "The referral is refused", detail=str(error), errors=[fault])


def _tell_files(app: FastAPI) -> None:
    @app.exception_handler(FileRefused)
    async def file_refused(_: Request, error: FileRefused) -> JSONResponse:
        told = [
            {
                "file": Path(fault.file).name,
                "line": fault.line,
                "field": fault.key,
                "reason": f"found {fault.found}; allowed: {fault.allowed}",
            }
            for fault in error.faults[:MOST_FAULTS]
        ]
        return problem(422, "The file is refused", detail=_counted(error.faults), errors=told)

    @app.exception_handler(RulebookRefused)
    async def rulebook_refused(_: Request, error: RulebookRefused) -> JSONResponse:
        told = [
            {
                "file": Path(fault.place.file).name,
                "line": fault.place.line,
                "reason": fault.reason,
            }
            for fault in error.faults[:MOST_FAULTS]
        ]
        return problem(422, "The rulebook is refused", detail=_counted(error.faults), errors=told)


def _counted(found: tuple[object, ...]) -> str:
    return f"{len(found)} faults; nothing was taken." if len(found) != 1 else "Nothing was taken."


async def _missing(_: Request, error: Exception) -> JSONResponse:
    return problem(404, "There is no such thing", detail=str(error))


async def _conflict(_: Request, error: Exception) -> JSONResponse:
    return problem(409, "It cannot be done as things stand", detail=str(error))
