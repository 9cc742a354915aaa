"""Finance over HTTP: what is due to an agency, and what finance has booked of what it was sent."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import FastAPI, HTTPException, Path, Query

from services.pricing.desk import Desk
from services.pricing.finance.desk import (
    gone_before,
    lines_due,
    period_of,
    reconciled,
    reconciled_review,
)
from services.pricing.finance.statement_json import (
    reconciliation_told,
    review_reconciliation_told,
    statement_told,
)
from shared.contracts.fields import URN_PATTERN

Json = dict[str, Any]

LONGEST_STATEMENT_DAYS: Final = 366
_MOST_NAMED: Final = 10_000
_NAMED: Final = 1_000

_Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:#-]{0,79}$")]
_Urn = Annotated[str, Path(pattern=URN_PATTERN)]
_From = Annotated[date, Query(alias="from", description="The first day.", examples=["2026-04-01"])]
_To = Annotated[date, Query(alias="to", description="The day after.", examples=["2026-05-01"])]
_Since = Annotated[date | None, Query(description="Only what was told from this day on.")]
_Most = Annotated[
    int,
    Query(
        alias="limit",
        ge=0,
        le=_MOST_NAMED,
        description="How many messages are named at most; all are counted.",
    ),
]


def tell_finance(app: FastAPI, desk: Desk) -> None:
    """Add these requests to the application."""

    @app.get("/v1/agencies/{urn}/statement")
    def statement(urn: _Urn, first: _From, end: _To) -> Json:
        """Return what is due to an agency for a period of a year at most."""
        period = period_of(first, end)
        if (end - first).days > LONGEST_STATEMENT_DAYS:
            detail = (
                f"ask for {LONGEST_STATEMENT_DAYS} days at most, or on the command line: "
                "fosterframe pricing statement"
            )
            raise HTTPException(422, detail)
        gone = gone_before(desk, period)
        return statement_told(urn, period, lines_due(desk, urn, period), gone)

    @app.get("/v1/reviews/{review_id}/reconciliation")
    def review_reconciliation(review_id: _Id, most: _Most = _NAMED) -> Json:
        """Return how far finance has booked what a price review has sent."""
        return review_reconciliation_told(reconciled_review(desk, review_id), most)

    @app.get("/v1/reconciliation")
    def reconciliation(since: _Since = None, most: _Most = _NAMED) -> Json:
        """Return how far finance has booked all price changes, or those from a day on."""
        return reconciliation_told(reconciled(desk, since), most)
