"""How statements, and what finance has booked, are written in JSON and CSV."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from services.pricing.finance.desk import ReviewReconciliation
from services.pricing.finance.review_reconcile import Differing, Figures, Reconciliation, Sent
from services.pricing.finance.statement import StatementLine, Sums, Totals
from shared.days import Period
from shared.money import money_text

Json = dict[str, Any]

CSV_HEADING: Final = (
    "line",
    "placement_id",
    "agency",
    "purchaser",
    "service_line",
    "funding",
    "first_day",
    "day_after_last",
    "days",
    "weekly",
    "amount",
    "sequence",
    "as_of",
)


def line_told(line: StatementLine) -> Json:
    """Return a line of a statement; of arrears, `weekly` is the difference of the two fees."""
    told: Json = {
        "line": line.kind,
        "placement_id": line.placement_id,
        **line.account._asdict(),
        "first_day": line.first_day.isoformat(),
        "day_after_last": line.day_after_last.isoformat(),
        "days": line.days,
        "weekly": money_text(line.weekly),
        "amount": money_text(line.amount),
    }
    if line.as_of is not None:
        told |= {"sequence": line.sequence, "as_of": line.as_of.isoformat()}
    return told


def totals_told(totals: Totals) -> Json:
    """Return what the lines of a statement come to."""
    return {
        "by_purchaser": {name: _sums(sums) for name, sums in sorted(totals.by_purchaser.items())},
        "by_service_line": {
            name: _sums(sums) for name, sums in sorted(totals.by_service_line.items())
        },
        "all": _sums(totals.all),
        "lines": totals.lines,
        "rederived": totals.rederived,
    }


def statement_told(
    agency: str, period: Period, lines: Iterable[StatementLine], gone: date | None
) -> Json:
    """Return a whole statement."""
    totals = Totals()
    told = [line_told(line) for line in _counted(lines, totals)]
    return {
        "agency": agency,
        "from": period.start.isoformat(),
        "to": period.end.isoformat() if period.end else None,
        "totals": totals_told(totals),
        "not_kept_of_placements_that_ended_before": gone.isoformat() if gone else None,
        "lines": told,
    }


def reconciliation_told(found: Reconciliation, most: int | None = None) -> Json:
    """Return how far finance has booked what it was sent.

    Args:
        found: what the comparison found.
        most: how many messages of each kind are named at most; all if none is given.
    """
    return {
        "is_complete": found.is_complete,
        "sent": found.sent,
        "agreed": found.agreed,
        "arrears_sent": money_text(found.arrears_sent),
        "arrears_booked": money_text(found.arrears_booked),
        "not_acknowledged": {
            "count": len(found.not_acknowledged),
            "messages": [_sent(one) for one in found.not_acknowledged[:most]],
        },
        "differing": {
            "count": len(found.differing),
            "messages": [_differing(one) for one in found.differing[:most]],
        },
    }


def review_reconciliation_told(found: ReviewReconciliation, most: int | None = None) -> Json:
    """Return how far finance has booked a price review."""
    return {
        "review_id": found.review_id,
        "state": found.state,
        "is_complete": found.is_complete,
        "adds_up": found.adds_up,
        "told": _figures(found.told) if found.told is not None else None,
        "some_were_purged": found.is_purged,
        "price_changes": reconciliation_told(found.changes, most),
        "totals": reconciliation_told(found.totals, most),
    }


def _counted(lines: Iterable[StatementLine], totals: Totals) -> Iterator[StatementLine]:
    for line in lines:
        totals.add(line)
        yield line


def _sums(sums: Sums) -> Json:
    return {
        "fees": money_text(sums.fees),
        "arrears": money_text(sums.arrears),
        "credits": money_text(sums.credits),
        "total": money_text(sums.total),
    }


def _sent(sent: Sent) -> Json:
    about: Json = (
        {"review_id": sent.about}
        if sent.sequence is None
        else {"placement_id": sent.about, "sequence": sent.sequence}
    )
    return {
        "message_id": sent.message_id,
        **about,
        "sent_at": sent.sent_at.isoformat(),
        **_figures(sent.figures),
    }


def _differing(one: Differing) -> Json:
    return {
        **_sent(one.sent),
        "booked": _figures(one.booked),
        "booked_at": one.booked_at.isoformat(),
    }


def _figures(figures: Figures) -> Json:
    told: Json = {}
    if figures.new_weekly is not None:
        told["new_weekly"] = money_text(figures.new_weekly)
    if figures.price_changes is not None:
        told["price_changes"] = figures.price_changes
    return {**told, "arrears": money_text(figures.arrears)}
