"""A YAML file of a pack, read as YAML 1.2, with the line of every key and value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from shared.errors import Fault, FileRefused
from shared.framework.faults import WHOLE_FILE, Path_, faults_of, key_text, read_text, shown

Plain = str | int | bool | None
Content = Plain | list["Content"] | dict[str, "Content"]

DEEPEST: Final = 20
"""How many lists and mappings of a file may stand within one another."""

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_WORDS: Final[dict[str, bool | None]] = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip
"""The plain words that YAML 1.2's core schema does not read as text; `yes` and `no` are text."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class YamlFile:
    """What a file says, and on which line it says so.

    Dates and decimal numbers stay text, exactly as written: the model parses them.
    """

    path: Path
    content: Content
    lines: dict[Path_, int] = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> "YamlFile":
        """Return the file's content.

        Raises:
            FileRefused: there is no such file, it is empty, or it is not plain YAML 1.2.
        """
        text = read_text(path)
        builder = _Builder(path)
        try:
            content = builder.document(YAML(typ="safe", pure=True).parse(text))
        except MarkedYAMLError as unreadable:
            mark = unreadable.problem_mark or unreadable.context_mark
            line = mark.line + 1 if mark else None
            said = (unreadable.problem or "what cannot be read").removeprefix("found ")
            raise FileRefused(
                [Fault(str(path), line, WHOLE_FILE, shown(said), "YAML 1.2")]
            ) from None
        except YAMLError as unreadable:
            said = str(unreadable).splitlines()[0]
            raise FileRefused(
                [Fault(str(path), None, WHOLE_FILE, shown(said), "YAML 1.2")]
            ) from None
        if builder.faults:
            raise FileRefused(builder.faults)
        return cls(path, content, builder.lines)

    def line_of(self, path: Path_) -> int:
        """Return the line of the key, or of the nearest one above it that stands in the file."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def fault(self, path: Path_, found: object, allowed: str) -> Fault:
        """Return a fault at a key, for what a reader finds wrong after parsing."""
        return Fault(str(self.path), self.line_of(path), key_text(path), shown(found), allowed)

    def as_model(self, model: type[M]) -> M:
        """Return the content as the model reads it.

        Raises:
            FileRefused: with every fault, each with its line.
        """
        try:
            # As JSON, where a strict model takes a list for a tuple and text for a date.
            return model.model_validate_json(to_json(self.content))
        except ValidationError as invalid:
            raise FileRefused(
                [
                    self.fault(told.path, told.found, told.allowed)
                    for told in faults_of(invalid, model, self.lines)
                ]
            ) from None


class _Builder:
    """Builds the content from the parser's events, which alone know keys that stand twice."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lines: dict[Path_, int] = {(): 1}
        self.faults: list[Fault] = []

    def document(self, events: Iterator[Event]) -> Content:
        content: Content = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                first = next(events)
                if documents == 1:
                    self.lines[()] = _line(first)
                    content = self._node(first, events, ())
                else:
                    self._refuse(first, "another document", "one document in each file")
        if documents == 0 or content is None:
            raise FileRefused(
                [Fault(str(self._path), None, WHOLE_FILE, "an empty file", "YAML 1.2")]
            )
        return content

    def _node(self, event: Event, events: Iterator[Event], path: Path_) -> Content:
        if len(path) > DEEPEST:
            self._refuse(event, f"more than {DEEPEST} levels", "less nesting")
        if isinstance(event, AliasEvent):
            self._refuse(event, f"the alias *{event.anchor}", "the value itself, written out")
        if isinstance(event, NodeEvent) and event.anchor is not None:
            self._refuse(event, f"the anchor &{event.anchor}", "the value without an anchor")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._refuse(event, f"the tag {tag}", "the value without a tag")
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        raise AssertionError(f"the parser gave {event} where a value is due")

    def _mapping(self, events: Iterator[Event], path: Path_) -> dict[str, Content]:
        told: dict[str, Content] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent):
                self._refuse(event, "a key that is no word", "a word as key")
            key = str(event.value)
            here = (*path, key)
            if key in told:
                said = f"the key a second time, first in line {self.lines[here]}"
                fault = Fault(str(self._path), _line(event), key_text(here), said, "each key once")
                self.faults.append(fault)
            else:
                self.lines[here] = _line(event)
            told[key] = self._node(next(events), events, here)
        return told

    def _sequence(self, events: Iterator[Event], path: Path_) -> list[Content]:
        told: list[Content] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            here = (*path, len(told))
            self.lines[here] = _line(event)
            told.append(self._node(event, events, here))
        return told

    def _refuse(self, event: Event, found: str, allowed: str) -> NoReturn:
        """Stop here: what follows such a thing could not be read for what it means."""
        fault = Fault(str(self._path), _line(event), WHOLE_FILE, shown(found), allowed)
        raise FileRefused([*self.faults, fault])


def _scalar(event: ScalarEvent) -> Plain:
    text = str(event.value)
    if event.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1
