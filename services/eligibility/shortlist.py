"""The order of a shortlist: as the framework declares, and fair where it leaves agencies equal."""

import hashlib
from collections.abc import Callable

from services.eligibility.decision import Decision
from services.eligibility.panel import places


def shortlist(decision: Decision) -> list[int]:
    """Return the places of the agencies that are eligible or referred, in order."""
    passes, refers = decision.passing
    listed = places(passes | refers)
    # Each sort keeps the order of the one before where it finds agencies equal.
    for name in reversed(decision.policy.shortlist_order):
        listed.sort(key=_key(name, decision))
    return listed


def _key(name: str, decision: Decision) -> Callable[[int], int | bytes]:
    """Return what gives each place its standing by one of the framework's order keys."""
    panel = decision.panel
    if name == "outcome":
        eligible = decision.answer.eligible
        return lambda place: not eligible >> place & 1
    if name == "fair_tie_break":
        referral_id, agencies = decision.referral.referral_id, panel.agencies
        return lambda place: tie_break(referral_id, agencies[place].urn)
    if name == "area":
        return panel.nearness(decision.referral.preferred_area).__getitem__
    return (panel.tiers if name == "tier" else panel.qualities).__getitem__


def tie_break(referral_id: str, urn: str) -> bytes:
    """Return what orders agencies that are equal otherwise.

    It depends on the referral, so that no agency always comes first, and on nothing else, so
    that the order can be derived again.
    """
    return hashlib.blake2b(f"{referral_id}|{urn}".encode(), digest_size=8).digest()
