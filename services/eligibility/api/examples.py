"""Examples of what is asked over HTTP, for the description of the API: all of it is invented."""

from typing import Final

REFERRAL: Final = {
    "referral_id": "R-1",
    "received_at": "2026-03-02T10:00:00+00:00",
    "purchaser": "kent",
    "needed_by": "later",
    "start_date": "2026-03-16",
    "duration": "short_term",
    "placement_type": "core",
    "need_category": "standard",
    "solo": False,
    "in_house_search": "done",
    "uasc": "no",
    "children": [{"child_ref": "C-1", "date_of_birth": "2014-01-05", "disability": False}],
}

RULEBOOK: Final = """\
rulebook: kent-medway
version: "2030.1"
in_force: {from: 2030-04-01}
sources: {D29: Record of decision 29/00012}
facts:
  suspended: {one_of: [yes, no]}
criteria:
  - id: not-suspended
    asks: Is the agency free of a suspension?
    source: D29 3.1
    met: {suspended: no}
    says: {met: It is not suspended., not_met: It is suspended.}
never:
  - {outcome: eligible, when: {suspended: yes}}
"""

RULEBOOK_EXAMPLES: Final = """\
cases:
  - {name: Free, criterion: not-suspended, facts: {suspended: no}, expected: met}
  - {name: Suspended, criterion: not-suspended, facts: {suspended: yes}, expected: not_met}
"""

REGISTER_CSV: Final = (
    "urn,name,joined,left,registered,tier,lots,age_bands,need_categories,purchasers,areas,"
    "largest_group,emergency,solo,disabled_children,long_term,ofsted_overall,inspected,published,"
    "suspended_from,suspended_to,suspension_reason\n"
    "SC990901,Rookwell Fostering,2026-01-01,,2004-01-08,1,core,5-10 11-15,standard,kent,CT,3,"
    "yes,yes,no,yes,good,2024-01-03,2024-02-06,,,\n"
)
