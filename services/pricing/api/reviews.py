"""Price reviews over HTTP: each step, the lines, the totals, the workbook, and what-if."""

import json
from collections.abc import Iterator
from pathlib import Path as FilePath
from tempfile import NamedTemporaryFile
from typing import Annotated, Any, Final, Literal

from fastapi import FastAPI, Header, HTTPException, Path, Query, Request
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from starlette.background import BackgroundTask

from services.pricing.api.answers_reviews import (
    comparison_told,
    line_told,
    review_in_short,
    review_told,
    spot_line_told,
    totals_of,
)
from services.pricing.api.review_bodies import Approval, Comparing, Drafting, Withdrawal, problems
from services.pricing.desk import Desk
from services.pricing.indices import NoRateYet
from services.pricing.reviews.apply import apply
from services.pricing.reviews.approval import approve
from services.pricing.reviews.comparing import compare, in_words, next_review_day
from services.pricing.reviews.draft import draft
from services.pricing.reviews.lines_csv import lines_csv
from services.pricing.reviews.preview import preview
from services.pricing.reviews.withdrawal import withdraw
from services.pricing.reviews.workbook import write_workbook
from services.pricing.store.review_lines import lines_of, spot_lines_of
from services.pricing.store.review_reading import lines_after, reviews_after, spot_lines_after
from services.pricing.store.reviews import PREVIEWED, Review, ReviewRefused, review_named
from services.pricing.terms.pack_yaml import PriceReview, read_terms
from services.pricing.terms.varied import NotTerms
from shared.caller import Actor
from shared.problems import problem
from shared.settings import settings_from

Json = dict[str, Any]

_TERMS_FILE: Final = "price-review.yaml"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV: Final = "text/csv"
_LARGEST_PAGE: Final = 1000

_Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:#-]{0,79}$")]
_After = Annotated[
    str | None,
    Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:#/ -]{0,119}$", description="`next` of a page."),
]
_Limit = Annotated[int, Query(ge=1, le=_LARGEST_PAGE)]
_Way = Annotated[
    Literal["purchaser", "service_line", "agency", "placement_type"] | None, Query(alias="by")
]
_Accept = Annotated[str, Header(alias="Accept", include_in_schema=False)]


def tell_reviews(app: FastAPI, desk: Desk) -> None:
    """Add the paths of price reviews to an application."""
    _tell_known(app, desk)
    _tell_lines(app, desk)
    _tell_workbook(app, desk)
    _tell_comparison(app, desk)
    _tell_draft(app, desk)
    _tell_steps(app, desk)
    app.add_exception_handler(ReviewRefused, _cannot_now)
    app.add_exception_handler(NoRateYet, _cannot_now)
    app.add_exception_handler(NotTerms, _not_terms)


