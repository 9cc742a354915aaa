"""The words that the paths of the eligibility service share: names, pages, what can go wrong."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Annotated, Any, Final

from fastapi import Path, Query

from shared.contracts.fields import URN_PATTERN
from shared.days import LONDON
from shared.problems import MEDIA_TYPE

Json = dict[str, Any]

JSON: Final = "application/json"
LARGEST_PAGE: Final = 1000

_REFERENCE: Final = r"^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,79}$"

Id = Annotated[str, Path(pattern=_REFERENCE)]
ReferralId = Annotated[
    str,
    Path(
        pattern=_REFERENCE,
        description="The reference of a referral. One with a slash is found as it is, or with %2F.",
        examples=["R-1"],
    ),
]
"""A reference of the council's may hold a slash: its path is written `{referral_id:path}`."""

Urn = Annotated[str, Path(pattern=URN_PATTERN, examples=["SC990001"])]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many at most.")]
After = Annotated[str | None, Query(pattern=_REFERENCE, description="`next` of a page.")]
Since = Annotated[date, Query(description="The first day in London.", examples=["2026-01-01"])]
SinceOrNot = Annotated[
    date | None,
    Query(description="The first day in London; all days if none.", examples=["2026-01-01"]),
]

_TITLES: Final = {
    401: "Name who does it, once, in the header X-Forwarded-User",
    404: "There is no such thing",
    409: "It cannot be done as things stand",
    413: "The body is too large",
    422: "The request is not valid",
    503: "The database is away",
}
_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


def problems(*statuses: int) -> dict[int | str, Json]:
    """Return what a path can answer beside its answer, for its description."""
    return {status: _problem(status) for status in sorted({*statuses, 422, 503})}


def answers(example: object, *statuses: int, status: int = 200) -> dict[int | str, Json]:
    """Return an example of what a path answers, and what else it can answer."""
    return {status: {"content": {JSON: {"example": example}}}} | problems(*statuses)


def in_full(schema: Json) -> Json:
    """Return the schema of a message with each part in its place.

    A reference into the schema itself would point to nothing in the description of an API.
    """
    parts = schema.get("$defs", {})

    def placed(part: Any) -> Any:  # noqa: ANN401 - any part of a schema
        if isinstance(part, list):
            return [placed(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return placed(parts[part["$ref"].rsplit("/", 1)[1]])
        return {key: placed(each) for key, each in part.items()}

    return {key: placed(each) for key, each in schema.items() if key != "$defs"}


def page(name: str, told: Sequence[Mapping[str, Any]], limit: int, key: str) -> Json:
    """Return one page of what was asked for, of which one more than the limit was read.

    `next` is what `after` has to be for the next page; none on the last.
    """
    shown = told[:limit]
    return {name: shown, "next": shown[-1][key] if len(told) > limit else None}


def begin_of(day: date) -> datetime:
    """Return the instant at which a day begins in London."""
    return datetime.combine(day, time.min, LONDON)


def _problem(status: int) -> Json:
    title = _TITLES[status]
    example: Json = {"type": "about:blank", "title": title, "status": status}
    if status == 422:  # noqa: PLR2004 - what is wrong with the request
        example["errors"] = [{"field": "query.limit", "reason": "Input should be a valid integer"}]
    content = {MEDIA_TYPE: {"schema": _PROBLEM, "example": example}}
    return {"description": title, "content": content}
