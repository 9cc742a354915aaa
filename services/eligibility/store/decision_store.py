"""Keeps decisions as what they were made of: facts, rulebook and register, not the result."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.exc import SQLAlchemyError

from services.eligibility.decision import FORM, Decision
from services.eligibility.occasion import Occasion
from services.eligibility.referral import Child, Referral
from services.eligibility.store.tables import decisions, delivery
from shared.contracts.event import Event
from shared.contracts.fields import Data
from shared.days import london_day
from shared.errors import FosterframeError
from shared.persistence.purges import purged_at, purges

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class NoSuchDecision(FosterframeError):  # noqa: N818 - a fact about the store
    """No such decision was made, or it was purged."""


class DecisionAltered(FosterframeError):  # noqa: N818 - as NoSuchDecision
    """What is kept of a decision does not make the decision that was told.

    Args:
        decision_id: which.
        fault: what is wrong, without anything that is kept.
    """

    def __init__(self, decision_id: str, fault: str) -> None:
        super().__init__(
            f"Decision {decision_id} is not told: {fault}. What is kept of it was altered since, "
            "or this version of the service cannot read it. Look with: fosterframe audit verify."
        )
        self.decision_id = decision_id
        self.fault = fault


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """One decision as it is kept.

    Args:
        form: which fields its message has.
        occasion: why it was made, and of which version of the referral it is.
    """

    decision_id: str
    decided_at: datetime
    referral: Referral
    shortlist_order: tuple[str, ...]
    rulebook_digest: str
    register_version: str
    pack_digest: str
    body_digest: str
    form: int
    occasion: Occasion

    @property
    def version(self) -> int:
        """The referral's version."""
        return self.occasion.version

    @property
    def said_at(self) -> datetime | None:
        """When the referral was said; not known of what was decided before this was kept."""
        return self.occasion.said_at


def row_of(
    decision: Decision, occasion: Occasion, told: Event[Data], pack_digest: str, body_digest: str
) -> Mapping[str, object]:
    """Return the row of a decision that an event tells."""
    return {
        "decision_id": told.id,
        "referral_id": decision.referral.referral_id,
        "decided_at": told.time,
        "referral": referral_text(decision.referral),
        "shortlist_order": " ".join(decision.policy.shortlist_order),
        "rulebook_digest": decision.policy.rulebook.digest,
        "register_version": decision.panel.register_version,
        "pack_digest": pack_digest,
        "body_digest": body_digest,
        "form": FORM,
        "version": occasion.version,
        "said_at": occasion.said_at,
        "occasion": occasion.word,
        "occasion_reference": occasion.reference,
        "supersedes": occasion.supersedes,
        "start_date": decision.referral.start_date,
        "caused_by": told.causation_id,
        "correlation_id": told.correlation_id,
        "traceparent": told.traceparent,
    }


def decision(connection: Connection, decision_id: str) -> StoredDecision:
    """Return a decision by its id.

    Raises:
        NoSuchDecision: there is none.
        DecisionAltered: it cannot be read any more.
    """
    found = _read(connection, select(decisions).where(decisions.c.decision_id == decision_id))
    if not found:
        raise NoSuchDecision(_missing(connection, decision_id))
    return found[0]


def stored_decisions(connection: Connection, ids: Collection[str]) -> dict[str, StoredDecision]:
    """Return those of some decisions that are kept.

    Raises:
        DecisionAltered: one of them cannot be read any more.
    """
    found = _read(connection, select(decisions).where(decisions.c.decision_id.in_(ids)))
    return {each.decision_id: each for each in found}


def decisions_on(connection: Connection, referral_id: str) -> list[StoredDecision]:
    """Return every decision on a referral, the one that counts first.

    Raises:
        DecisionAltered: one of them cannot be read any more.
    """
    stored = _read(connection, select(decisions).where(decisions.c.referral_id == referral_id))
    superseded = {each.occasion.supersedes for each in stored}

    def standing(each: StoredDecision) -> tuple[bool, int, datetime, datetime, str]:
        # By the clock what supersedes may be the earlier: it waited for what it supersedes.
        said_at, is_last = each.said_at or _LONG_AGO, each.decision_id not in superseded
        return is_last, each.version, said_at, each.decided_at, each.decision_id

    return sorted(stored, key=standing, reverse=True)