def _tell_known(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/reviews", responses=problems())
    def reviews(after: _After = None, limit: _Limit = 50) -> Json:
        """Return some price reviews in the order of their names; `next` is `after` for more."""
        with desk.database.reading() as connection:
            page = reviews_after(connection, after, limit + 1)
        return _page("reviews", [review_in_short(one) for one in page], limit, "review_id")

    @app.get("/v1/reviews/{review_id}", responses=problems(404))
    def review(review_id: _Id) -> Json:
        """Return a price review with its steps and the totals of its last preview."""
        return review_told(_named(desk, review_id))

    @app.get("/v1/reviews/{review_id}/totals", responses=problems(404, 409))
    def totals(review_id: _Id, by: _Way = None) -> Json:
        """Return the control totals of the last preview, in every way or in one."""
        return totals_of(_previewed(desk, review_id), by)


def _tell_lines(app: FastAPI, desk: Desk) -> None:
    @app.get(
        "/v1/reviews/{review_id}/lines",
        response_model=None,
        responses={200: {"content": {_CSV: {}}}, **problems(404, 409)},
    )
    def lines(
        review_id: _Id, after: _After = None, limit: _Limit = 200, accept: _Accept = ""
    ) -> Json | StreamingResponse:
        """Return what becomes of each fee key, page by page; as `text/csv` all of them.

        After the last fee key come the spot placements.
        """
        _previewed(desk, review_id)
        if _CSV in accept:
            return StreamingResponse(_csv(desk, review_id), media_type=f"{_CSV}; charset=utf-8")
        page = _lines_after(desk, review_id, after, limit + 1)
        told = [line for _, line in page[:limit]]
        return {"lines": told, "next": page[limit - 1][0] if len(page) > limit else None}


def _tell_workbook(app: FastAPI, desk: Desk) -> None:
    @app.get(
        "/v1/reviews/{review_id}/workbook",
        response_class=FileResponse,
        responses={200: {"content": {_XLSX: {}}}, **problems(404, 409)},
    )
    def workbook(review_id: _Id) -> FileResponse:
        """Return the last preview as an Excel workbook, with formulas to check it by."""
        with NamedTemporaryFile(suffix=".xlsx", delete=False) as made:
            file = FilePath(made.name)
        try:
            write_workbook(desk, review_id, file)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        gone = BackgroundTask(file.unlink, missing_ok=True)
        return FileResponse(file, media_type=_XLSX, filename=f"{review_id}.xlsx", background=gone)


def _tell_comparison(app: FastAPI, desk: Desk) -> None:
    @app.post("/v1/reviews/comparison", responses=problems(409))
    def comparison(body: Comparing) -> Json:
        """Return what other terms would come to beside the present ones; nothing is stored."""
        terms = _terms(desk)
        day = body.effective_from or next_review_day(terms, desk.clock)
        others = [in_words(said) for said in body.variants]
        compared = compare(desk, terms, day, others, award=body.award)
        return {
            "effective_from": day.isoformat(),
            "award": body.award,
            **comparison_told(compared),
        }


def _tell_draft(app: FastAPI, desk: Desk) -> None:
    @app.post("/v1/reviews", status_code=201, responses=problems(401, 404, 409))
    def draft_review(body: Drafting, actor: Actor) -> Json:
        """Draft a review from the terms in force and the figures that they name."""
        if (body.award == "reversal") != (body.reverses is not None):
            raise HTTPException(422, "A reversal, and nothing else, names what it reverses.")
        drafted = draft(
            desk,
            _terms(desk),
            body.effective_from,
            actor=actor,
            award=body.award,
            review_id=body.review_id,
            reverses=body.reverses,
        )
        return review_told(drafted)


def _tell_steps(app: FastAPI, desk: Desk) -> None:
    @app.post("/v1/reviews/{review_id}/preview", responses=problems(401, 404, 409))
    def preview_review(review_id: _Id, actor: Actor) -> Json:
        """Count what a review would do: every fee key once, with control totals and a digest."""
        return review_told(preview(desk, review_id, actor=actor))

    @app.post("/v1/reviews/{review_id}/approval", responses=problems(401, 404, 409))
    def approve_review(review_id: _Id, body: Approval, actor: Actor) -> Json:
        """Approve what was previewed, as another person than who drafted it."""
        approved = approve(
            desk,
            review_id,
            actor=actor,
            decision_reference=body.decision_reference,
            digest=body.digest,
            above_because=body.above_because or "",
        )
        return review_told(approved)

    @app.post("/v1/reviews/{review_id}/application", responses=problems(401, 404, 409))
    def apply_review(review_id: _Id, actor: Actor) -> Json:
        """Record the uplifted fees and tell finance; asked again, go on where it was."""
        told, unpriced = apply(desk, review_id, actor=actor)
        return {**json.loads(told.model_dump_json()), "unpriced": unpriced}

    @app.post("/v1/reviews/{review_id}/withdrawal", responses=problems(401, 404, 409))
    def withdraw_review(review_id: _Id, body: Withdrawal, actor: Actor) -> Json:
        """Give up a review that is not applied."""
        return review_told(withdraw(desk, review_id, actor=actor, because=body.because))


def _terms(desk: Desk) -> PriceReview:
    return read_terms(settings_from().framework / _TERMS_FILE, desk.framework)


def _named(desk: Desk, review_id: str) -> Review:
    with desk.database.reading() as connection:
        return review_named(connection, review_id)


def _previewed(desk: Desk, review_id: str) -> Review:
    """Return a review that was previewed.

    Raises:
        ReviewRefused: it was not.
    """
    found = _named(desk, review_id)
    if all(step.step != PREVIEWED for step in found.steps):
        raise ReviewRefused(f"The review {review_id} is {found.state}, and not previewed yet.")
    return found


def _lines_after(
    desk: Desk, review_id: str, after: str | None, limit: int
) -> list[tuple[str, Json]]:
    """Return some lines, each with its place: of fee keys, then of spot placements."""
    with desk.database.reading() as connection:
        page = [
            (place, line_told(line))
            for place, line in lines_after(connection, review_id, after, limit)
        ]
        more = limit - len(page)
        page += [
            (place, spot_line_told(line))
            for place, line in spot_lines_after(connection, review_id, after, more)
        ]
    return page


def _csv(desk: Desk, review_id: str) -> Iterator[str]:
    with desk.database.reading() as connection:
        kept = lines_of(connection, review_id), spot_lines_of(connection, review_id)
        yield from lines_csv(*kept)


def _page(name: str, told: list[Json], limit: int, key: str) -> Json:
    return {name: told[:limit], "next": told[limit - 1][key] if len(told) > limit else None}


async def _cannot_now(_: Request, error: Exception) -> JSONResponse:
    return problem(409, "The review cannot take that step now", detail=str(error))


async def _not_terms(_: Request, error: Exception) -> JSONResponse:
    return problem(422, "That makes no terms", detail=str(error))
