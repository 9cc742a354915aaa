"""What a row of Ofsted's files comes to, beside what the register knows of the agency already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.eligibility.facts import Grade, SubGrade
from services.eligibility.ofsted.rows import OfstedRow
from services.eligibility.ofsted.words import Meaning
from services.eligibility.provider import Judgement, ProviderFact, Registration
from shared.contracts.provider import contradictory_grades
from shared.errors import Fault

_TELL_IT: Final = "a day, or the day on which the file was published: --published-on"
_FIELDS: Final[dict[str, Meaning]] = {
    "helped_and_protected": "helped_and_protected",
    "leaders_and_managers": "leaders_and_managers",
}


class _RowRefused(Exception):  # noqa: N818 - what becomes of the row; it never leaves this file
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class OfstedReading:
    """By what days the rows of one file are read.

    Args:
        published_on: the day on which Ofsted published the file; none where nobody told it. It
            stands for what no column tells: from when a judgement counts, and when a registration
            ended at the latest.
        today: nothing was inspected after it.
    """

    published_on: date | None
    today: date

    def facts(self, row: OfstedRow, known: Sequence[ProviderFact]) -> list[ProviderFact] | Fault:
        """Return what a row tells, or why it is refused.

        Args:
            row: what the file says.
            known: what the register knows of the agency, in the order in which it counts. It
                fills what the file leaves open: a file without a column takes nothing back.
        """
        try:
            return [*self._registration(row, known), *self._judgement(row, known)]
        except _RowRefused as refused:
            return refused.fault

    def _registration(
        self, row: OfstedRow, known: Sequence[ProviderFact]
    ) -> Iterator[ProviderFact]:
        before = next((fact for fact in reversed(known) if isinstance(fact, Registration)), None)
        start = row.registered or (before.valid_from if before else None)
        if row.status == "active":
            if row.ended is not None and row.ended <= self.today:
                raise _refused(row, "ended", row.ended, "nothing, for an active registration")
            if row.registered is not None:
                yield Registration(row.registered, row.ended)
        elif start is not None and (row.status == "ended" or row.ended is not None):
            yield Registration(start, self._ended(row, start, before))

    def _ended(self, row: OfstedRow, start: date, before: Registration | None) -> date:
        if row.ended is not None:
            ended = row.ended
        elif self.published_on is None:
            raise _refused(row, "ended", "nothing", _TELL_IT)
        elif before and before.valid_to and before.valid_to <= self.published_on:
            ended = before.valid_to
        else:
            ended = self.published_on
        if ended <= start:
            raise _refused(row, "ended", ended, f"a day after the registration on {start}")
        return ended

    def _judgement(self, row: OfstedRow, known: Sequence[ProviderFact]) -> Iterator[ProviderFact]:
        parts = (row.helped_and_protected, row.leaders_and_managers)
        if row.overall is None:
            if parts != ("unknown", "unknown"):
                raise _refused(row, "overall", "nothing", "an overall judgement beside its parts")
        elif row.overall == "not_yet_inspected":
            yield self._not_yet_inspected(row, known)
        else:
            yield self._judged(row, row.overall, known)

    def _not_yet_inspected(self, row: OfstedRow, known: Sequence[ProviderFact]) -> ProviderFact:
        """Return that nothing was inspected: it is so from the registration on."""
        if row.inspected is not None:
            raise _refused(row, "inspected", row.inspected, "nothing, for not yet inspected")
        helped, leaders = row.helped_and_protected, row.leaders_and_managers
        _refuse_contradictory(row, "not_yet_inspected", helped, leaders)
        told = [
            fact
            for fact in known
            if isinstance(fact, Judgement) and fact.overall == "not_yet_inspected"
        ]
        if told:
            return told[-1]
        registered = [fact.valid_from for fact in known if isinstance(fact, Registration)]
        start = row.registered or (registered[-1] if registered else None)
        if start is None:
            raise _refused(row, "registered", "nothing", "a day, for not yet inspected")
        return Judgement("not_yet_inspected", start, start)

    def _judged(
        self, row: OfstedRow, overall: Grade, known: Sequence[ProviderFact]
    ) -> ProviderFact:
        inspected = row.inspected
        if inspected is None:
            raise _refused(row, "inspected", "nothing", f"a day, for {overall}")
        if inspected > self.today:
            raise _refused(row, "inspected", inspected, "a day that has come")
        same = [
            fact
            for fact in known
            if isinstance(fact, Judgement)
            and fact.inspected_on == inspected
            and fact.overall == overall
        ]
        before = same[-1] if same else None
        published = row.published or (before.published_on if before else self.published_on)
        if published is None:
            raise _refused(row, "published", "nothing", _TELL_IT)
        if published < inspected:
            raise _refused(row, "published", published, f"{inspected}, the inspection, or later")
        helped, leaders = row.helped_and_protected, row.leaders_and_managers
        if before is not None:
            helped = before.helped_and_protected if helped == "unknown" else helped
            leaders = before.leaders_and_managers if leaders == "unknown" else leaders
        _refuse_contradictory(row, overall, helped, leaders)
        return Judgement(overall, inspected, published, helped, leaders)


def _refuse_contradictory(
    row: OfstedRow, overall: str, helped: SubGrade, leaders: SubGrade
) -> None:
    told = {"helped_and_protected": helped, "leaders_and_managers": leaders}
    given = [None if grade == "unknown" else grade for grade in told.values()]
    for field, reason in contradictory_grades(overall, *given):
        raise _refused(row, _FIELDS[field], told[field], f"another judgement: {reason}")


def _refused(row: OfstedRow, meaning: Meaning, found: object, allowed: str) -> _RowRefused:
    return _RowRefused(row.fault(meaning, found, allowed))
