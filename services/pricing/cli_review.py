"""What people do with a price review from the command line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final, Literal

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table

from services.pricing.api_json import review_told
from services.pricing.cli_said import Actor, AsJson, Day, desk_of, say
from services.pricing.desk import Progress
from services.pricing.review_apply import apply
from services.pricing.review_approval import approve
from services.pricing.review_draft import draft
from services.pricing.review_preview import preview
from services.pricing.store.reviews import PREVIEWED, Review, lines_of, review_named
from services.pricing.terms_yaml import read_terms
from shared.money import money_text, percentage_text
from shared.settings import settings_from

review: Final = typer.Typer(help="The yearly price review.", no_args_is_help=True)

_TERMS_FILE: Final = "price-review.yaml"


@review.command("draft")
def draft_review(
    effective_from: Day,
    actor: Actor,
    *,
    award: Annotated[str, typer.Option(help="final or provisional")] = "final",
    name: Annotated[str | None, typer.Option("--id", help="What to call the review.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draft a review from the terms in force and the figures that they name."""
    kind: Literal["final", "provisional"] = "provisional" if award == "provisional" else "final"
    terms = read_terms(settings_from().framework / _TERMS_FILE)
    with desk_of() as desk:
        drafted = draft(desk, terms, effective_from.date(), actor=actor, award=kind, review_id=name)
    sentence = f"Drafted {drafted.id}: {drafted.uplift.formula()}"
    say(review_told(drafted), sentence, as_json=as_json)


@review.command("preview")
def preview_review(review_id: str, actor: Actor, *, as_json: AsJson = False) -> None:
    """Count what a review would do: every fee key once, with control totals and a digest."""
    with desk_of() as desk, _bar("Previewing", shown=not as_json) as progress:
        previewed = preview(desk, review_id, actor=actor, progress=progress)
    if as_json:
        typer.echo(json.dumps(review_told(previewed), ensure_ascii=False))
        return
    _print_review(previewed)


@review.command("approve")
def approve_review(
    review_id: str,
    actor: Actor,
    decision: Annotated[str, typer.Option(help="The reference of the decision.")],
    digest: Annotated[str, typer.Option(help="The digest of the preview that you have read.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Approve what was previewed, as another person than who drafted it."""
    with desk_of() as desk:
        approved = approve(desk, review_id, actor=actor, decision_reference=decision, digest=digest)
    say(review_told(approved), f"{review_id} is approved by {actor}.", as_json=as_json)


@review.command("apply")
def apply_review(review_id: str, actor: Actor, *, as_json: AsJson = False) -> None:
    """Record the uplifted fees and tell finance; after an interruption, go on where it was."""
    with desk_of() as desk, _bar("Applying", shown=not as_json) as progress:
        told, unpriced = apply(desk, review_id, actor=actor, progress=progress)
    if as_json:
        found = {**json.loads(told.model_dump_json()), "unpriced": unpriced}
        typer.echo(json.dumps(found))
        return
    typer.echo(
        f"{told.fees_uplifted} fees uplifted by {percentage_text(told.uplift)} %, "
        f"{told.fees_excluded} left as they are; {told.price_changes} price changes told about "
        f"{told.placements_changed} placements, arrears {money_text(told.arrears_total)}."
    )
    if unpriced:
        typer.echo(f"Without a fee for some of their days: {', '.join(unpriced)}.")


@review.command("show")
def show_review(
    review_id: str,
    *,
    lines: Annotated[bool, typer.Option("--lines", help="Every fee key, as CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a review with its steps and the totals of its last preview, or its lines."""
    with desk_of() as desk, desk.database.reading() as connection:
        found = review_named(connection, review_id)
        if lines:
            typer.echo("agency,purchaser,placement_type,need_category,age_band,before,after,why")
            for line in lines_of(connection, review_id):
                pounds = f"{money_text(line.before)},{money_text(line.after)}"
                typer.echo(f'{",".join(line.key)},{pounds},"{line.because}"')
            return
    if as_json:
        typer.echo(json.dumps(review_told(found), ensure_ascii=False))
        return
    _print_review(found)


@contextmanager
def _bar(what: str, *, shown: bool) -> Iterator[Progress]:
    """Give what moves a progress bar."""
    with Bar(console=Console(stderr=True), disable=not shown) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _print_review(found: Review) -> None:
    console = Console()
    console.print(f"{found.id} ({found.award}, {found.state}), from {found.effective_from}")
    console.print(f"Uplift: {found.uplift.formula()}")
    if found.uplift.needs_decision:
        console.print("The rate is above what the terms let pass: a person has to decide on it.")
    if found.model.assumption:
        console.print(f"Not agreed yet: {found.model.assumption}")
    for step in found.steps:
        console.print(f"{step.step} by {step.actor} at {step.at:%Y-%m-%d %H:%M}")
    previews = [step.body for step in found.steps if step.step == PREVIEWED]
    if not previews:
        return
    body = previews[-1]
    table = Table("purchaser", "uplifted", "left", "weekly before", "weekly after", "a year")
    for name, one in [*body["by_purchaser"].items(), ("all", body["total"])]:
        table.add_row(
            name,
            str(one["fees_uplifted"]),
            str(one["fees_excluded"]),
            one["weekly_before"],
            one["weekly_after"],
            one["annual_effect"],
        )
    console.print(table)
    console.print(f"A year has {body['days']} days. Digest: {body['digest']}")
