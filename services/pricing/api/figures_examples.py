"""Examples of what is asked and told about figures over HTTP, for the description of the API."""

from typing import Any, Final

from shared.problems import MEDIA_TYPE

Json = dict[str, Any]

CSV_OF_INDEX: Final = (
    "series,month,value,released_on,standing,source\n"
    "D7G7,2026-09,3.0,2026-10-21,published,ONS D7G7 series CSV release 21-10-2026\n"
)
CSV_OF_WAGES: Final = (
    "effective_from,band,from_age,to_age,hourly,status,source\n"
    "2027-04-01,nlw,21,,13.20,estimate,Low Pay Commission estimate\n"
)
_VALUE: Final = {
    "series": "D7G7",
    "month": "2025-09",
    "value": "3.8",
    "released_on": "2026-03-25",
    "standing": "published",
    "source": "ONS MM23 D7G7, ons_d7g7.csv; imported by a.analyst",
    "counts": True,
}
INDEX_PAGE: Final = {"series": "D7G7", "values": [_VALUE], "next": "2025-09"}
INDEX_TAKEN: Final = {
    "series": ["D7G7"],
    "added": 1,
    "known": 0,
    "older": [],
    "revised": [],
    "passed_over": [],
    "gaps": {"D7G7": []},
}
WAGES_PAGE: Final = {
    "rates": [
        {
            "band": "nlw",
            "from": "2026-04-01",
            "from_age": 21,
            "to_age": None,
            "hourly": "12.71",
            "status": "in_force",
            "counts": True,
            "source": "gov.uk",
        }
    ]
}
WAGES_TAKEN: Final = {"added": 1, "known": 0, "older": [], "revised": [], "passed_over": []}
_REFUSED: Final = (
    "No CPI (D7G7) for 2026-09. Import the ONS file released on or after 2026-10-21: "
    "fosterframe index import FILE."
)
NEEDS: Final = {
    "for": "2027-04-01",
    "terms": ["2022.1"],
    "figures": [
        {
            "figure": "the CPI 12-month rate (D7G7) for 2026-09",
            "state": "missing",
            "value": None,
            "known_as": None,
            "source": None,
            "shares": [{"terms": "2022.1", "share": "0.90"}],
            "expected": {
                "on_or_after": "2026-10-21",
                "is_announced": True,
                "sentence": "ONS publishes it on 2026-10-21.",
            },
        }
    ],
    "refused": {"final": [_REFUSED], "provisional": [_REFUSED]},
}


def answers(
    example: Json, *, not_found: bool = False, written: bool = False
) -> dict[int | str, Json]:
    """Return what a path may answer: an example of what is well, and the problems."""
    told: dict[int | str, Json] = {
        200: {"description": "As asked", "content": {"application/json": {"example": example}}},
        422: _problem(422, "The request or the file is not valid"),
        503: _problem(503, "The database is away"),
    }
    if not_found:
        told[404] = _problem(404, "There is no such series here")
    if written:
        told[401] = _problem(401, "Name who does it, once, in the header X-Forwarded-User")
        told[409] = _problem(409, "The figures contradict what is known")
        told[413] = _problem(413, "The file is larger than 2097152 bytes")
        told[415] = _problem(415, "Send the file itself, with Content-Type: text/csv")
    return told


def _problem(status: int, title: str) -> Json:
    example = {"type": "about:blank", "title": title, "status": status}
    return {"description": title, "content": {MEDIA_TYPE: {"example": example}}}
