"""What people do from the command line that looks at many placements again."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table

from services.pricing.api.answers import repriced_told, volume_told
from services.pricing.cli.said import Actor, AsJson, desk_of, say
from services.pricing.desk import Progress
from services.pricing.placements.repricing import Repriced, reprice_each
from services.pricing.placements.tick import tick
from services.pricing.placements.volume_counting import count_volume
from services.pricing.timeline import Cause
from services.pricing.volume import Counted
from shared.errors import FosterframeError
from shared.money import money_text
from shared.plain_console import plain_console

_DAYS: Final = ["%Y-%m-%d"]
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#-]{0,79}")

_CountedOn = Annotated[
    datetime,
    typer.Option("--counted-on", formats=_DAYS, help="The day whose live placements are counted."),
]
_EffectiveFrom = Annotated[
    datetime,
    typer.Option("--effective-from", formats=_DAYS, help="From when the count decides."),
]


def attach(pricing: typer.Typer) -> None:
    """Add these commands to those about what placements cost."""
    pricing.command("tick")(move_horizon)
    pricing.command("volume")(count_placements)
    pricing.command("reprice")(reprice_placements)


def move_horizon(*, as_json: AsJson = False) -> None:
    """Tell finance of what the calendar brings within the notice period: birthdays, long stays."""
    with desk_of() as desk:
        done = tick(desk)
    say(repriced_told(done), repriced_sentence(done), as_json=as_json)


def count_placements(
    actor: Actor,
    counted_on: _CountedOn,
    effective_from: _EffectiveFrom,
    *,
    as_json: AsJson = False,
) -> None:
    """Count each agency's live placements for the volume discount, and tell finance what moves.

    All purchasers count together, spot placements do not count, and a count stands until the next.
    """
    with desk_of() as desk, _bar("Pricing again", shown=not as_json) as progress:
        done = count_volume(
            desk, counted_on.date(), effective_from.date(), actor=actor, progress=progress
        )
    told = volume_told(done)
    if not as_json:
        _print_counts(done.counts, counted_on, effective_from)
    new = told["recorded"]
    sentence = f"{new} counts recorded, {len(done.counts) - new} known before. "
    say(told, sentence + repriced_sentence(done.repriced), as_json=as_json)


def reprice_placements(
    actor: Actor,
    because: Annotated[str, typer.Option("--because", help="Where it was decided.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Look at every placement again: needed when the pack's discounts or supplements change."""
    if not _REFERENCE.fullmatch(because):
        raise FosterframeError(
            f"{because!r} is no reference: letters, digits and . _ : / # - only, at most 80, "
            "such as 26/00123."
        )
    with desk_of() as desk, _bar("Pricing again", shown=not as_json) as progress:
        cause = Cause("correction", because, desk.clock.today())
        cause_id = f"reprice:{actor}:{because}"
        done = reprice_each(desk, cause_id, cause, progress=progress)
    say(repriced_told(done), repriced_sentence(done), as_json=as_json)


def repriced_sentence(done: Repriced) -> str:
    """Return what looking at placements again has come to, in a sentence."""
    sentence = (
        f"{done.price_changes} price changes told about {done.placements_changed} placements, "
        f"arrears {money_text(done.arrears)}."
    )
    if done.unpriced:
        sentence += f" Without a fee for some of their days: {', '.join(done.unpriced)}."
    return sentence


@contextmanager
def _bar(what: str, *, shown: bool) -> Iterator[Progress]:
    """Give what moves a progress bar."""
    with Bar(console=Console(stderr=True), disable=not shown) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _print_counts(counts: list[Counted], counted_on: datetime, effective_from: datetime) -> None:
    title = f"Live placements on {counted_on:%Y-%m-%d}, counting from {effective_from:%Y-%m-%d}"
    table = Table("agency", "placements", "before", title=title)
    for each in counts:
        before = "" if each.before is None else str(each.before)
        table.add_row(each.agency, str(each.placements), before)
    plain_console().print(table)
