"""Fees and counts of placements over HTTP: what is handed in, looked at again, and quoted."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import FastAPI, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from services.pricing.api.answers import imported_told, quote_told, repriced_told, volume_told
from services.pricing.api.files import csv_body, tell_refused_files, text_handed_in
from services.pricing.api.placements_examples import (
    COUNTED,
    COUNTING,
    CSV_OF_PRICES,
    IMPORTED,
    QUOTED,
    REPRICED,
    REPRICING,
    answers,
)
from services.pricing.desk import Desk
from services.pricing.fee_book.importing import FeesRefused, Imported, import_fees
from services.pricing.fee_book.prices_csv import prices_of
from services.pricing.fee_book.quoting import Enquiry, NoQuote, NotInFramework, quoted
from services.pricing.fees import FeeKey
from services.pricing.placements.repricing import reprice_each
from services.pricing.placements.tick import tick
from services.pricing.placements.volume_counting import count_volume
from services.pricing.timeline import Cause
from shared.caller import Actor
from shared.contracts.fields import AgeBand, AgencyUrn, Reference, Word
from shared.contracts.placement import SiblingNumber
from shared.framework.csv_file import CsvFile
from shared.framework.fields import Day
from shared.problems import problem

Json = dict[str, Any]

LARGEST_FILE_BYTES: Final = 16 * 1024 * 1024
_NAME: Final = Path("request-body")

_Day = Annotated[Day, Field(ge=date(1990, 1, 1), lt=date(2190, 1, 1))]
"""A day that a placement can have: far enough from both ends of the calendar to count from."""


class Counting(BaseModel):
    """A count of the live placements, for the volume discount.

    Args:
        counted_on: the day whose live placements are counted; no later than today.
        effective_from: the day from which the count decides.
    """

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, json_schema_extra={"examples": [COUNTING]}
    )

    counted_on: _Day
    effective_from: _Day


class Repricing(BaseModel):
    """A second look at every placement.

    Args:
        because: where it was decided.
    """

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, json_schema_extra={"examples": [REPRICING]}
    )

    because: Reference


class Asked(BaseModel):
    """What a week would cost: of whom, for whom and from which day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agency: Annotated[AgencyUrn, Field(examples=["SC990001"])]
    purchaser: Annotated[Word, Field(examples=["kent"])]
    placement_type: Annotated[Word, Field(examples=["core"])]
    need_category: Annotated[Word, Field(examples=["standard"])]
    age_band: Annotated[AgeBand, Field(examples=["5-10"])]
    on: Annotated[_Day, Field(description="The first day.", examples=["2026-04-01"])]
    solo: Annotated[bool, Field(description="No other child is in the household.")] = False
    sibling_number: SiblingNumber = 1

    @property
    def enquiry(self) -> Enquiry:
        """The same in the words of pricing."""
        key = FeeKey(
            self.agency, self.purchaser, self.placement_type, self.need_category, self.age_band
        )
        return Enquiry(key, self.on, self.solo, self.sibling_number)


def tell_placements(app: FastAPI, desk: Desk) -> None:
    """Add these requests to the application."""
    tell_refused_files(app)
    app.add_exception_handler(FeesRefused, _cannot_now)
    app.add_exception_handler(NoQuote, _no_quote)
    app.add_exception_handler(NotInFramework, _strange_words)
    _tell_fees(app, desk)
    _tell_second_looks(app, desk)
    _tell_quotes(app, desk)


def _tell_fees(app: FastAPI, desk: Desk) -> None:
    @app.post(
        "/v1/fees",
        responses=answers(IMPORTED, 401, 409, 413, 415),
        openapi_extra=csv_body(CSV_OF_PRICES),
    )
    async def fees(request: Request, actor: Actor) -> Json:
        """Record the fees of a prices file that are not known yet, and tell finance."""
        text = await text_handed_in(request, _NAME, LARGEST_FILE_BYTES)
        return imported_told(await run_in_threadpool(_imported, desk, text, actor))


def _tell_second_looks(app: FastAPI, desk: Desk) -> None:
    @app.post("/v1/volume-counts", responses=answers(COUNTED, 401))
    def count(body: Counting, actor: Actor) -> Json:
        """Count each agency's live placements for the volume discount, and tell finance."""
        return volume_told(count_volume(desk, body.counted_on, body.effective_from, actor=actor))

    @app.post("/v1/ticks", responses=answers(REPRICED, 401))
    def move_horizon(_actor: Actor) -> Json:
        """Tell finance what the calendar brings within the notice period."""
        # The day is its cause, whoever asks: so it and the daily task tell nothing twice.
        return repriced_told(tick(desk))

    @app.post("/v1/repricings", responses=answers(REPRICED, 401))
    def look_again(body: Repricing, actor: Actor) -> Json:
        """Look at every placement again, after the pack's discounts or supplements changed."""
        because = Cause("correction", body.because, desk.clock.today())
        return repriced_told(reprice_each(desk, f"reprice:{actor}:{body.because}", because))


def _tell_quotes(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/quotes", responses=answers(QUOTED, 404))
    def quote(asked: Annotated[Asked, Query()]) -> Json:
        """Return what a week would cost from its first day on: the fee, and what is due on it."""
        return quote_told(asked.enquiry, quoted(desk, asked.enquiry))


def _imported(desk: Desk, text: str, actor: str) -> Imported:
    told = prices_of(CsvFile.of_text(_NAME, text), desk.framework)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return import_fees(desk, told, cause_id=f"{actor}:{digest}")


async def _cannot_now(_: Request, error: Exception) -> JSONResponse:
    return problem(409, "Fees cannot be taken in now", detail=str(error))


async def _no_quote(_: Request, error: Exception) -> JSONResponse:
    return problem(404, "The framework holds no such fee", detail=str(error))


async def _strange_words(_: Request, error: Exception) -> JSONResponse:
    words = error.words if isinstance(error, NotInFramework) else {}
    errors = [
        {"field": f"query.{what}", "reason": f"the framework knows {', '.join(known)}"}
        for what, known in words.items()
    ]
    return problem(422, "The framework does not know these words", errors=errors)
