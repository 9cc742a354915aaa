"""What is said of a message that does not keep to its contract: which field, why, what to do.

Nothing that stood in the message is repeated. The library's own words are not used, because some
of them repeat what was found, and few of them tell a person in a council what to do.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ValidationError

from shared.errors import CannotSucceed

_SPEAKABLE: Final = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,39}$")
_CORRECT: Final = "Correct the field and send the event again."
_NOT_JSON: Final = "Send one CloudEvents 1.0 document in structured mode, as UTF-8 JSON."

_Context = Mapping[str, Any]

_REASONS: Final[Mapping[str, Callable[[_Context], str]]] = {
    "missing": lambda _: "the field is required",
    "extra_forbidden": lambda _: "the contract has no such field",
    "bool_type": lambda _: "it has to be true or false",
    "bool_parsing": lambda _: "it has to be true or false",
    "string_type": lambda _: "it has to be a text in quotes",
    "int_type": lambda _: "it has to be a whole number",
    "int_from_float": lambda _: "it has to be a whole number",
    "tuple_type": lambda _: "it has to be a list",
    "model_type": lambda _: "it has to be an object",
    "literal_error": lambda told: f"it has to be {told['expected']}",
    "string_pattern_mismatch": lambda told: f"it has to match {told['pattern']}",
    "string_too_short": lambda told: f"it has to have at least {told['min_length']} characters",
    "string_too_long": lambda told: f"it has to have at most {told['max_length']} characters",
    "too_short": lambda told: f"it has to have at least {told['min_length']} entries",
    "too_long": lambda told: f"it has to have at most {told['max_length']} entries",
    "greater_than_equal": lambda told: f"it has to be at least {told['ge']}",
    "less_than_equal": lambda told: f"it has to be at most {told['le']}",
    "union_tag_invalid": lambda told: f"it has to be one of {told['expected_tags']}",
    "union_tag_not_found": lambda _: "the field that tells its kind is missing",
    "timezone_aware": lambda _: "the instant has to carry its offset from UTC",
}
_BY_BEGINNING: Final = {
    "datetime_": "it has to be an instant with its offset, such as 2026-03-02T10:00:00Z",
    "timezone_": "the instant has to carry its offset from UTC",
    "date_": "it has to be a date such as 2026-03-02",
    "money": "money is written as a text of pounds with two decimals, never as a number",
    "percentage": "a percentage is written as a text, never as a number",
}
_OTHERWISE: Final = "it is not what the contract asks for"


def refusal_of(invalid: ValidationError) -> CannotSucceed:
    """Return the first thing that is wrong with a message, by its path."""
    first = invalid.errors(include_url=False, include_input=False)[0]
    kind, context = first["type"], first.get("ctx", {})
    if kind == "json_invalid":
        return CannotSucceed("the body is not JSON that can be read", advice=_NOT_JSON)
    path = [_speakable(part) for part in first["loc"]]
    if kind == "union_tag_invalid":
        path.append(str(context["discriminator"]).strip("'"))
    return CannotSucceed(_reason(kind, context), field=".".join(path), advice=_CORRECT)


def _reason(kind: str, context: _Context) -> str:
    told = _REASONS.get(kind)
    if told is not None:
        return told(context)
    for beginning, reason in _BY_BEGINNING.items():
        if kind.startswith(beginning):
            return reason
    return _OTHERWISE


def _speakable(part: int | str) -> str:
    """Return a part of a path, unless it was made up by the sender and may say anything."""
    if isinstance(part, int) or _SPEAKABLE.match(part):
        return str(part)
    return "(a name that cannot be repeated)"
