"""The glossary has the words that messages and packs use, and no word that nobody uses."""

import re
from typing import get_args

import pytest

from shared.contracts.decision import Outcome, VerdictWord
from shared.contracts.fields import YesNoUnknown
from shared.contracts.price import CauseWord
from shared.contracts.provider import Grade
from tests.house.source import ROOT, texts

GLOSSARY = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
TERMS = re.findall(r"^\*\*([^*]+)\*\*: (.+)", GLOSSARY, re.MULTILINE)
USED = "\n".join(
    text
    for name, text in texts().items()
    if name.startswith(("shared/", "services/", "deploy/", "docs/contracts/"))
)

KEY_TERMS = """
Agency, Arrears, Age band, Criterion, Decision, Emergency, Fact, Fee key, Fee point, Framework
agreement, Framework pack, Gate, Inbox, Judgement, Lot, Near miss, Outbox, Outcome, Parked,
Placement, Price change, Price review, Purchaser, Referral, Register, Rejection, Relay, Retry
ladder, Rulebook, Sequence, Service line, Shortlist, Solo, Spot purchase, Timeline, Uplift, Verdict
table, Weekly fee
"""


@pytest.mark.parametrize("term", [" ".join(term.split()) for term in KEY_TERMS.split(",")])
def test_a_key_term_is_in_the_glossary(term):
    assert term in {name for name, _ in TERMS}


def test_a_term_is_explained_once():
    names = [name for name, _ in TERMS]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "word",
    sorted(
        {word for kind in (Outcome, VerdictWord, CauseWord, Grade) for word in get_args(kind)}
        | {get_args(YesNoUnknown)[2]}
    ),
)
def test_a_word_that_a_message_may_say_is_in_the_glossary(word):
    assert f"`{word}`" in GLOSSARY


@pytest.mark.parametrize("word", sorted(set(re.findall(r"`([^`\n]+)`", GLOSSARY)) - {"code"}))
def test_a_word_of_code_in_the_glossary_is_one_that_is_used(word):
    assert word in USED
