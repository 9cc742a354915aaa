"""Prints decisions and explanations for a person at a terminal."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.eligibility.decisions.archive import Derived
from services.eligibility.decisions.why import (
    AgencyExplained,
    CriterionExplained,
    Explanation,
    Failure,
)
from services.eligibility.facts import value_text
from services.eligibility.rulebooks.told import source_in_full
from services.eligibility.store.decision_list import ListedDecision
from shared.contracts.decision import EligibilityDecided, RankRange
from shared.days import LONDON
from shared.plain_console import plain_console


def print_decision(derived: Derived) -> None:
    """Print every agency with its outcome, and why not."""
    told = EligibilityDecided.model_validate_json(derived.body)
    console = plain_console()
    _print_head(console, derived)
    for gate in told.gates:
        console.print(f"{gate.criterion}: {value_text(gate.verdict)}. {gate.because}")
    rows = Table("rank", "agency", "outcome", "why")
    for each in told.agencies:
        why = "\n".join(f"{reason.criterion}: {reason.because}" for reason in told.unmet(each))
        rank = "" if each.rank is None else str(each.rank)
        agency = f"{each.name}\n{each.agency}"
        rows.add_row(rank, agency, value_text(each.outcome), why)
    console.print(rows)
    _print_draw(console, told.drawn or ())
    for child in told.each_child or ():
        console.print(
            f"{child.child_ref} alone: {len(child.eligible)} eligible, "
            f"{len(child.refer)} referred to a person."
        )
    if told.spot_purchase_indicated:
        console.print("No agency is eligible: a spot purchase is indicated.")
    if not derived.is_same:
        console.print(
            "This is NOT what was decided: what is kept of it was altered. "
            f"See: fosterframe decision verify {told.decision_id}"
        )


def print_why(derived: Derived, explanation: Explanation) -> None:
    """Print what failed how often, the near misses, each child of a group, and the nearest."""
    console = plain_console()
    _print_head(console, derived)
    sources = explanation.decision.policy.rulebook.sources
    for gate in explanation.gates:
        _print_criterion(console, gate, sources)
    console.print(_agencies(explanation))
    _print_draw(console, [RankRange(first=first, last=last) for first, last in explanation.drawn])
    if explanation.failures:
        console.print(_failures(explanation.failures, "What keeps agencies from this referral"))
    for child in explanation.children:
        reasons = ", ".join(f"{each.criterion.id} ({each.not_met})" for each in child.failures)
        console.print(
            f"{child.child_ref}, {child.age}, alone: {len(child.eligible)} eligible, "
            f"{len(child.refer)} referred to a person. Not met: {reasons or 'nothing'}."
        )
    if explanation.nearest:
        console.print("\nNo agency is eligible. The nearest, and what they lack:", style="bold")
    for agency in explanation.nearest:
        _print_nearest(console, agency)


def print_agency(derived: Derived, explanation: Explanation, agency: AgencyExplained) -> None:
    """Print one agency by every criterion, with what was read and the source."""
    console = plain_console()
    _print_head(console, derived)
    outcome = value_text(agency.outcome)
    rank = "" if agency.rank is None else f", rank {agency.rank}"
    near = ", a near miss" if agency.is_near_miss else ""
    console.print(f"{agency.name} ({agency.urn}): {outcome}{rank}{near}")
    sources = explanation.decision.policy.rulebook.sources
    for each in (*explanation.gates, *agency.criteria):
        _print_criterion(console, each, sources)


def print_listed(found: Sequence[ListedDecision], limit: int) -> None:
    """Print decisions in short."""
    rows = Table("decided", "decision", "referral", "version", "occasion", "start", "counts")
    for each in found:
        stored, occasion = each.stored, each.stored.occasion
        rows.add_row(
            f"{stored.decided_at.astimezone(LONDON):%Y-%m-%d %H:%M}",
            stored.decision_id,
            stored.referral.referral_id,
            str(occasion.version),
            value_text(occasion.word),
            stored.referral.start_date.isoformat(),
            "yes" if each.counts else "",
        )
    console = plain_console()
    console.print(rows)
    if len(found) == limit:
        console.print(f"There may be more: --after {found[-1].stored.decision_id}")


def _print_head(console: Console, derived: Derived) -> None:
    stored = derived.stored
    occasion, rulebook = stored.occasion, derived.decision.policy.rulebook
    decided = f"{stored.decided_at.astimezone(LONDON):%Y-%m-%d %H:%M}"
    console.print(
        f"Referral {stored.referral.referral_id}, version {occasion.version}, decided "
        f"{decided} ({value_text(occasion.word)}) by rulebook {rulebook}: "
        f"decision {stored.decision_id}"
    )
    if occasion.supersedes is not None:
        console.print(f"It supersedes {occasion.supersedes}.")


def _print_draw(console: Console, drawn: Sequence[RankRange]) -> None:
    if drawn:
        ranks = ", ".join(f"{each.first} to {each.last}" for each in drawn)
        console.print(f"Agencies on these ranks were equal, and their order was drawn: {ranks}.")


def _print_criterion(
    console: Console, explained: CriterionExplained, sources: Mapping[str, str]
) -> None:
    criterion = explained.criterion
    verdict = value_text(explained.verdict)
    head = (f"\n{criterion.id}: {verdict}", "bold")
    console.print(Text.assemble(head, f"  {criterion.asks}"))
    console.print(f"  {explained.because}")
    for fact in explained.facts:
        name = value_text(fact.name)
        console.print(f"  {fact.of}: {name} = {value_text(fact.value)}")
    for child_ref, on_child in explained.each_child:
        console.print(f"  for {child_ref}: {value_text(on_child)}")
    in_full = source_in_full(criterion.source, sources)
    console.print(f"  Source: {criterion.source}" + (f" ({in_full})" if in_full else ""))


def _agencies(explanation: Explanation) -> Table:
    rows = Table("rank", "agency", "outcome", "not met", "referred by")
    for each in explanation.agencies:
        outcome = value_text(each.outcome) + (", near miss" if each.is_near_miss else "")
        rank = "" if each.rank is None else str(each.rank)
        not_met = ", ".join(one.criterion.id for one in each.with_verdict("not_met"))
        refer = ", ".join(one.criterion.id for one in each.with_verdict("refer"))
        rows.add_row(rank, f"{each.name} ({each.urn})", outcome, not_met, refer)
    return rows


def _failures(failures: Sequence[Failure], title: str) -> Table:
    rows = Table("criterion", "asks", "not met by", "referred for", title=title)
    for each in failures:
        asks = each.criterion.asks
        rows.add_row(each.criterion.id, asks, str(each.not_met), str(each.refer))
    return rows


def _print_nearest(console: Console, agency: AgencyExplained) -> None:
    console.print(f"{agency.name} ({agency.urn}), tier {agency.tier}")
    for each in (*agency.with_verdict("not_met"), *agency.with_verdict("refer")):
        verdict = value_text(each.verdict)
        console.print(f"  {each.criterion.id}, {verdict}: {each.because}")
    if not agency.with_verdict("not_met") and not agency.with_verdict("refer"):
        console.print("  It meets every criterion; a gate keeps the referral from it.")
