"""Shows a person what the demo did: tables, one decision explained, one fee to the penny."""

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any

from rich.console import Console
from rich.table import Table

from services.demo.show_judged import show_judged
from services.demo.show_kent import review_sentence, sums_table, with_commas
from services.demo.stage import Stage
from services.demo.story import REVIEW_OF, Told, started
from services.pricing.explaining.explain import Explanation, explain
from services.pricing.explaining.links import Sources
from services.pricing.fees import FeeBook, FeeKey
from services.pricing.placement import placement_of
from services.pricing.store.fee_book import complete
from services.pricing.store.fees import every_point
from services.pricing.store.placements import events_of, every_id
from services.pricing.store.reviews import PREVIEWED, award_named
from shared.contracts.decision import AgencyDecision, EligibilityDecided
from shared.contracts.price import PriceChanged
from shared.contracts.referral import ReferralReceived
from shared.contracts.rejection import MessageRejected
from shared.contracts.shortlist import ShortlistPriced
from shared.money import money_text, percentage_text

_EXPLAINED_FEE = "934.47"
_ROWS = 8


def show(told: Told, stage: Stage, console: Console) -> None:
    """Print the whole story."""
    console.print(_imported(told))
    console.print(_referrals(told))
    _decision_explained(told, console)
    console.print(_rejections(told))
    console.print(_shortlist(told))
    show_judged(told, console)
    _review(told, console)
    console.print(_finance(told))
    _fee_explained(told, stage, console)
    _kent(told, console)
    console.print(_checks(told))


def summary(told: Told) -> dict[str, Any]:
    """Return the demo's figures in one line."""
    total = told.review.last(PREVIEWED).body["total"] if told.review is not None else {}
    return {
        "referrals": sum(isinstance(one.data, ReferralReceived) for one in told.referrals),
        "decisions": len(told.decisions),
        "decided_again": len(told.decided_again),
        "concerns": len(told.concerns),
        "rejected": len(told.rejections),
        "shortlists": _first_shortlists(told),
        "placements": len(started(told)),
        "price_changes": len(told.price_changes),
        "review": {
            "uplifted": total.get("fees_uplifted", 0),
            "excluded": total.get("fees_excluded", 0),
            "annual_effect": total.get("annual_effect", ""),
        },
        "kent_year": {} if told.kent is None else told.kent.figures(),
        "seconds": {act: round(seconds, 2) for act, seconds in told.seconds.items()},
        "reconciled": all(check.holds for check in told.checks),
    }


def _first_shortlists(told: Told) -> int:
    """Return how many shortlists there are of what was decided when it was received."""
    again = {event.id for event in told.decided_again}
    priced = [event.data for event in told.shortlists if isinstance(event.data, ShortlistPriced)]
    return sum(each.decision_id not in again for each in priced)


def _table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(str, row))
    return table


def _imported(told: Told) -> Table:
    rows = [*told.imported.items(), ("price reviews of the years before", len(told.past_reviews))]
    title = "Imported (agencies, fees and children are invented; CPI and wages are real)"
    return _table(title, ("what", "how many"), rows)


def _referrals(told: Told) -> Table:
    kind_of = {one.message_id: one.kind for one in told.referrals if one.fate == "handled"}
    kinds: dict[str, Counter[str]] = {}
    for event in told.decisions:
        decided = event.data
        if isinstance(decided, EligibilityDecided):
            kind = kind_of.get(event.causation_id, "?")
            kinds.setdefault(kind, Counter()).update([_outcome(decided), "referrals"])
    rows = [
        (kind, counted["referrals"], counted["offer"], counted["refer"], counted["nobody"])
        for kind, counted in sorted(kinds.items())
    ]
    columns = ("kind", "referrals", "may be offered", "a person decides", "nobody")
    return _table("Referrals decided", columns, rows)


def _outcome(decided: EligibilityDecided) -> str:
    outcomes = {agency.outcome for agency in decided.agencies}
    if "eligible" in outcomes:
        return "offer"
    return "refer" if "refer" in outcomes else "nobody"


def _decision_explained(told: Told, console: Console) -> None:
    decided = max(
        (event.data for event in told.decisions if isinstance(event.data, EligibilityDecided)),
        key=lambda each: sum(agency.near_miss for agency in each.agencies),
    )
    console.print(f"\n[bold]One decision explained: {decided.referral_id}[/bold]")
    console.print(
        f"{decided.placement_type}, {decided.need_category}, {decided.purchaser}, from "
        f"{decided.start_date}; rulebook {decided.rulebook.name} {decided.rulebook.version}"
    )
    for gate in decided.gates:
        console.print(f"  {gate.criterion}: {gate.verdict}. {gate.because}")
    listed = [agency for agency in decided.agencies if agency.rank is not None][:3]
    missed = [agency for agency in decided.agencies if agency.near_miss][:3]
    rows = [(agency.name, agency.outcome, _why(decided, agency)) for agency in (*listed, *missed)]
    console.print(_table("", ("agency", "outcome", "why"), rows))


def _why(decided: EligibilityDecided, agency: AgencyDecision) -> str:
    unmet = [decided.reasons[position] for position in agency.unmet]
    return " ".join(each.because for each in unmet) or f"meets all {len(decided.criteria)} criteria"


