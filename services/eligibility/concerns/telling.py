"""Tells a concern: the message to commissioners, the row that keeps it, and the log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from services.eligibility.concerns.touched import AgencyTouched, ReferralTouched
from services.eligibility.store.concerns import concern_row
from services.eligibility.store.tables import concerns
from shared.contracts.catalogue import PROVIDER_CONCERN
from shared.contracts.concern import (
    PlacementToReview,
    ProviderConcern,
    ReferralDecidedAgain,
    WorseStanding,
)
from shared.contracts.fields import Data
from shared.messaging.work import Work

_WRITTEN_LATER: Final = Data()
"""Stands for the data of the event until it is written: it holds the event's own id."""


def decided_again(
    referrals: Iterable[ReferralTouched],
) -> Mapping[str, Sequence[ReferralDecidedAgain]]:
    """Return by agency the referrals that were decided again, with what it is to each."""
    found: dict[str, list[ReferralDecidedAgain]] = {}
    for referral in referrals:
        if referral.decision_id is None:
            continue
        for each in referral.outcomes:
            again = ReferralDecidedAgain(
                referral_id=referral.referral_id,
                decision_id=referral.decision_id,
                was=each.was,
                outcome=each.outcome,
            )
            found.setdefault(each.agency, []).append(again)
    return found


def tell_concern(
    work: Work,
    agency: AgencyTouched,
    *,
    because: str,
    register_version: str,
    referrals: Sequence[ReferralDecidedAgain] = (),
    adds_to: Sequence[str] = (),
) -> str:
    """Keep and publish what commissioners should look at; return its id.

    Args:
        work: the transaction; the same work always makes the same id.
        agency: whose standing is worse.
        because: what became known.
        register_version: the register with it.
        referrals: those that were decided again, with what the agency is to each.
        adds_to: the concerns before this one that could not name its placements yet.
    """
    event = work.follow(PROVIDER_CONCERN, agency.urn, _WRITTEN_LATER)
    concern = ProviderConcern(
        concern_id=event.id,
        agency=agency.urn,
        name=agency.name,
        known_at=work.now,
        because=because,
        register_version=register_version,
        standing=_standing(agency),
        placements=_placements(agency),
        referrals=tuple(referrals),
        adds_to=tuple(adds_to),
    )
    work.add(concerns, concern_row(concern, event))
    work.record("concern", event.id, concern.model_dump_json().encode())
    work.send(replace(event, data=concern))
    return event.id


def _standing(agency: AgencyTouched) -> tuple[WorseStanding, ...]:
    return tuple(
        WorseStanding(
            criterion=each.criterion,
            on=each.on,
            was=each.was,
            verdict=each.verdict,
            because=each.because,
        )
        for each in agency.standing
    )


def _placements(agency: AgencyTouched) -> tuple[PlacementToReview, ...]:
    return tuple(
        PlacementToReview(placement_id=stay.placement_id, since=stay.since, until=stay.until)
        for stay in agency.placements
    )
