"""Which agencies miss the least where none is eligible for a child."""

from services.eligibility.decision import Decision
from services.eligibility.shortlist import FAIR, standing_keys, tie_break


def nearest_places(decision: Decision, count: int) -> list[int]:
    """Return the places of the nearest agencies, the nearest first; none where one is eligible.

    First by how few criteria are not met, then by how few refer to a person, then by the order of
    the shortlist, its draw included. What the gates say is the same for every agency.
    """
    eligible, _ = decision.passing
    if eligible:
        return []
    panel, order = decision.panel, decision.policy.shortlist_order
    keys = standing_keys(decision.answer, panel, decision.referral.preferred_area, order)
    columns = decision.answer.columns

    def distance(place: int) -> tuple[int, ...]:
        not_met = sum(column.not_met >> place & 1 for column in columns)
        refer = sum(column.refer >> place & 1 for column in columns)
        urn = panel.agencies[place].urn
        turn = tie_break(decision.referral.referral_id, urn) if FAIR in order else 0
        return not_met, refer, *(key[place] for key in keys), turn, place

    return sorted(range(len(panel.agencies)), key=distance)[:count]
