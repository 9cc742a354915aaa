"""How figures are written in JSON, for the command line and over HTTP alike."""

from typing import Any

from services.pricing.figures.desk import IndexTaken, Needs
from services.pricing.figures.judged import Judged
from services.pricing.figures.needed import NeededFigure
from services.pricing.indices import AWARDS, AwardKind, IndexBook, IndexValue
from services.pricing.months import Month
from services.pricing.wages import WageBook, WageRate
from shared.money import money_text, percentage_text

Json = dict[str, Any]


def index_told(book: IndexBook, value: IndexValue) -> Json:
    """Return an index value, and whether it is the one that counts for its month."""
    return {
        "series": value.series,
        "month": str(value.month),
        "value": percentage_text(value.value),
        "released_on": value.released_on.isoformat(),
        "standing": value.standing,
        "counts": value is book.known(value.series, value.month),
        "source": value.source,
    }


def rate_told(book: WageBook, rate: WageRate) -> Json:
    """Return a wage rate, and whether it is the one that counts for its band and day."""
    return {
        "band": rate.band,
        "from": rate.effective_from.isoformat(),
        "from_age": rate.from_age,
        "to_age": rate.to_age,
        "hourly": money_text(rate.hourly),
        "status": rate.status,
        "counts": rate is book.of_day(rate.band, rate.effective_from)[-1],
        "source": rate.source,
    }


def judged_told(judged: Judged[Any]) -> Json:
    """Return what became of the figures of a file."""
    return {
        "added": len(judged.new),
        "known": judged.known,
        "older": list(judged.older),
        "revised": list(judged.revised),
        "passed_over": list(judged.passed_over),
    }


def taken_told(taken: IndexTaken) -> Json:
    """Return what became of an index file, and which months are still without a value."""
    gaps = {
        series: [{"from": str(first), "to": str(last)} for first, last in every]
        for series, every in taken.gaps.items()
    }
    return {"series": sorted(gaps), **judged_told(taken.judged), "gaps": gaps}


def gap_text(gap: tuple[Month, Month]) -> str:
    """Return a run of months as a person reads it."""
    first, last = gap
    return str(first) if first == last else f"{first} to {last}"


def needs_told(needs: Needs) -> Json:
    """Return what a review needs, and why an award is refused as things stand."""
    return {
        "for": needs.effective_from.isoformat(),
        "terms": list(needs.versions),
        "figures": [_needed_told(figure) for figure in needs.figures],
        "refused": {award: refusals(needs, award) for award in AWARDS},
    }


def refusals(needs: Needs, award: AwardKind) -> list[str]:
    """Return why an award of a kind is refused as things stand; nothing if it is not."""
    return [figure.refused[award] for figure in needs.figures if award in figure.refused]


def _needed_told(figure: NeededFigure) -> Json:
    standing, expected = figure.standing, figure.standing.expected
    return {
        "figure": standing.what,
        "state": figure.state,
        "value": standing.value or None,
        "known_as": standing.known_as or None,
        "source": standing.source or None,
        "shares": [{"terms": version, "share": share} for version, share in figure.shares],
        "expected": expected
        and {
            "on_or_after": expected.day.isoformat(),
            "is_announced": expected.is_announced,
            "sentence": expected.sentence,
        },
    }
