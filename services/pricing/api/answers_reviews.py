"""How price reviews are written in JSON, for the command line and over HTTP alike."""

from typing import Any, Final

from services.pricing.reviews.body import paid_told
from services.pricing.reviews.compare import Compared, Comparison
from services.pricing.reviews.review import LivePlacements, ReviewLine, SpotLine
from services.pricing.reviews.tracks import Track
from services.pricing.store.reviews import PREVIEWED, Review
from shared.money import Money, money_text, percentage_text

Json = dict[str, Any]

WAYS: Final = ("purchaser", "service_line", "agency", "placement_type")
"""By what the totals of a preview can be asked for."""

_OWN_ADDRESS: Final = "by_agency"
"""As many as there are agencies: asked for by themselves."""


def review_told(review: Review) -> Json:
    """Return a review: its terms in a sentence, its steps, and the totals of its last preview."""
    previews = [step.body for step in review.steps if step.step == PREVIEWED]
    preview = dict(previews[-1]) if previews else None
    if preview is not None:
        preview.pop(_OWN_ADDRESS, None)
    return review_in_short(review) | {
        "steps": [
            {
                "step": step.step,
                "actor": step.actor,
                "at": step.at.isoformat(),
                **{name: step.body[name] for name in _SAID if step.body.get(name)},
            }
            for step in review.steps
        ],
        "preview": preview,
    }


_SAID: Final = ("decision_reference", "above_because", "because")
"""What a person said at a step."""


def review_in_short(review: Review) -> Json:
    """Return a review without its steps and totals."""
    return {
        "review_id": review.id,
        "state": review.state,
        "award": review.award,
        "effective_from": review.effective_from.isoformat(),
        "reverses": review.reverses,
        "terms": review.model.version,
        "assumption": review.model.assumption,
        "uplift": percentage_text(review.uplift.rate),
        "formula": review.uplift.formula(),
        "needs_decision": review.needs_decision,
        "tracks": [_track_told(track) for track in review.tracks],
        "drafted_by": review.drafted_by,
        "drafted_at": review.drafted_at.isoformat(),
    }


def totals_of(review: Review, way: str | None = None) -> Json:
    """Return the control totals of a review's last preview, by purchaser and so on.

    Raises:
        KeyError: it was never previewed.
    """
    body = review.last(PREVIEWED).body
    told: Json = {"review_id": review.id, "digest": body["digest"], "total": body["total"]}
    for each in WAYS if way is None else (way,):
        # A preview from before there were so many ways has not all of them.
        told[f"by_{each}"] = body.get(f"by_{each}", {})
    if way in {None, "service_line"}:
        told["service_lines"] = body.get("service_lines", [])
    return told


def line_told(line: ReviewLine) -> Json:
    """Return what a review does about one fee key."""
    return {
        **line.key._asdict(),
        "outcome": line.outcome,
        "before": money_text(line.before),
        "after": money_text(line.after),
        "because": line.because,
        "placements": line.placements,
        "service_lines": [_live_told(paid) for paid in line.service_lines],
        "uplifted_from": _base_told(line),
    }


def spot_line_told(line: SpotLine) -> Json:
    """Return what a review does about one spot placement."""
    return {
        "placement_id": line.placement_id,
        **line.family._asdict(),
        "service_line": line.service_line,
        "outcome": line.outcome,
        "before": money_text(line.before),
        "after": money_text(line.after),
        "because": line.because,
        "uplifted_from": _base_told(line),
    }


def comparison_told(comparison: Comparison) -> Json:
    """Return what other terms would come to beside the present ones, the first column."""
    present = comparison.compared[0]
    return {
        "days": present.stretch.days,
        "columns": [_column_told(one, present) for one in comparison.compared],
    }


def difference(one: Compared, present: Compared) -> Money | None:
    """Return what terms cost more a year than the present ones, where both are known."""
    if one.column.rule is None or present.column.rule is None:
        return None
    return Money(one.total.annual_effect - present.total.annual_effect)


def _column_told(one: Compared, present: Compared) -> Json:
    told: Json = {"terms": one.column.name, "missing": one.column.missing or None}
    if one.column.rule is None:
        return told
    more = difference(one, present)
    return told | {
        "tracks": [_track_told(track) for track in one.column.rule.tracks],
        "fees_uplifted": one.fees.get("uplifted", 0),
        "fees_excluded": one.fees.get("excluded", 0),
        "fees_restored": one.fees.get("restored", 0),
        "fees_weekly_after": money_text(one.weekly_after),
        **paid_told(one.total),
        "difference": None if more is None else money_text(more),
        "service_lines": [
            {
                "purchaser": place[0],
                "service_line": place[1],
                **paid_told(paid),
                "difference": _less(one, present, place),
            }
            for place, paid in sorted(one.service_lines.items())
        ],
    }


def _less(one: Compared, present: Compared, place: tuple[str, str]) -> str | None:
    if place not in present.service_lines:
        return None
    before = present.service_lines[place].annual_effect
    return money_text(Money(one.service_lines[place].annual_effect - before))


def _track_told(track: Track) -> Json:
    return {
        "placement_types": list(track.placement_types),
        "terms": track.terms.version,
        "uplift": percentage_text(track.uplift.rate),
        "formula": track.uplift.formula(),
        "needs_decision": track.uplift.needs_decision,
    }


def _base_told(line: ReviewLine | SpotLine) -> str | None:
    return None if line.base is None else money_text(line.base)


def _live_told(paid: LivePlacements) -> Json:
    return {
        "service_line": paid.service_line,
        "placements": paid.placements,
        "weekly_before": money_text(paid.weekly_before),
        "weekly_after": money_text(paid.weekly_after),
    }
