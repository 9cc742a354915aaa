"""The parts of the bench, where a process of its own can find them."""

from collections.abc import Callable
from typing import Any, Final

from shared.settings import settings_from
from tools.bench import book, changing, deciding, importing, kent, pipeline, reviewing
from tools.bench.ground import ground


def _deciding() -> dict[str, Any]:
    return deciding.measure(settings_from().framework)


def _pipeline() -> dict[str, Any]:
    with ground() as here:
        return pipeline.measure(here)


def _reviewing() -> dict[str, Any]:
    with ground() as here:
        return reviewing.measure(here)


PARTS: Final[dict[str, tuple[str, Callable[[], dict[str, Any]]]]] = {
    "deciding": ("Deciding referrals by table, by hand and fact by fact", _deciding),
    "pipeline": ("Referrals over RabbitMQ, against a bare loop", _pipeline),
    "reviewing": (
        f"A price review of {reviewing.KEYS:,} fees, against bare publishing",
        _reviewing,
    ),
    "kent": ("The preview of a review at the size of one council", kent.measure),
    "book": (f"{book.PLACEMENTS:,} placements looked at again", book.measure),
    "changing": (
        f"A rulebook activated, and tried on {changing.REFERRALS:,} referrals",
        changing.measure,
    ),
    "importing": (f"A file of {importing.ROWS:,} rows imported", importing.measure),
}