def latest_decision(connection: Connection, referral_id: str) -> StoredDecision:
    """Return the decision on a referral that counts.

    Raises:
        NoSuchDecision: there is none.
        DecisionAltered: one of the decisions on it cannot be read any more.
    """
    if found := decisions_on(connection, referral_id):
        return found[0]
    missing = f"There is no decision on the referral {referral_id}."
    if known := purges(connection):
        begun, horizon = london_day(known[-1].begun_at), london_day(known[-1].horizon)
        missing += f" What was decided before {horizon} was purged on {begun}."
    raise NoSuchDecision(missing)


def _missing(connection: Connection, decision_id: str) -> str:
    """Say of a decision that is not kept whether it ever was; the log keeps that for good."""
    made = select(delivery.log.c.recorded_at).where(
        delivery.log.c.kind == "decision", delivery.log.c.subject == decision_id
    )
    recorded_at = connection.scalar(made.limit(1))
    gone = recorded_at and purged_at(purges(connection), recorded_at)
    if recorded_at is None or gone is None:
        return f"There is no decision {decision_id}."
    return (
        f"Decision {decision_id} was made on {london_day(recorded_at)} and purged on "
        f"{london_day(gone)}. Only its digest is kept, in the log."
    )


def _read(connection: Connection, wanted: Select[tuple[Any, ...]]) -> list[StoredDecision]:
    try:
        return [_stored(row) for row in connection.execute(wanted)]
    except SQLAlchemyError:
        raise
    except Exception as fault:  # noqa: BLE001 - what was altered may fail anywhere
        # Which one, the driver may not have said: an instant is read before its row is.
        altered = _first_unreadable(connection, wanted)
        # Not as its cause: that may repeat what is kept of a child.
        raise DecisionAltered(altered, f"it cannot be read ({type(fault).__name__})") from None


def _first_unreadable(connection: Connection, wanted: Select[tuple[Any, ...]]) -> str:
    ids = connection.scalars(wanted.with_only_columns(decisions.c.decision_id))
    last = ""
    for each in map(str, ids.all()):
        last = each
        one = select(decisions).where(decisions.c.decision_id == each)
        try:
            _stored(connection.execute(one).one())
        except SQLAlchemyError:
            raise
        except Exception:  # noqa: BLE001 - as above
            break
    return last


def _stored(row: Row[*tuple[Any, ...]]) -> StoredDecision:
    return StoredDecision(
        decision_id=row.decision_id,
        decided_at=row.decided_at,
        referral=referral_from_text(row.referral),
        shortlist_order=tuple(row.shortlist_order.split()),
        rulebook_digest=row.rulebook_digest,
        register_version=row.register_version,
        pack_digest=row.pack_digest,
        body_digest=row.body_digest,
        form=row.form,
        occasion=Occasion(
            word=row.occasion,
            reference=row.occasion_reference,
            version=row.version,
            said_at=row.said_at,
            supersedes=row.supersedes,
        ),
    )


def referral_text(referral: Referral) -> str:
    """Return a referral's derived facts as JSON."""
    return json.dumps(
        {
            "referral_id": referral.referral_id,
            "received_at": referral.received_at.isoformat(),
            "purchaser": referral.purchaser,
            "placement_type": referral.placement_type,
            "need_category": referral.need_category,
            "duration": referral.duration,
            "start_date": referral.start_date.isoformat(),
            "emergency": referral.emergency,
            "solo": referral.solo,
            "uasc": referral.uasc,
            "in_house_search": referral.in_house_search,
            "keep_together": referral.keep_together,
            "preferred_area": referral.preferred_area,
            "children": [_child(child) for child in referral.children],
        }
    )


def _child(child: Child) -> dict[str, object]:
    told: dict[str, object] = {
        "child_ref": child.child_ref,
        "age": child.age,
        "age_band": child.age_band,
        "disability": child.disability,
        "with_parent": child.with_parent,
    }
    if child.parent_ref is not None:
        told["parent_ref"] = child.parent_ref
    return told


def referral_from_text(text: str) -> Referral:
    """Return the referral that a text of `referral_text` says."""
    told: dict[str, Any] = json.loads(text)
    told["received_at"] = datetime.fromisoformat(told["received_at"])
    told["start_date"] = date.fromisoformat(told["start_date"])
    told["children"] = tuple(Child(**child) for child in told["children"])
    return Referral(**told)
