"""Writes a decision as the message that tells it, with every agency and every criterion.

A decision on 300 agencies is long, and most of it was said before. So only its head is made as a
model; the reasons and the agencies are put together from pieces of JSON that are kept. The result
is byte for byte what the contract's model would write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from weakref import WeakKeyDictionary

from services.eligibility.decision import FORM, Decision
from services.eligibility.decisions.decided_later import LaterFields
from services.eligibility.occasion import Occasion
from services.eligibility.panel import Agency, Panel, places
from services.eligibility.referral import Referral
from services.eligibility.shortlist import shortlist
from services.eligibility.verdicts.columns import Answer, Column, Reason
from shared.contracts.decision import (
    AgencyDecision,
    CriterionVerdict,
    EligibilityDecided,
    JudgedChild,
    RulebookUsed,
)

ANSWERS_WRITTEN: Final = 1_024
"""How many answers' JSON is remembered; each is some kilobytes long."""

_EMPTY_TAIL: Final = b'"reasons":[],"agencies":[]}'


@dataclass(frozen=True, slots=True)
class _Entry:
    """The JSON of one agency that never changes in a panel, by outcome."""

    eligible: bytes
    refer: bytes
    not_eligible: bytes
    near_miss: bytes


@dataclass(frozen=True, slots=True)
class _Said:
    """The JSON of what an answer says whoever asked.

    Args:
        reasons: each different reason.
        unmet: by each agency's place, the positions of its reasons.
        not_eligible: the agencies that fail a criterion.
    """

    reasons: bytes
    unmet: list[bytes]
    not_eligible: bytes


class DecisionWriter:
    """Writes decisions, and remembers what agencies and reasons look like in JSON."""

    def __init__(self, pack_digest: str) -> None:
        self._pack_digest = pack_digest
        self._entries: WeakKeyDictionary[Panel, tuple[_Entry, ...]] = WeakKeyDictionary()
        self._said: dict[Answer, _Said] = {}
        self._reasons: WeakKeyDictionary[Column, bytes] = WeakKeyDictionary()
        self._later_fields = LaterFields()

    def written(
        self,
        head: EligibilityDecided,
        decision: Decision,
        occasion: Occasion | None = None,
        *,
        form: int = FORM,
    ) -> bytes:
        """Return a decision as the JSON of an `EligibilityDecided`, from its head on.

        Args:
            head: the decision without all that is put together from pieces.
            decision: what was decided.
            occasion: why; none where nobody is told of it.
            form: which fields it is written with.
        """
        told = head.__pydantic_serializer__.to_json(head)
        reasons = self._said_of(decision).reasons
        agencies = b",".join(self._agencies(decision))
        tail = b'"reasons":[%b],"agencies":[%b]}' % (reasons, agencies)
        if form > 1:
            tail = self._later_fields.written(decision, occasion) + tail
        return bytes(told.removesuffix(_EMPTY_TAIL) + tail)

    def head(
        self, decision: Decision, decision_id: str, decided_at: datetime
    ) -> EligibilityDecided:
        """Return the decision without its agencies and reasons, and without what form 2 added."""
        referral = decision.referral
        rulebook = decision.policy.rulebook
        return EligibilityDecided(
            decision_id=decision_id,
            referral_id=referral.referral_id,
            received_at=referral.received_at,
            decided_at=decided_at.astimezone(UTC),
            purchaser=referral.purchaser,
            placement_type=referral.placement_type,
            need_category=referral.need_category,
            duration=referral.duration,
            start_date=referral.start_date,
            emergency=referral.emergency,
            solo=referral.solo,
            uasc=referral.uasc,
            children=_children(referral),
            rulebook=RulebookUsed(
                name=rulebook.name, version=rulebook.version, digest=rulebook.digest
            ),
            register_version=decision.panel.register_version,
            pack_digest=self._pack_digest,
            criteria=decision.policy.agency_criteria,
            gates=tuple([_verdict(gate) for gate in decision.gates.reasons]),
            gate_outcome=decision.gates.outcome,
            spot_purchase_indicated=decision.spot_purchase_indicated,
            not_met_counts=decision.not_met_counts,
            reasons=(),
            agencies=(),
        )

    def _agencies(self, decision: Decision) -> list[bytes]:
        """Return every agency: the shortlist by rank, then those that are not eligible."""
        entries = self._entries_of(decision.panel)
        said = self._said_of(decision)
        passes, _ = decision.passing
        listed = shortlist(decision)
        told = [
            (entries[place].eligible if passes >> place & 1 else entries[place].refer)
            % (rank, said.unmet[place])
            for rank, place in enumerate(listed, start=1)
        ]
        # Where nothing is listed, a gate may be all that keeps an agency from the shortlist.
        stopped = 0 if listed else decision.answer.eligible | decision.answer.refer
        told += [entries[place].not_eligible % said.unmet[place] for place in places(stopped)]
        if said.not_eligible:
            told.append(said.not_eligible)
        return told

    def _said_of(self, decision: Decision) -> "_Said":
        """Return what an answer always says, whoever asked."""
        said = self._said.get(decision.answer)
        if said is None:
            if len(self._said) >= ANSWERS_WRITTEN:
                self._said.clear()
            said = self._said[decision.answer] = self._made(decision)
        return said

    def _made(self, decision: Decision) -> "_Said":
        entries = self._entries_of(decision.panel)
        unmet = _unmet(decision)
        near = decision.answer.near_misses
        columns = decision.answer.columns
        return _Said(
            reasons=b",".join([self._reasons_of(each) for each in columns if each.reasons]),
            unmet=unmet,
            not_eligible=b",".join(
                (entries[place].near_miss if near >> place & 1 else entries[place].not_eligible)
                % unmet[place]
                for place in places(decision.not_eligible)
            ),
        )

    def _entries_of(self, panel: Panel) -> tuple[_Entry, ...]:
        entries = self._entries.get(panel)
        if entries is None:
            entries = self._entries[panel] = tuple(map(_entry, panel.agencies))
        return entries

    def _reasons_of(self, column: Column) -> bytes:
        written = self._reasons.get(column)
        if written is None:
            told = map(_verdict, column.reasons)
            written = b",".join([each.__pydantic_serializer__.to_json(each) for each in told])
            self._reasons[column] = written
        return written


