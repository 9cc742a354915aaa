"""What an import would do: every fact of a file, and what becomes of it in the register."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from services.eligibility.provider import ProviderFact, fact_text, kind_of
from services.eligibility.register.changes import WORDS, FactChange, Word
from shared.errors import Fault

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FactTold:
    """One fact that a file tells of an agency, and what becomes of it.

    Args:
        sheet, line: where it stands: the file with its sheet, and the row.
    """

    urn: str
    sheet: str
    line: int
    fact: ProviderFact
    change: FactChange

    def told(self) -> dict[str, object]:
        """Return it as JSON can hold it."""
        was = self.change.was
        return {
            "agency": self.urn,
            "file": self.sheet,
            "line": self.line,
            "kind": kind_of(self.fact),
            "becomes": self.change.word,
            "fact": json.loads(fact_text(self.fact)),
            "was": None if was is None else json.loads(fact_text(was)),
            "because": self.change.because,
        }


@dataclass(frozen=True)
class ImportPreview:
    """Everything that an import would do, row by row.

    Args:
        file: what it is called.
        register_version: the register that it was compared with.
        agencies: how many agencies the rows that are taken are about.
        facts: in the order of the file.
        refused: what is wrong with the rows that are not taken.
        skipped: how many rows are about something else, by what.
        notices: what a reader should know of how the file was read.
    """

    kind: str
    file: str
    register_version: str
    agencies: int
    facts: tuple[FactTold, ...] = field(repr=False)
    refused: tuple[Fault, ...]
    skipped: Mapping[str, int]
    notices: tuple[str, ...]

    @property
    def new(self) -> list[FactTold]:
        """The facts that the register would take, in their order."""
        return [each for each in self.facts if each.change.is_new]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many facts become what, and how many rows are refused."""
        words: Counter[Word] = Counter(each.change.word for each in self.facts)
        rows = {(fault.file, fault.line) for fault in self.refused}
        return {word: words[word] for word in WORDS} | {REFUSED: len(rows)}

    @cached_property
    def digest(self) -> str:
        """What it would do, in one word: another digest, another import."""
        digest = hashlib.sha256()
        for text in self._texts():
            digest.update(text.encode() + b"\n")
        return digest.hexdigest()

    def _texts(self) -> Iterator[str]:
        yield self.kind
        for each in self.new:
            was = "" if each.change.was is None else fact_text(each.change.was)
            told = f"{each.urn}|{kind_of(each.fact)}|{fact_text(each.fact)}"
            yield f"{each.change.word}|{told}|{was}"
        for fault in self.refused:
            yield f"{REFUSED}|{fault.line}|{fault.key}|{fault.found}"

    def told(self) -> dict[str, object]:
        """Return it as JSON can hold it, each fact and each fault."""
        return {
            "kind": self.kind,
            "file": self.file,
            "digest": self.digest,
            "register_version": self.register_version,
            "agencies": self.agencies,
            "counts": dict(self.counts),
            "skipped": dict(self.skipped),
            "notices": list(self.notices),
            "facts": [each.told() for each in self.facts],
            "refused": [
                {
                    "file": fault.file,
                    "line": fault.line,
                    "column": fault.key,
                    "found": fault.found,
                    "allowed": fault.allowed,
                }
                for fault in self.refused
            ],
        }
