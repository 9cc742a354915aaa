"""The pinned messages: one of each type in full, and where fields may be left out, the least."""

import copy
import json
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
FULL = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.json"))
    if not path.stem.endswith(".least")
}
LEAST = {
    path.stem.removesuffix(".least"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.least.json"))
}


def body_of(document):
    """Return the document as it travels."""
    return json.dumps(document).encode()


def positions(value, path=()):
    """Yield the path of every value in a document, the document itself first."""
    yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from positions(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from positions(part, (*path, place))


def objects(document):
    """Yield the path of every JSON object in a document."""
    for path in positions(document):
        at = document
        for key in path:
            at = at[key]
        if isinstance(at, dict):
            yield path


def with_value(document, path, value):
    """Return the document with another value at a path."""
    if not path:
        return value
    changed = copy.deepcopy(document)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return changed


def without(document, path):
    """Return the document without what stands at a path."""
    changed = copy.deepcopy(document)
    at = changed
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    return changed
