"""Inflation rates and minimum wages over HTTP: what is known, what is needed, and new files."""

from datetime import date
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

from fastapi import FastAPI, HTTPException, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from services.pricing.api.answers_figures import (
    index_told,
    judged_told,
    needs_told,
    rate_told,
    taken_told,
)
from services.pricing.api.figures_examples import (
    CSV_OF_INDEX,
    CSV_OF_WAGES,
    INDEX_PAGE,
    INDEX_TAKEN,
    NEEDS,
    WAGES_PAGE,
    WAGES_TAKEN,
    answers,
)
from services.pricing.api.files import csv_body, tell_refused_files, text_handed_in
from services.pricing.desk import Desk
from services.pricing.figures.desk import HandedIn, needs_of, take_index, take_wages
from services.pricing.figures.judged import FiguresRefused
from services.pricing.indices import SERIES
from services.pricing.store.figures import index_book, wage_book
from services.pricing.terms.pack_yaml import read_terms
from shared.caller import Actor
from shared.problems import problem
from shared.settings import settings_from

Json = dict[str, Any]

LARGEST_FILE_BYTES: Final = 2 * 1024 * 1024
_TERMS_FILE: Final = "price-review.yaml"
_MOST_MONTHS: Final = 500

_Series = Annotated[str, Path(pattern=r"^[A-Z0-9]{4}$", examples=["D7G7"])]
_Month = Annotated[
    str | None,
    Query(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", description="Only later months."),
]
_Limit = Annotated[int, Query(ge=1, le=_MOST_MONTHS, description="How many months.")]
_For = Annotated[
    date | None,
    Query(alias="for", description="The day of the review; the next one if none is named."),
]
_Band = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="One band.")]
_On = Annotated[date | None, Query(description="Only rates that are due on this day.")]
_Name = Annotated[
    str,
    Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$", description="What the file is called."),
]
_Unusual = Annotated[
    bool, Query(description="Values out of the ordinary are right: you have checked them.")
]


def tell_figures(app: FastAPI, desk: Desk) -> None:
    """Add what is asked and told about figures to the service's application."""
    tell_refused_files(app)
    app.add_exception_handler(FiguresRefused, _figures_refused)
    _tell_needs(app, desk)
    _tell_index(app, desk)
    _tell_wages(app, desk)


def _tell_needs(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/index/missing", responses=answers(NEEDS))
    def missing(for_day: _For = None) -> Json:
        """Return which figures a review needs, which are known, and when the others come out."""
        terms = read_terms(settings_from().framework / _TERMS_FILE, desk.framework)
        return needs_told(needs_of(desk, terms, for_day))


def _tell_index(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/index/{series}", responses=answers(INDEX_PAGE, not_found=True))
    def index(series: _Series, after: _Month = None, limit: _Limit = 120) -> Json:
        """Return the values of a series by month, superseded ones too; `next` is the next after."""
        if series not in SERIES:
            told = ", ".join(f"{code} ({name})" for code, name in SERIES.items())
            raise HTTPException(404, f"There is no series {series} here; there are {told}")
        with desk.database.reading() as connection:
            book = index_book(connection)
        values = [one for one in book.of_series(series) if after is None or str(one.month) > after]
        months = sorted({str(one.month) for one in values})
        page = set(months[:limit])
        return {
            "series": series,
            "values": [index_told(book, one) for one in values if str(one.month) in page],
            "next": max(page) if len(months) > limit else None,
        }

    @app.post(
        "/v1/index",
        responses=answers(INDEX_TAKEN, written=True),
        openapi_extra=csv_body(CSV_OF_INDEX),
    )
    async def take(
        request: Request, actor: Actor, name: _Name = "request-body", *, unusual: _Unusual = False
    ) -> Json:
        """Add the values of an index file, as published or as a table, that are not known yet."""
        file = await _handed_in(request, name, actor, unusual=unusual)
        return taken_told(await run_in_threadpool(take_index, desk, file))


def _tell_wages(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/wages", responses=answers(WAGES_PAGE))
    def wages(band: _Band = None, on: _On = None) -> Json:
        """Return wage rates by day and band, superseded ones too."""
        with desk.database.reading() as connection:
            book = wage_book(connection)
        rates = book.every() if on is None else book.due_on(on)
        return {"rates": [rate_told(book, one) for one in rates if band in (None, one.band)]}

    @app.post(
        "/v1/wages",
        responses=answers(WAGES_TAKEN, written=True),
        openapi_extra=csv_body(CSV_OF_WAGES),
    )
    async def take(
        request: Request, actor: Actor, name: _Name = "request-body", *, unusual: _Unusual = False
    ) -> Json:
        """Add the rates of a wage table that are not known yet, or not like this."""
        file = await _handed_in(request, name, actor, unusual=unusual)
        return judged_told(await run_in_threadpool(take_wages, desk, file))


async def _handed_in(request: Request, name: str, actor: str, *, unusual: bool) -> HandedIn:
    """Return the file that is the request's body.

    Raises:
        HTTPException, FileRefused: as `text_handed_in`.
    """
    path = FilePath(name)
    text = await text_handed_in(request, path, LARGEST_FILE_BYTES)
    return HandedIn(path, text, actor, unusual)


async def _figures_refused(_: Request, error: Exception) -> JSONResponse:
    return problem(409, "The figures contradict what is known", detail=str(error))
