"""Decides a referral, or says why no rulebook can: it does not list a word that was told."""

from services.eligibility.decision import Decision, decide
from services.eligibility.facts import words_unknown_to
from services.eligibility.panel import Panel
from services.eligibility.referral import Referral
from services.eligibility.verdicts.policy import Policy
from shared.errors import CannotSucceed


def decided(referral: Referral, panel: Panel, policy: Policy) -> Decision:
    """Return what a policy says of a referral to every agency of the panel.

    Raises:
        CannotSucceed: the rulebook does not list a value of a fact; names the fact, not the value.
    """
    try:
        return decide(referral, panel, policy)
    except KeyError:
        # A table has a row for every value that the rulebook lists, and no other.
        unlisted = _unlisted(referral, panel, policy)
        if not unlisted:
            raise
        raise CannotSucceed(
            f"the rulebook in force does not list a value of the fact {unlisted}",
            field="data",
            advice=f"Add it to the facts of the rulebook {policy.rulebook}, activate that, and "
            "replay this message: fosterframe dead replay.",
        ) from None


def _unlisted(referral: Referral, panel: Panel, policy: Policy) -> str:
    """Return the name of the first fact that has a value which the rulebook does not list."""
    told = [*referral.facts, *(agency.facts for agency in panel.agencies)]
    unknown = (words_unknown_to(policy.rulebook.facts, each) for each in told)
    return next((name for found in unknown for name, _ in found), "")