def _unmet(decision: Decision) -> list[bytes]:
    """Return by each agency's place the positions of its reasons, as JSON writes them."""
    unmet: list[list[bytes]] = [[] for _ in decision.panel.agencies]
    first = 0
    for column in decision.answer.columns:
        if column.reasons:
            positions = _numbers(first, len(column.reasons))
            for place, reason in column.unmet:
                unmet[place].append(positions[reason])
            first += len(column.reasons)
    return list(map(b",".join, unmet))


def _numbers(first: int, count: int) -> Sequence[bytes]:
    return [b"%d" % number for number in range(first, first + count)]


def _entry(agency: Agency) -> _Entry:
    """Return the JSON of an agency, with places for its rank and its reasons."""

    def written(outcome: str, *, is_near_miss: bool = False) -> bytes:
        told = AgencyDecision(
            agency=agency.urn,
            name=agency.name,
            tier=agency.tier,
            outcome=outcome,  # type: ignore[arg-type]  # the three below are all there are
            rank=None,
            near_miss=is_near_miss,
            unmet=(),
        )
        text: bytes = told.__pydantic_serializer__.to_json(told).replace(b"%", b"%%")
        return text.removesuffix(b"]}") + b"%b]}"

    def ranked(outcome: str) -> bytes:
        return b'"rank":%d'.join(written(outcome).rsplit(b'"rank":null', 1))

    return _Entry(
        eligible=ranked("eligible"),
        refer=ranked("refer"),
        not_eligible=written("not_eligible"),
        near_miss=written("not_eligible", is_near_miss=True),
    )


def _children(referral: Referral) -> tuple[JudgedChild, ...]:
    return tuple(
        [
            JudgedChild(
                child_ref=child.child_ref,
                age=child.age,
                age_band=child.age_band,
                disability=child.disability,
                with_parent=child.with_parent,
            )
            for child in referral.children
        ]
    )


def _verdict(reason: Reason) -> CriterionVerdict:
    return CriterionVerdict(
        criterion=reason.criterion, verdict=reason.verdict, because=reason.because
    )
