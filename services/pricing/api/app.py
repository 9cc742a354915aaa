"""The HTTP side of the pricing service: fees, placements, reviews, and how a fee came about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from fastapi.responses import JSONResponse

from services.pricing.api import answers
from services.pricing.api.figures import tell_figures
from services.pricing.api.finance import tell_finance
from services.pricing.api.placements import tell_placements
from services.pricing.api.reviews import tell_reviews
from services.pricing.desk import Desk
from services.pricing.explaining.explain import NothingDue
from services.pricing.fees import NoFeeOn
from services.pricing.placements.standing import (
    NoPlacement,
    explained,
    fees_of,
    standing,
    timeline_now,
)
from services.pricing.store.reviews import NoReview
from shared.contracts.fields import URN_PATTERN
from shared.errors import FosterframeError
from shared.problems import problem, tell_common_problems

_ID = Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:#-]{0,79}$")
Id = Annotated[str, _ID]
Urn = Annotated[str, Path(pattern=URN_PATTERN)]
Json = dict[str, Any]


def api(desk: Desk) -> FastAPI:
    """Return the application; the composition root serves it, and adds the probes."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.database.close()

    app = FastAPI(title="Fosterframe pricing", version="1", lifespan=lifespan)
    _tell_problems(app)
    _tell_prices(app, desk)
    tell_figures(app, desk)
    tell_finance(app, desk)
    tell_placements(app, desk)
    tell_reviews(app, desk)
    return app


def _tell_prices(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/agencies/{urn}/fees")
    def fees(urn: Urn) -> list[Json]:
        """Return every weekly fee of an agency, as it was recorded."""
        return [answers.fee_told(key, point) for key, point in fees_of(desk, urn)]

    @app.get("/v1/placements/{placement_id}/timeline")
    def timeline(placement_id: Id) -> Json:
        """Return what a placement costs on each day, and what finance was told of it."""
        current = timeline_now(desk, placement_id)
        with desk.database.reading() as connection:
            told = standing(connection, desk, placement_id).told
        return {
            "placement_id": placement_id,
            "timeline": answers.timeline_told(current),
            "told": [answers.change_told(change) for change in told],
        }

    @app.get("/v1/placements/{placement_id}/fees/{day}")
    def fee(placement_id: Id, day: date) -> Json:
        """Return the fee of one day, and how it came about."""
        return answers.explanation_told(explained(desk, placement_id, day))


def _tell_problems(app: FastAPI) -> None:
    """Tell every error as a problem that repeats no child's facts."""
    tell_common_problems(app)

    @app.exception_handler(FosterframeError)
    async def refused(_: Request, error: FosterframeError) -> JSONResponse:
        return problem(422, "Refused", detail=str(error))

    @app.exception_handler(NoFeeOn)
    async def no_fee(_: Request, error: NoFeeOn) -> JSONResponse:
        # Not the day: it may be the child's birthday.
        detail = f"No weekly fee for {error.key} on some days of this placement."
        return problem(409, "A fee is missing", detail=detail)

    for missing in (NoPlacement, NoReview, NothingDue):
        app.add_exception_handler(missing, _not_found)


async def _not_found(_: Request, error: Exception) -> JSONResponse:
    return problem(404, "There is no such thing", detail=str(error))
