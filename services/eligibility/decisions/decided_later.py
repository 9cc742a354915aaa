"""Writes the fields that form 2 of a decision added: its occasion, the draw, each child alone."""

from collections.abc import Sequence
from typing import Final

from pydantic_core import to_json

from services.eligibility.decision import Alone, Decision, not_met_counts
from services.eligibility.occasion import Occasion
from services.eligibility.panel import places
from services.eligibility.rulebooks.criteria import Verdict
from services.eligibility.shortlist import drawn
from services.eligibility.verdicts.columns import Answer
from shared.contracts.decision import ChildOutcomes

PIECES_WRITTEN: Final = 1_024
"""How many pieces of JSON of each kind are remembered."""

_EMPTY_CHILD: Final = b'{"child_ref":"C",'

_Said = tuple[Answer, Verdict]
"""What decides what is said of a child alone: the criteria about agencies, and the gates."""


class LaterFields:
    """Writes them from pieces of JSON that are kept."""

    def __init__(self) -> None:
        self._orders: dict[Sequence[str], bytes] = {}
        self._drawn: dict[tuple[tuple[int, int], ...], bytes] = {}
        self._alone: dict[_Said, bytes] = {}

    def written(self, decision: Decision, occasion: Occasion | None) -> bytes:
        """Return the JSON of the fields in the order of the contract, with a comma at the end."""
        told = b"" if occasion is None else _occasion(occasion)
        told += self._order(decision.policy.shortlist_order) + self._draw(drawn(decision))
        alone = [self._child(decision, each) for each in decision.each_alone()]
        return told + b'"each_child":[%b],' % b",".join(alone) if alone else told

    def _order(self, order: Sequence[str]) -> bytes:
        written = self._orders.get(order)
        if written is None:
            written = self._orders[order] = b'"shortlist_order":%b,' % to_json(order)
        return written

    def _draw(self, ranks: tuple[tuple[int, int], ...]) -> bytes:
        written = self._drawn.get(ranks)
        if written is None:
            if len(self._drawn) >= PIECES_WRITTEN:
                self._drawn.clear()
            each = [b'{"first":%d,"last":%d}' % rank_range for rank_range in ranks]
            written = self._drawn[ranks] = b'"drawn":[%b],' % b",".join(each)
        return written

    def _child(self, decision: Decision, alone: Alone) -> bytes:
        key = alone.answer, alone.gates.outcome
        said = self._alone.get(key)
        if said is None:
            if len(self._alone) >= PIECES_WRITTEN:
                self._alone.clear()
            said = self._alone[key] = _said(decision, alone)
        # A reference needs no escape in JSON: the contract lets in no quote and no backslash.
        return b'{"child_ref":"%b",%b' % (alone.child.child_ref.encode(), said)


def _occasion(occasion: Occasion) -> bytes:
    # Words and ids of ours need no escape; what case management calls its event may.
    reference = to_json(occasion.reference)
    told = b'"version":%d,"occasion":{"word":"%b","reference":%b},'
    written = told % (occasion.version, occasion.word.encode(), reference)
    if occasion.supersedes is None:
        return written
    return written + b'"supersedes":"%b",' % occasion.supersedes.encode()


def _said(decision: Decision, alone: Alone) -> bytes:
    """Return what would be decided for a child alone, but for which child it is."""
    eligible, refer = alone.passing
    agencies = decision.panel.agencies
    told = ChildOutcomes(
        child_ref="C",
        gate_outcome=alone.gates.outcome,
        eligible=tuple([agencies[place].urn for place in places(eligible)]),
        refer=tuple([agencies[place].urn for place in places(refer)]),
        not_met_counts=not_met_counts(decision.policy, alone.answer),
    )
    return bytes(told.__pydantic_serializer__.to_json(told).removeprefix(_EMPTY_CHILD))
