"""Examples of what is asked and told about fees and counts over HTTP, for the description."""

from typing import Any, Final

from shared.problems import MEDIA_TYPE

Json = dict[str, Any]

CSV_OF_PRICES: Final = (
    "urn,purchaser,placement_type,need_category,age_band,weekly,from,cause,reference\n"
    "SC990001,kent,core,standard,5-10,910.00,2022-04-01,correction,letter-7\n"
)
COUNTING: Final[Json] = {"counted_on": "2026-04-01", "effective_from": "2026-07-01"}
REPRICING: Final[Json] = {"because": "26/00123"}
REPRICED: Final[Json] = {
    "placements_changed": 1,
    "price_changes": 1,
    "arrears": "40.00",
    "unpriced": [],
}
IMPORTED: Final[Json] = {"recorded": 1, "known": 0, **REPRICED}
COUNTED: Final[Json] = {
    "recorded": 1,
    "counts": [{"agency": "SC990001", "placements": 24, "before": 18, "is_new": True}],
    **REPRICED,
}
QUOTED: Final[Json] = {
    "agency": "SC990001",
    "purchaser": "kent",
    "placement_type": "core",
    "need_category": "standard",
    "age_band": "5-10",
    "on": "2026-04-01",
    "solo": False,
    "sibling_number": 2,
    "framework": {
        "from": "2022-04-01",
        "weekly": "900.00",
        "cause": "tender",
        "reference": "tender-2022",
    },
    "adjustments": [
        {
            "id": "sibling",
            "kind": "discount",
            "name": "Second and further children of a sibling group in one home",
            "percent": "5",
        }
    ],
    "weekly": "855.00",
}

_PROBLEMS: Final = {
    401: "Name who does it, once, in the header X-Forwarded-User",
    404: "The framework holds no such fee",
    409: "Fees cannot be taken in now",
    413: "The file is larger than 16777216 bytes",
    415: "Send the file itself, with Content-Type: text/csv",
    422: "The request is not valid",
    503: "The database is away",
}


def answers(example: Json, *statuses: int) -> dict[int | str, Json]:
    """Return what a path may answer: an example of what is well, and the problems."""
    well: Json = {"description": "As asked", "content": {"application/json": {"example": example}}}
    told: dict[int | str, Json] = {200: well}
    for status in (*statuses, 422, 503):
        told[status] = _problem(status)
    return told


def _problem(status: int) -> Json:
    title = _PROBLEMS[status]
    example = {"type": "about:blank", "title": title, "status": status}
    return {"description": title, "content": {MEDIA_TYPE: {"example": example}}}
