"""What may be shown of a parked message's body: its structure, its ids and its instants.

Everything else may be a child's, and a body that is wrong may hold anything anywhere. So a name of
a field is shown only where a contract knows it, and a value only where its field can hold nothing
but an id, a type or an instant of the envelope, and it looks like one.
"""

import re
from datetime import datetime
from functools import cache
from typing import Any, Final

from pydantic_core import from_json

from shared.contracts.catalogue import CONTRACTS
from shared.contracts.event import LARGEST_BODY_BYTES
from shared.contracts.schemas import envelope_schema, schema_of

_IDS: Final = frozenset(
    {"id", "subject", "correlationid", "causationid"}
    | {f"data.{kind}_id" for kind in ("message", "referral", "placement", "decision", "review")}
)
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:#-]{0,79}")
_LOOKS_LIKE_A_DAY: Final = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d|\d\d?[-.]\d\d?[-.]\d{4})(?!\d)")
_NUMBER: Final = re.compile(r"[0-9]{1,20}")
_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

_DEEPEST: Final = 12
_MOST_SHOWN: Final = 20
_UNKNOWN: Final = "(a name that no contract knows)"


def scrubbed(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON the body is, without its values
    """Return a body as JSON that can be shown to anybody who operates the service."""
    if len(body) > LARGEST_BODY_BYTES:
        return "(larger than any message may be)"
    try:
        return _shown(from_json(body, allow_inf_nan=False), "", 0)
    except ValueError:
        return "(not JSON)"


def _shown(value: Any, path: str, depth: int) -> Any:  # noqa: ANN401 - any JSON
    if depth > _DEEPEST:
        return "(deeper than any message is)"
    if isinstance(value, dict):
        return _fields(value, path, depth)
    if isinstance(value, list):
        items = [_shown(each, f"{path}.", depth + 1) for each in value[:_MOST_SHOWN]]
        return items + _rest(len(value))
    if isinstance(value, str) and (told := _told(value, path)):
        return told
    return _kind(value)


def _fields(value: dict[str, Any], path: str, depth: int) -> dict[str, Any]:
    known = {name: each for name, each in value.items() if name in _names()}
    shown = {
        name: _shown(each, f"{path}.{name}".lstrip("."), depth + 1)
        for name, each in list(known.items())[: 5 * _MOST_SHOWN]
    }
    strange = len(value) - len(known)
    return shown | ({_UNKNOWN: strange} if strange else {})


def _rest(count: int) -> list[str]:
    return [f"(and {count - _MOST_SHOWN} more)"] if count > _MOST_SHOWN else []


def _told(text: str, path: str) -> str:
    """Return a text that may be told, or nothing."""
    if path == "type":
        return text if text in CONTRACTS else ""
    if path == "time":
        return _instant(text)
    if path == "specversion":
        return text if text == "1.0" else ""
    if path == "sequence":
        return text if _NUMBER.fullmatch(text) else ""
    if path == "traceparent":
        return text if _TRACEPARENT.fullmatch(text) else ""
    is_id = path in _IDS and _ID.fullmatch(text) and not _LOOKS_LIKE_A_DAY.search(text)
    return text if is_id else ""


def _instant(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ""
    # A day alone may be a birthday; an instant has its time and its offset.
    return found.isoformat() if found.tzinfo is not None else ""


def _kind(value: object) -> str:
    """Say what stands there, and not how long it is: a name's length may give it away."""
    if value is None:
        return "(null)"
    if isinstance(value, bool):
        return "(true or false)"
    if isinstance(value, str):
        return "(text)" if value else "(empty text)"
    return "(number)"


@cache
def _names() -> frozenset[str]:
    """Return the name of every field of the envelope and of all contracts."""
    names: set[str] = {"data", "datacontenttype"}
    schemas = [envelope_schema(), *(schema_of(type_) for type_ in CONTRACTS)]
    while schemas:
        schema = schemas.pop()
        properties = schema.get("properties", {})
        names.update(properties)
        schemas.extend(each for each in properties.values() if isinstance(each, dict))
        schemas.extend(schema.get("$defs", {}).values())
    return frozenset(names)
