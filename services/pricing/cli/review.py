"""What people do with a price review from the command line, step by step."""

import json
from typing import Annotated, Final, Literal

import typer

from services.pricing.api.answers_reviews import review_told
from services.pricing.cli.review_compare import compare_terms
from services.pricing.cli.review_shown import (
    bar,
    list_reviews,
    print_review,
    show_review,
    write_review_workbook,
)
from services.pricing.cli.said import Actor, AsJson, Day, desk_of, say
from services.pricing.reviews.apply import apply
from services.pricing.reviews.approval import approve
from services.pricing.reviews.draft import draft
from services.pricing.reviews.preview import preview
from services.pricing.reviews.withdrawal import withdraw
from services.pricing.store.reviews import Review, review_named
from services.pricing.terms.pack_yaml import read_terms
from shared.money import money_text, percentage_text
from shared.settings import settings_from

review: Final = typer.Typer(help="The yearly price review.", no_args_is_help=True)

_TERMS_FILE: Final = "price-review.yaml"

_Name = Annotated[str | None, typer.Option("--id", help="What to call the review.")]
_Award = Annotated[
    Literal["final", "provisional"],
    typer.Option(help="A provisional one may rest on figures that are not final."),
]

review.command("list")(list_reviews)
review.command("show")(show_review)
review.command("workbook")(write_review_workbook)
review.command("compare")(compare_terms)


@review.command("draft")
def draft_review(
    effective_from: Day,
    actor: Actor,
    *,
    award: _Award = "final",
    name: _Name = None,
    as_json: AsJson = False,
) -> None:
    """Draft a review from the terms in force and the figures that they name."""
    with desk_of() as desk:
        terms = read_terms(settings_from().framework / _TERMS_FILE, desk.framework)
        drafted = draft(
            desk, terms, effective_from.date(), actor=actor, award=award, review_id=name
        )
    _say_drafted(drafted, as_json=as_json)


@review.command("reverse")
def reverse_review(
    review_id: str, actor: Actor, *, name: _Name = None, as_json: AsJson = False
) -> None:
    """Draft the taking back of an applied review; it is previewed, approved and applied as one."""
    with desk_of() as desk:
        terms = read_terms(settings_from().framework / _TERMS_FILE, desk.framework)
        with desk.database.reading() as connection:
            wrong = review_named(connection, review_id)
        drafted = draft(
            desk,
            terms,
            wrong.effective_from,
            actor=actor,
            award="reversal",
            review_id=name,
            reverses=review_id,
        )
    _say_drafted(drafted, as_json=as_json)


@review.command("preview")
def preview_review(review_id: str, actor: Actor, *, as_json: AsJson = False) -> None:
    """Count what a review would do: every fee key once, with control totals and a digest."""
    with desk_of() as desk, bar("Previewing", shown=not as_json) as progress:
        previewed = preview(desk, review_id, actor=actor, progress=progress)
    if as_json:
        typer.echo(json.dumps(review_told(previewed), ensure_ascii=False))
        return
    print_review(previewed)


@review.command("approve")
def approve_review(
    review_id: str,
    actor: Actor,
    decision: Annotated[str, typer.Option(help="The reference of the decision.")],
    digest: Annotated[str, typer.Option(help="The digest of the preview that you have read.")],
    *,
    above_because: Annotated[
        str, typer.Option(help="Why the rate may be above what the terms let pass unasked.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Approve what was previewed, as another person than who drafted it."""
    with desk_of() as desk:
        approved = approve(
            desk,
            review_id,
            actor=actor,
            decision_reference=decision,
            digest=digest,
            above_because=above_because,
        )
    say(review_told(approved), f"{review_id} is approved by {actor}.", as_json=as_json)


@review.command("apply")
def apply_review(review_id: str, actor: Actor, *, as_json: AsJson = False) -> None:
    """Record the uplifted fees and tell finance; after an interruption, go on where it was."""
    with desk_of() as desk, bar("Applying", shown=not as_json) as progress:
        told, unpriced = apply(desk, review_id, actor=actor, progress=progress)
    if as_json:
        found = {**json.loads(told.model_dump_json()), "unpriced": unpriced}
        typer.echo(json.dumps(found))
        return
    restored = f", {told.fees_restored} put back" if told.fees_restored else ""
    typer.echo(
        f"{told.fees_uplifted} fees uplifted by {percentage_text(told.uplift)} %, "
        f"{told.fees_excluded} left as they are{restored}; "
        f"{told.price_changes} price changes told about "
        f"{told.placements_changed} placements, arrears {money_text(told.arrears_total)}."
    )
    if unpriced:
        typer.echo(f"Without a fee for some of their days: {', '.join(unpriced)}.")


@review.command("withdraw")
def withdraw_review(
    review_id: str,
    actor: Actor,
    because: Annotated[str, typer.Option(help="Why it is not gone on with.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Give up a review that is not applied."""
    with desk_of() as desk:
        withdrawn = withdraw(desk, review_id, actor=actor, because=because)
    say(review_told(withdrawn), f"{review_id} is withdrawn.", as_json=as_json)


def _say_drafted(drafted: Review, *, as_json: bool) -> None:
    uplifts = "; ".join(
        f"{', '.join(track.placement_types)}: {track.uplift.formula()}".removeprefix(": ")
        for track in drafted.tracks
    )
    what = f"takes back {drafted.reverses}" if drafted.reverses else uplifts
    say(review_told(drafted), f"Drafted {drafted.id}: {what}", as_json=as_json)
