"""What is wrong in a file, put as a person who wrote the file would look for it."""

import types
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.errors import Fault, FileRefused

Path_ = tuple[str | int, ...]
"""Where something stands in a file: the keys and the positions, from 0, that lead to it."""

WHOLE_FILE: Final = "(file)"
"""The key of what is wrong with a file as a whole."""

LARGEST_FILE_BYTES: Final = 64 * 1024 * 1024
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that a model refuses, before it is known in which file it stands."""

    path: Path_
    found: object
    allowed: str


class Nothing:
    """What is found where something is missing."""

    def __str__(self) -> str:
        return "nothing"


NOTHING_THERE: Final = Nothing()


def shown(found: object) -> str:
    """Return what was found, in one short line."""
    if isinstance(found, dict):
        return "a mapping" if found else "an empty mapping"
    if isinstance(found, (list, tuple)):
        return f"a list of {len(found)}"
    if found is None or found == "":
        return str(NOTHING_THERE)
    text = " ".join(str(found).split())
    if isinstance(found, bool):
        text = text.lower()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def key_text(path: Path_) -> str:
    """Return a path as a person reads it: `components[0].share`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or WHOLE_FILE


def read_text(path: Path) -> str:
    """Return a file's text, which is UTF-8 with or without a byte order mark.

    Raises:
        FileRefused: there is no such file, or it is empty, too large, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as unread:
        found = f"no file that can be read ({unread.strerror})"
        raise FileRefused([Fault(str(path), None, WHOLE_FILE, found, "a file")]) from None
    return text_of(path, body)


def text_of(path: Path, body: bytes) -> str:
    """Return what a file's bytes say, which are UTF-8 with or without a byte order mark.

    Args:
        path: what the file is called in a fault; it need not be there.
        body: what it holds.

    Raises:
        FileRefused: it is empty, too large, or not UTF-8.
    """
    if len(body) > LARGEST_FILE_BYTES:
        allowed = f"at most {LARGEST_FILE_BYTES} bytes"
        raise FileRefused([Fault(str(path), None, WHOLE_FILE, "a larger file", allowed)])
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as undecoded:
        line = body.count(b"\n", 0, undecoded.start) + 1
        found = f"the byte 0x{body[undecoded.start]:02x}"
        raise FileRefused([Fault(str(path), line, WHOLE_FILE, found, "UTF-8")]) from None
    if not text.strip():
        raise FileRefused(
            [Fault(str(path), None, WHOLE_FILE, "an empty file", "a file with content")]
        )
    return text


def faults_of(
    invalid: ValidationError, model: type[BaseModel], known: Collection[Path_]
) -> Iterator[Refusal]:
    """Yield what the model refused; `known` are the paths that stand in the file.

    What every branch of a union refuses is told once, with all that they allow.
    """
    at_one_place: dict[tuple[Path_, str], list[Refusal]] = {}
    for refusal in _refusals(invalid, model, known):
        at_one_place.setdefault((refusal.path, shown(refusal.found)), []).append(refusal)
    for (path, _), refusals in at_one_place.items():
        choices = " or ".join(dict.fromkeys(refusal.allowed for refusal in refusals))
        yield Refusal(path, refusals[0].found, choices)


def _refusals(
    invalid: ValidationError, model: type[BaseModel], known: Collection[Path_]
) -> Iterator[Refusal]:
    for error in invalid.errors(include_url=False):
        if error["type"] == "too_short" and error["ctx"]["actual_length"] < len(error["input"]):
            # What is wrong in the list was told by itself, and is not missing too.
            continue
        path, names = _place(error["loc"], known)
        if error["type"] == "missing":
            yield Refusal((*path, *names[-1:]), NOTHING_THERE, "this key is needed")
        elif error["type"] == "extra_forbidden":
            keys = ", ".join(sorted(_keys_at(model, path[:-1]))) or "no key here"
            yield Refusal(path, f"the unknown key {path[-1]}", keys)
        else:
            yield Refusal(path, error["input"], allowed(error))


def _place(loc: Path_, known: Collection[Path_]) -> tuple[Path_, Path_]:
    """Split a model's path into what stands in the file, and what does not.

    The rest holds the names of a union's branches and of keys that are missing.
    """
    path: Path_ = ()
    rest: Path_ = ()
    for part in loc:
        if (*path, part) in known:
            path = (*path, part)
        else:
            rest = (*rest, part)
    return path, rest


def allowed(error: ErrorDetails) -> str:
    """Return what a model allows where it refused something."""
    told = error.get("ctx", {})
    if error["type"] in ("literal_error", "enum"):
        return str(told["expected"]).replace("'", "")
    if error["type"] == "string_pattern_mismatch":
        return f"text of the form {told['pattern']}"
    if error["type"] == "string_too_short":
        return "a text that is not empty"
    if error["type"] == "too_short":
        return f"at least {told['min_length']} in it"
    said = error["msg"].removeprefix("Value error, ")
    return said.removeprefix("Input should be ")


def _keys_at(model: type[BaseModel], path: Path_) -> set[str]:
    """Return the keys that a model knows at a path, of every branch where there are several."""
    at = {model}
    for part in path:
        if isinstance(part, int):
            continue
        deeper: set[type[BaseModel]] = set()
        for one in at:
            for name, told in one.model_fields.items():
                if part in (name, told.alias):
                    deeper |= set(_models_in(told.annotation))
        # A key of a mapping of models names no field: the models in it stay the same.
        at = deeper or at
    return {told.alias or name for one in at for name, told in one.model_fields.items()}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any type it may be
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, types.UnionType) or get_args(annotation):
        for part in get_args(annotation):
            yield from _models_in(part)
