"""How pricing's answers are written in JSON, for the command line and over HTTP alike."""

from typing import Any

from services.pricing.explain import Explanation
from services.pricing.fees import FeeKey, FeePoint
from services.pricing.indices import IndexValue
from services.pricing.reconcile import ToldChange
from services.pricing.repricing import Repriced
from services.pricing.store.reviews import PREVIEWED, Review
from services.pricing.timeline import Timeline
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
    }


def review_told(review: Review) -> Json:
    """Return a review: its terms in a sentence, its steps, and the totals of its last preview."""
    previews = [step.body for step in review.steps if step.step == PREVIEWED]
    return {
        "review_id": review.id,
        "state": review.state,
        "award": review.award,
        "effective_from": review.effective_from.isoformat(),
        "terms": review.model.version,
        "assumption": review.model.assumption,
        "uplift": percentage_text(review.uplift.rate),
        "formula": review.uplift.formula(),
        "needs_decision": review.uplift.needs_decision,
        "drafted_by": review.drafted_by,
        "steps": [
            {"step": step.step, "actor": step.actor, "at": step.at.isoformat()}
            for step in review.steps
        ],
        "preview": previews[-1] if previews else None,
    }


def repriced_told(repriced: Repriced) -> Json:
    """Return what looking at placements again has come to."""
    return {
        "placements_changed": repriced.placements_changed,
        "price_changes": repriced.price_changes,
        "arrears": money_text(repriced.arrears),
        "unpriced": repriced.unpriced,
    }
