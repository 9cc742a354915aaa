"""Makes rulebooks that differ from the sample in one place, proved, to try them on referrals."""

from services.eligibility.facts import vocabulary
from services.eligibility.rulebooks.rulebook_yaml import read_rulebook
from services.eligibility.verdicts.engine import Engine
from services.eligibility.verdicts.policy import activate
from tests.eligibility.builders import PACK, framework

GOOD_IS_REFERRED = (
    ("met: {ofsted_overall: [outstanding, good]}", "met: {ofsted_overall: [outstanding]}"),
    ("[requires_improvement, adequate, no", "[good, requires_improvement, adequate, no"),
)
"""An agency that is judged good is left to a person; only an outstanding one is eligible."""

GOOD_IS_NOT_MET = GOOD_IS_REFERRED[:1]
"""An agency that is judged good is not eligible."""


def written(path, *changes):
    """Write the sample rulebook with some texts changed, each of which it must have."""
    text = (PACK / "rulebook.yaml").read_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text)
    return path


def proved(path, known=None):
    """Return the policy of a rulebook in a file, which knows the sample's words if no others."""
    rulebook = read_rulebook(path, known or vocabulary(framework()))
    return activate(rulebook, Engine(rulebook), framework().shortlist_order)
