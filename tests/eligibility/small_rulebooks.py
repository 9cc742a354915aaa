"""Writes small rulebooks with their examples, of which a test says only the telling part."""

from pathlib import Path

_BOOK = """\
rulebook: small
version: "{version}"
in_force: {in_force}
sources: {{S17: A report}}
facts:
  suspended: {{one_of: [yes, no]}}
  tier: {{from: 1, to: 9}}
{facts}
criteria:
  - id: not-suspended
    asks: Do the councils offer the agency new placements?
    source: S17
    met: {{suspended: no}}
    says: {{met: It is not suspended., not_met: It is suspended.}}
  - id: tier
    asks: Is the agency in a tier that is asked?
    source: S17
    met: {{tier: {{at_most: {tier}}}}}
    says: {{met: "Its tier is {{tier}}.", not_met: "Its tier is {{tier}}, which is too low."}}
{criteria}
never:
  - {{outcome: eligible, when: {{suspended: {never_when}}}}}
"""

_EXAMPLES = """\
cases:
  - {{name: A, criterion: not-suspended, facts: {{suspended: no}}, expected: met}}
  - {{name: B, criterion: not-suspended, facts: {{suspended: yes}}, expected: not_met}}
  - {{name: C, criterion: tier, facts: {{tier: 1}}, expected: {first_tier}}}
  - {{name: D, criterion: tier, facts: {{tier: 9}}, expected: not_met}}
{cases}
"""

_NEEDS_FACTS = """\
  needs_served: {set_of: [standard, enhanced, complex]}
  need_category: {one_of: [standard, enhanced, complex]}
"""
_NEEDS = """\
  - id: need-category
    asks: Does the agency serve this category of need?
    source: S17
    met: {needs_served: {includes: need_category}}
    says: {met: It does., not_met: It does not.}
"""
_NEEDS_CASES = """\
  - name: E
    criterion: need-category
    facts: {needs_served: [standard], need_category: standard}
    expected: met
  - name: F
    criterion: need-category
    facts: {needs_served: [], need_category: standard}
    expected: not_met
"""


def small_rulebook(
    folder,
    version="1",
    in_force="{from: 2022-04-01}",
    *,
    tier=8,
    reads_needs=False,
    first_tier="met",
    cases=None,
    never_when="yes",
) -> Path:
    """Return the file of a rulebook that passes agencies up to a tier, with examples beside it."""
    file = folder / f"rulebook-{version}.yaml"
    file.write_text(
        _BOOK.format(
            version=version,
            in_force=in_force,
            tier=tier,
            never_when=never_when,
            facts=_NEEDS_FACTS if reads_needs else "",
            criteria=_NEEDS if reads_needs else "",
        )
    )
    told = _EXAMPLES.format(first_tier=first_tier, cases=_NEEDS_CASES if reads_needs else "")
    beside = folder / f"rulebook-{version}-examples.yaml"
    beside.write_text(told if cases is None else cases)
    return file
