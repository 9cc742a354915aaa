"""How pricing's answers are written in JSON, for the command line and over HTTP alike."""

from typing import Any

from services.pricing.explaining.explain import Explanation
from services.pricing.fee_book.importing import Imported
from services.pricing.fee_book.quoting import Enquiry
from services.pricing.fees import FeeKey, FeePoint
from services.pricing.finance.reconcile import ToldChange
from services.pricing.indices import IndexValue
from services.pricing.placements.repricing import Repriced
from services.pricing.placements.volume_counting import VolumeCounted
from services.pricing.shortlist import PricedFee
from services.pricing.timeline import Timeline
from shared.framework.adjustments import Adjustment, Amount
from shared.money import money_text, percentage_text

Json = dict[str, Any]


def value_told(value: IndexValue) -> Json:
    """Return an index value."""
    return {
        "series": value.series,
        "month": str(value.month),
        "value": percentage_text(value.value),
        "released_on": value.released_on.isoformat(),
        "standing": value.standing,
        "source": value.source,
    }


def fee_told(key: FeeKey, point: FeePoint) -> Json:
    """Return a weekly fee from a day on."""
    return {
        **key._asdict(),
        "from": point.valid_from.isoformat(),
        "weekly": money_text(point.weekly),
        "cause": point.cause.kind,
        "reference": point.cause.reference,
    }


def timeline_told(current: Timeline) -> list[Json]:
    """Return the segments of a timeline."""
    return [
        {
            "from": segment.start.isoformat(),
            "to": segment.end.isoformat() if segment.end else None,
            "weekly": money_text(segment.weekly),
            **segment.account._asdict(),
            "causes": [
                {"cause": cause.word, "reference": cause.reference, "on": cause.on.isoformat()}
                for cause in segment.causes
            ],
        }
        for segment in current
    ]


def change_told(change: ToldChange) -> Json:
    """Return what finance was told of a placement."""
    return {
        "sequence": change.sequence,
        "from": change.start.isoformat(),
        "to": change.end.isoformat() if change.end else None,
        "old_weekly": money_text(change.old_weekly),
        "new_weekly": money_text(change.new_weekly),
        **change.account._asdict(),
    }


def explanation_told(explanation: Explanation) -> Json:
    """Return how a fee came about."""
    return {
        "placement_id": explanation.placement_id,
        "day": explanation.day.isoformat(),
        "weekly": money_text(explanation.weekly),
        "daily": money_text(explanation.daily),
        "bought_as": explanation.bought_as,
        "agrees": explanation.agrees,
        "chain": [
            {
                "from": link.valid_from.isoformat(),
                "weekly": money_text(link.weekly),
                "agrees": link.agrees,
                "because": list(link.sentences),
            }
            for link in explanation.chain
        ],
        "told": [change_told(change) for change in explanation.told],
    }


def quote_told(enquiry: Enquiry, fee: PricedFee) -> Json:
    """Return what a week would cost, and how that is made."""
    return {
        **enquiry.key._asdict(),
        "on": enquiry.on.isoformat(),
        "solo": enquiry.solo,
        "sibling_number": enquiry.sibling_number,
        "framework": {
            "from": fee.point.valid_from.isoformat(),
            "weekly": money_text(fee.point.weekly),
            "cause": fee.point.cause.kind,
            "reference": fee.point.cause.reference,
        },
        "adjustments": [adjustment_told(*due) for due in fee.due],
        "weekly": money_text(fee.weekly),
    }


def adjustment_told(adjustment: Adjustment, amount: Amount) -> Json:
    """Return a discount or supplement with its per cent, or its pounds a week."""
    told = {"id": adjustment.id, "kind": adjustment.kind, "name": adjustment.name}
    if amount.percent is not None:
        told["percent"] = percentage_text(amount.percent)
    if amount.weekly is not None:
        told["weekly"] = money_text(amount.weekly)
    return told


def imported_told(done: Imported) -> Json:
    """Return what came of an import of fees."""
    return {"recorded": done.recorded, "known": done.known, **repriced_told(done.repriced)}


def volume_told(done: VolumeCounted) -> Json:
    """Return how many placements each agency was counted with, and what that has moved."""
    counts = [each._asdict() for each in done.counts]
    return {
        "recorded": sum(each.is_new for each in done.counts),
        "counts": counts,
        **repriced_told(done.repriced),
    }


def repriced_told(repriced: Repriced) -> Json:
    """Return what looking at placements again has come to."""
    return {
        "placements_changed": repriced.placements_changed,
        "price_changes": repriced.price_changes,
        "arrears": money_text(repriced.arrears),
        "unpriced": repriced.unpriced,
    }
