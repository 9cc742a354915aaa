"""What is kept from one decision to the next: it never shows in what a later one says."""

from dataclasses import replace

from services.eligibility.decision import decide
from tests.eligibility.builders import START, agency, child, decided, policy, referral, register


def reasons(decision):
    """Return all that a decision says of the referral and of the agencies, in words."""
    told = [*decision.gates.reasons]
    told += [reason for column in decision.answer.columns for reason in column.reasons]
    return [reason.because for reason in told]


def test_what_a_decision_says_does_not_depend_on_who_asked_before():
    youngest_last = referral(children=(child(16), child(4, ref="C2"), child(2, ref="C3")))
    youngest_first = replace(youngest_last, children=youngest_last.children[::-1])
    serves_none = agency(age_bands=("11-15",))
    panel = register(serves_none).panel(START)

    decide(youngest_last, panel, policy())
    after_another = decide(youngest_first, panel, policy())

    assert reasons(after_another) == reasons(decided(youngest_first, serves_none))


def test_the_children_are_named_by_age_in_whatever_order_they_stand_in_the_referral():
    eldest_first = referral(children=(child(16), child(4, ref="C2"), child(2, ref="C3")))

    told = reasons(decided(eldest_first, agency(age_bands=("11-15",))))

    assert "A child of 2 and 4 is placed outside only by exception; a person decides." in told
    assert "The agency does not serve 0-4 and 16-18." in told
