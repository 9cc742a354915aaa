"""What people bring into the register from the command line: files, previewed and applied."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from services.eligibility.cli.options import Actor, AsJson, open_database
from services.eligibility.cli.register import register
from services.eligibility.concerns.touched import Touched
from services.eligibility.fact_words import fact_words
from services.eligibility.provider import ProviderFact
from services.eligibility.register.files import FRAMEWORK, AgencyFile, FileKind
from services.eligibility.register.importing import Imported
from services.eligibility.register.pack_csv import REGISTER_FILE
from services.eligibility.register.preview import REFUSED, ImportPreview
from services.eligibility.service import SERVICE, EligibilityService
from shared.clock import SystemClock
from shared.errors import FosterframeError
from shared.messaging.work import Work, work_on
from shared.plain_console import plain_console
from shared.settings import settings_from

MOST_SHOWN: Final = 50
MOST_NAMED: Final = 5

_File = Annotated[
    Path | None,
    typer.Argument(help="The file, or a framework pack; the deployment's pack if none."),
]
_Kind = Annotated[
    FileKind,
    typer.Option(help="The framework's own register, or a provider file as Ofsted publishes it."),
]
_PublishedOn = Annotated[
    datetime | None,
    typer.Option(
        "--published-on",
        formats=["%Y-%m-%d"],
        help="The day on which Ofsted published the file, for what no column of it dates.",
    ),
]
_Preview = Annotated[bool, typer.Option("--preview", help="Say what it would do; change nothing.")]
_LeaveRefused = Annotated[
    bool, typer.Option("--leave-refused", help="Take the sound rows without the refused ones.")
]
_Expect = Annotated[str, typer.Option(help="The digest of the preview that you have read.")]


@register.command("import")
def import_(  # noqa: PLR0913 - each is an option of the command
    actor: Actor,
    file: _File = None,
    *,
    kind: _Kind = FRAMEWORK,
    published_on: _PublishedOn = None,
    preview: _Preview = False,
    leave_refused: _LeaveRefused = False,
    expect: _Expect = "",
    as_json: AsJson = False,
) -> None:
    """Add to the register what a file tells and nobody told before: whole, or not at all."""
    clock = SystemClock()
    pack = file if file is not None and file.is_dir() else settings_from().framework
    path = _path(file, pack, kind)
    told = AgencyFile.read(path, kind, published_on.date() if published_on else None)
    with open_database() as database:
        service = EligibilityService.open(database, pack, clock)
        desk = service.register_desk()
        if preview:
            with database.reading() as connection:
                work = Work(connection, clock, SERVICE)
                seen = desk.preview(work, told)
                _say_preview(seen, desk.touched(work, seen), as_json=as_json)
            return
        cause = f"register import {told.digest} {clock.now().isoformat()}"
        with work_on(database, clock, SERVICE, cause_id=cause) as work:
            imported = desk.apply(work, told, actor, expected=expect, leaves_refused=leave_refused)
    _say_imported(imported, as_json=as_json)


def _path(file: Path | None, pack: Path, kind: FileKind) -> Path:
    if file is not None and not file.is_dir():
        return file
    if kind != FRAMEWORK:
        raise FosterframeError(
            "Name the file that Ofsted published: fosterframe register import FILE --kind ofsted."
        )
    return pack / REGISTER_FILE


def _say_imported(imported: Imported, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(imported.told(), ensure_ascii=False))
        return
    left = f", {imported.rows_refused} rows left out" if imported.rows_refused else ""
    typer.echo(
        f"{imported.agencies} agencies: {imported.facts_added} facts added, "
        f"{imported.facts_changed} changed, {imported.facts_known} known before{left}. "
        f"The register is at {imported.version[:12]}."
    )
    _say_touched(imported.touched, "were", "stay")


def _say_preview(seen: ImportPreview, touched: Touched, *, as_json: bool) -> None:
    if as_json:
        told = seen.told() | {"touched": touched.told()}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    _print_facts(seen)
    for fault in seen.refused[:MOST_SHOWN]:
        typer.echo(f"refused: {fault}")
    _say_rest(len(seen.refused))
    for notice in seen.notices:
        typer.echo(notice)
    for what, rows in seen.skipped.items():
        typer.echo(f"Rows not read, {what.replace('_', ' ')}: {rows}.")
    counts = ", ".join(f"{count} {word}" for word, count in seen.counts.items() if word != REFUSED)
    typer.echo(f"{seen.agencies} agencies: {counts}; {seen.counts[REFUSED]} rows refused.")
    _say_touched(touched, "would be", "would stay")
    typer.echo(f"Nothing was changed. To apply exactly this: --expect {seen.digest}")


def _print_facts(seen: ImportPreview) -> None:
    told = [each for each in seen.facts if each.change.word != "unchanged"]
    if not told:
        return
    table = Table("row", "agency", "becomes", "told", "known")
    for each in told[:MOST_SHOWN]:
        why = f" ({each.change.because})" if each.change.because else ""
        known = _known_text(each.change.was)
        word = each.change.word
        table.add_row(str(each.line), each.urn, word, fact_words(each.fact), f"{known}{why}")
    plain_console().print(table)
    _say_rest(len(told))


def _known_text(was: ProviderFact | None) -> str:
    return "" if was is None else fact_words(was)


def _say_rest(count: int) -> None:
    if count > MOST_SHOWN:
        typer.echo(f"... and {count - MOST_SHOWN} more; --json lists every one.")


def _say_touched(touched: Touched, are: str, stay: str) -> None:
    """Say what somebody has to look at; that agencies only stand better is no news."""
    worse = [each.urn for each in touched.agencies if each.standing]
    if worse or touched.referrals:
        more = ", ..." if len(worse) > MOST_NAMED else ""
        named = f" ({', '.join(worse[:MOST_NAMED])}{more})" if worse else ""
        typer.echo(
            f"Agencies that stand worse: {len(worse)}{named}; "
            f"open referrals that {are} decided again: {len(touched.referrals)}."
        )
    if touched.undecided:
        typer.echo(
            f"Open referrals that {stay} as they were decided, because no rulebook in force can "
            f"judge them: {len(touched.undecided)}. See fosterframe rulebook list."
        )