def _rejections(told: Told) -> Table:
    counted = Counter(
        (event.data.field or "the body", event.data.reason)
        for event in told.rejections
        if isinstance(event.data, MessageRejected)
    )
    rows = [(field, reason, count) for (field, reason), count in counted.most_common()]
    return _table("Rejected, and the sender told why", ("field", "reason", "how often"), rows)


def _shortlist(told: Told) -> Table:
    priced = next(
        event.data
        for event in told.shortlists
        if isinstance(event.data, ShortlistPriced) and len(event.data.offers) > 2  # noqa: PLR2004 - enough to see an order
    )
    rows = [
        (offer.rank, offer.name, offer.outcome, money_text(offer.weekly_total))
        for offer in priced.offers[:_ROWS]
    ]
    title = f"A priced shortlist: {priced.referral_id}, from {priced.start_date}"
    return _table(title, ("rank", "agency", "outcome", "£ a week"), rows)


def _review(told: Told, console: Console) -> None:
    if told.review is None or told.applied is None:
        return
    applied = told.applied
    total = told.review.last(PREVIEWED).body["total"]
    console.print(f"\n[bold]Price review {applied.review_id}[/bold]")
    console.print(f"Uplift {percentage_text(applied.uplift)} %: {told.review.uplift.formula()}")
    console.print(
        f"{applied.fees_uplifted} fees uplifted, {applied.fees_excluded} excluded; decision "
        f"{applied.decision_reference}, approved by {applied.approved_by}"
    )
    console.print(
        f"Annual effect £{total['annual_effect']}; arrears £{money_text(applied.arrears_total)} "
        f"for {applied.placements_changed} placements, because it was approved after 1 April"
    )


def _finance(told: Told) -> Table:
    changes = [event.data for event in told.price_changes if isinstance(event.data, PriceChanged)]
    by_cause: dict[str, list[PriceChanged]] = {}
    for change in changes:
        by_cause.setdefault(" + ".join(cause.cause for cause in change.causes), []).append(change)
    rows = []
    for cause, some in sorted(by_cause.items(), key=lambda pair: -len(pair[1])):
        one = some[0]
        until = one.effective_to or "further notice"
        example = (
            f"{one.placement_id} no. {one.sequence}: £{money_text(one.old_weekly)} to "
            f"£{money_text(one.new_weekly)} from {one.effective_from} until {until}, "
            f"arrears £{money_text(one.arrears_total)}"
        )
        rows.append((cause, len(some), example))
    return _table("What finance was told", ("cause", "messages", "for example"), rows)


def _fee_explained(told: Told, stage: Stage, console: Console) -> None:
    explained = _explanation(stage)
    if explained is None or told.applied is None:
        return
    weekly = money_text(explained.weekly)
    console.print(f"\n[bold]Why £{weekly}? {explained.placement_id} on {explained.day}[/bold]")
    for link in explained.chain:
        console.print(f"  £{money_text(link.weekly)} a week from {link.valid_from}")
        for sentence in link.sentences:
            console.print(f"      {sentence}", highlight=False)
    said = "every step comes out the same" if explained.agrees else "A STEP DOES NOT COME OUT"
    console.print(f"  Worked out again: {said}.")


def _kent(told: Told, console: Console) -> None:
    if told.kent is None:
        return
    figures = told.kent.figures()
    console.print()
    console.print(sums_table(figures))
    console.print(
        f"{figures['placements']} placements, {with_commas(figures['total'])}; published for "
        f"{figures['year']} is the sum of {with_commas(figures['published'])}, which is "
        f"{figures['difference_per_cent']} % away. {review_sentence(figures['review'])} "
        "More: fosterframe sample.",
        highlight=False,
    )


def _explanation(stage: Stage) -> Explanation | None:
    """Explain the fee that the documentation speaks of, or else the first of a placement."""
    desk = stage.desk
    with desk.database.transaction() as connection:
        fees = complete(connection, FeeBook(every_point(connection)))
        first: Explanation | None = None
        for known in events_of(connection, every_id(connection)).values():
            placement = placement_of(known.events, desk.framework)
            on = max(REVIEW_OF, placement.start)
            if placement.end is not None and placement.end <= on:
                continue
            bands = desk.framework.age_bands
            if bands.adulthood(placement.date_of_birth) <= on:
                continue
            terms = [each for each in placement.terms if each.valid_from <= on][-1]
            if terms.agreed_weekly is not None:
                continue
            key = FeeKey(*terms.family, bands.band_on(placement.date_of_birth, on))
            sources = Sources(partial(award_named, connection))
            found = explain(placement, on, fees, desk.framework, sources)
            if money_text(found.weekly) == _EXPLAINED_FEE:
                return found
            first = first or (found if len(fees.points(key.family, key.age_band)) > 1 else None)
    return first


def _checks(told: Told) -> Table:
    rows = [
        ("yes" if check.holds else "NO", check.says, check.expected, check.found, check.detail)
        for check in told.checks
    ]
    columns = ("holds", "what", "expected", "found", "detail")
    return _table("Reckoning", columns, rows)
