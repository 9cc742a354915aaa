"""Reads a file about agencies and compares it with the register, fact by fact."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, Literal

from services.eligibility.fact_words import fact_words
from services.eligibility.facts import value_text
from services.eligibility.ofsted.facts import OfstedReading
from services.eligibility.ofsted.rows import OfstedRow, read_ofsted
from services.eligibility.provider import ProviderFact, Registration, kind_of
from services.eligibility.register.changes import change_by, subject_of, with_known_parts
from services.eligibility.register.pack_csv import read_rows
from services.eligibility.register.preview import FactTold, ImportPreview
from services.eligibility.register.register import Register
from services.eligibility.rulebooks.rulebook import Rulebook
from services.eligibility.rulebooks.words import unknown_to_rulebooks
from shared.errors import Fault, FileRefused
from shared.framework.csv_file import CsvFile
from shared.framework.faults import LARGEST_FILE_BYTES, WHOLE_FILE, shown, text_of
from shared.framework.framework import Framework

FRAMEWORK: Final = "framework"
OFSTED: Final = "ofsted"
FileKind = Literal["framework", "ofsted"]
"""The framework's own register, or a provider file as Ofsted publishes it."""


@dataclass(frozen=True)
class AgencyFile:
    """A file about agencies, as it was handed in.

    Args:
        name: what it is called; it need not be there.
        published_on: the day on which it was published, where that was told.
    """

    kind: FileKind
    name: str
    body: bytes = field(repr=False)
    published_on: date | None = None

    @classmethod
    def read(cls, path: Path, kind: FileKind, published_on: date | None = None) -> "AgencyFile":
        """Return a file that lies somewhere.

        Raises:
            FileRefused: there is no such file, or it is too large.
        """
        try:
            with path.open("rb") as file:
                body = file.read(LARGEST_FILE_BYTES + 1)
        except OSError as unread:
            found = f"no file that can be read ({unread.strerror})"
            raise FileRefused([Fault(str(path), None, WHOLE_FILE, found, "a file")]) from None
        return cls(kind, str(path), body, published_on)

    @property
    def digest(self) -> str:
        """The digest of what it holds."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Comparing:
    """What a file is compared with.

    Args:
        rulebooks: those that must know every word that is new.
        today: nothing was inspected after it.
    """

    register: Register
    framework: Framework
    rulebooks: Sequence[Rulebook]
    today: date

    def preview(self, file: AgencyFile) -> ImportPreview:
        """Return what an import of a file would do.

        Raises:
            FileRefused: no row of it can be read.
        """
        compared = _Compared(self)
        skipped: dict[str, int] = {}
        notices: list[str] = []
        if file.kind == OFSTED:
            told = read_ofsted(file.name, file.body, self.register)
            skipped, notices = dict(told.skipped), told.notices
            refused = told.refused
            reading = OfstedReading(file.published_on, self.today)
            for row in told.rows:
                compared.take_ofsted(row, reading)
        else:
            path = Path(file.name)
            read = read_rows(CsvFile.of_text(path, text_of(path, file.body)), self.framework)
            refused = read.refused
            for agency in read.rows:
                compared.take(agency.urn, file.name, agency.line, agency.facts)
        return ImportPreview(
            kind=file.kind,
            file=file.name,
            register_version=self.register.version,
            agencies=len(compared.agencies),
            facts=tuple(compared.facts),
            refused=tuple(sorted([*refused, *compared.refused], key=_by_line)),
            skipped=skipped,
            notices=tuple(notices),
        )


class _Compared:
    """The rows of a file so far: what they tell, and which of them are refused."""

    def __init__(self, beside: Comparing) -> None:
        self.facts: list[FactTold] = []
        self.refused: list[Fault] = []
        self.agencies: set[str] = set()
        self._beside = beside
        self._known: dict[str, list[ProviderFact]] = {}
        self._told: dict[tuple[str, object], tuple[ProviderFact, int]] = {}

    def take_ofsted(self, row: OfstedRow, reading: OfstedReading) -> None:
        """Take a row of Ofsted's, by what is known of its agency with the rows before it."""
        facts = reading.facts(row, self._known_of(row.urn))
        if isinstance(facts, Fault):
            self.refused.append(facts)
        else:
            self.take(row.urn, row.sheet.label, row.line, facts)

    def take(self, urn: str, sheet: str, line: int, facts: Sequence[ProviderFact]) -> None:
        """Take what a row tells of an agency, or nothing of it."""
        known = list(self._known_of(urn))
        told, faults = [], []
        facts = [with_known_parts(fact, known) for fact in facts]
        for fact in facts:
            change = change_by(fact, known)
            earlier = self._told.get((urn, _one_word_on(fact)))
            if earlier is not None and earlier[0] != fact:
                allowed = f"the same as row {earlier[1]}: {fact_words(earlier[0])}"
                faults.append(Fault(sheet, line, kind_of(fact), shown(fact_words(fact)), allowed))
            if change.is_new:
                faults += self._unknown_words(sheet, line, fact)
                known.append(fact)
            told.append(FactTold(urn, sheet, line, fact, change))
        if faults:
            self.refused += faults
            return
        self.facts += told
        self.agencies.add(urn)
        self._known[urn] = known
        self._told |= {(urn, _one_word_on(fact)): (fact, line) for fact in facts}

    def _known_of(self, urn: str) -> Sequence[ProviderFact]:
        found = self._known.get(urn)
        return self._beside.register.facts_of(urn) if found is None else found

    def _unknown_words(self, sheet: str, line: int, fact: ProviderFact) -> Iterator[Fault]:
        for unknown in unknown_to_rulebooks(self._beside.rulebooks, fact):
            allowed = f"{unknown.allowed}, as the rulebook {unknown.rulebook} knows it"
            yield Fault(sheet, line, unknown.fact, shown(value_text(unknown.value)), allowed)


def _one_word_on(fact: ProviderFact) -> object:
    """Return on what a file says one thing only; an agency has one registration."""
    return kind_of(fact) if isinstance(fact, Registration) else subject_of(fact)


def _by_line(fault: Fault) -> tuple[str, int]:
    return fault.file, fault.line or 0
