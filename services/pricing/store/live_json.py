"""Writes down which live placements the line of a fee key has, and what they pay."""

import json
from collections.abc import Sequence

from services.pricing.reviews.review import LivePlacements
from shared.money import money_text, pounds


def live_text(live: Sequence[LivePlacements]) -> str:
    """Return live placements as JSON text."""
    return json.dumps(
        [
            [
                each.service_line,
                each.placements,
                money_text(each.weekly_before),
                money_text(each.weekly_after),
            ]
            for each in live
        ]
    )


def live_from(text: str) -> tuple[LivePlacements, ...]:
    """Return the live placements that a JSON text tells."""
    return tuple(
        LivePlacements(service_line, placements, pounds(before), pounds(after))
        for service_line, placements, before, after in json.loads(text)
    )
