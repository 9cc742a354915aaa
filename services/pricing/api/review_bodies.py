"""What is asked of price reviews over HTTP: each body with its fields, strict, and an example."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.fields import Reference, Sentence
from shared.framework.fields import Day

_ID: Final = r"^[A-Za-z0-9][A-Za-z0-9._:#-]{0,79}$"
_DIGEST: Final = r"^[0-9a-f]{64}$"
_WORDS: Final = r"^[A-Za-z0-9_.,= -]{3,200}$"
_MOST_VARIANTS: Final = 9


class _Body(BaseModel):
    """A body of a request: strict, unchangeable, and no field beside those named."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Drafting(_Body):
    """A review to draft from the terms in force, or the taking back of an applied one.

    Args:
        effective_from: the day from which fees rise; for a reversal that of the review.
        reverses: the review that a reversal takes back.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"effective_from": "2026-04-01", "award": "final"}]}
    )

    effective_from: Day
    award: Literal["final", "provisional", "reversal"] = "final"
    review_id: Annotated[str, Field(pattern=_ID)] | None = None
    reverses: Reference | None = None


class Approval(_Body):
    """A decision on exactly what was previewed.

    Args:
        digest: that of the preview which the approver has read.
        above_because: why the rate may be above what the terms let pass without a person.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decision_reference": "26/00001", "digest": "0" * 64}]}
    )

    decision_reference: Reference
    digest: Annotated[str, Field(pattern=_DIGEST)]
    above_because: Sentence | None = None


class Withdrawal(_Body):
    """Why a review is not gone on with."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"because": "the rate was agreed anew"}]}
    )

    because: Sentence


class Comparing(_Body):
    """Other terms to be compared with the present ones, each in a few words.

    Args:
        effective_from: the day of the review; the next one if none is named.
        variants: `month=12`, or several changes with commas between: `nlw=0.20,cap=3.0`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "effective_from": "2026-04-01",
                    "award": "final",
                    "variants": ["month=12", "nlw=0.20,cap=3.0"],
                }
            ]
        }
    )

    effective_from: Day | None = None
    award: Literal["final", "provisional"] = "provisional"
    variants: Annotated[
        list[Annotated[str, Field(pattern=_WORDS)]], Field(min_length=1, max_length=_MOST_VARIANTS)
    ]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how the problems that a path may answer are described."""
    return {
        status: {
            "description": _PROBLEMS[status],
            "content": {
                "application/problem+json": {
                    "example": {
                        "type": "about:blank",
                        "title": _PROBLEMS[status],
                        "status": status,
                    }
                }
            },
        }
        for status in (*statuses, 422, 503)
    }


_PROBLEMS: Final = {
    401: "Nobody is named who does it",
    404: "There is no such thing",
    409: "The review cannot take that step now",
    422: "The request is not valid",
    503: "The database is away",
}
