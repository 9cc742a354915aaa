"""The JSON Schema of a framework's rulebooks, so that editors help those who write one."""

import json
from collections.abc import Iterable
from typing import Any, Final

from services.eligibility.facts import (
    Domain,
    Fact,
    OneOf,
    SetOf,
    Value,
    Vocabulary,
    Whole,
    vocabulary,
)
from services.eligibility.rulebooks.form_yaml import RulebookTold
from shared.contracts.schemas import DIALECT
from shared.framework.framework import Framework

Schema = dict[str, Any]

_CONDITION: Final[Schema] = {"$ref": "#/$defs/condition"}
_CONDITIONS: Final = (("CriterionTold", "met"), ("CriterionTold", "refer"), ("NeverTold", "when"))
_BESIDE_REFER: Final[Schema] = {
    "if": {"required": ["refer"]},
    "then": {"properties": {"says": {"required": ["refer"]}}},
    "else": {"properties": {"says": {"properties": {"refer": False}}}},
}


def rulebook_schema(framework: Framework) -> Schema:
    """Return the JSON Schema of the rulebooks of a framework, with its facts and their values.

    What only the whole file can contradict is left to `fosterframe rulebook check`.
    """
    known = vocabulary(framework)
    schema = _plain(RulebookTold.model_json_schema())
    parts = schema["$defs"]
    for name in ("JsonValue", "DomainTold"):
        del parts[name]
    for name, key in _CONDITIONS:
        parts[name]["properties"][key] |= _CONDITION
    parts["CriterionTold"] |= _BESIDE_REFER
    parts["condition"] = _condition(known)
    parts |= {f"compared_{name}": _compared(fact, known) for name, fact in known.items()}
    schema["properties"]["sources"] |= {"additionalProperties": False, "minProperties": 1}
    schema["properties"]["facts"] = {
        "type": "object",
        "description": schema["properties"]["facts"]["description"],
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {name: _declared(fact) for name, fact in known.items()},
    }
    said = f"{schema['description']} With the facts of the framework {framework.id}."
    id_ = f"urn:fosterframe:rulebook:{framework.id}"
    return {"$schema": DIALECT, "$id": id_, **schema, "description": said}


def schema_text(framework: Framework) -> str:
    """Return the schema as the text of its file."""
    return json.dumps(rulebook_schema(framework), indent=2, ensure_ascii=False) + "\n"


def _plain(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a schema without titles, which only repeat names, and without nulls.

    A key without a value is refused where it matters, and what may be left out is left out.
    """
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _plain(part) for key, part in schema.items() if not _says_nothing(key, part)}
    choices = [part for part in plain.pop("anyOf", []) if part != {"type": "null"}]
    return {**choices[0], **plain} if choices else plain


def _says_nothing(key: str, part: object) -> bool:
    return (key == "title" and isinstance(part, str)) or (key == "default" and not part)


def _condition(known: Vocabulary) -> Schema:
    several = {"type": "array", "items": _CONDITION, "minItems": 1}
    return {
        "type": "object",
        "description": "One or more comparisons of facts; all keys of it must hold.",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {
            "all": {"description": "Each of these conditions holds.", **several},
            "any": {"description": "At least one of these conditions holds.", **several},
            **{name: {"$ref": f"#/$defs/compared_{name}"} for name in known},
        },
    }


def _declared(fact: Fact) -> Schema:
    """Return the only form in which a rulebook can declare a fact: with all its values."""
    domain = fact.domain
    if isinstance(domain, Whole):
        bounds = {"from": {"const": domain.lowest}, "to": {"const": domain.highest}}
        return _mapping(bounds, f"{_about(fact)} It is {domain}.")
    is_one = isinstance(domain, OneOf)
    words = domain.values if isinstance(domain, OneOf) else domain.members
    every = {**_list(words), "minItems": len(words), "maxItems": len(words)}
    return _mapping({"one_of" if is_one else "set_of": every}, f"{_about(fact)} It is {domain}.")


def _compared(fact: Fact, known: Vocabulary) -> Schema:
    """Return what a fact can be compared with."""
    domain = fact.domain
    if isinstance(domain, SetOf):
        others = _alike(fact, known, domain.members, OneOf)
        words = list(dict.fromkeys([*domain.members, *others]))
        return _mapping({"includes": {"enum": words}}, f"{_about(fact)} A set of words.")
    values = list(domain.every_value())
    others = _alike(fact, known, values, type(domain))
    choices: list[Schema] = [{"enum": values}, _list(values)]
    if others:
        choices.append(_mapping({"same_as": {"enum": others}}))
    if isinstance(domain, Whole):
        # A bound that every number keeps, or none, would make the comparison one in vain.
        numbers = [name for name, each in known.items() if _is_other_number(each, fact)]
        at_most = [*range(domain.lowest, domain.highest), *numbers]
        at_least = [*range(domain.lowest + 1, domain.highest + 1), *numbers]
        choices.append(_mapping({"at_most": {"enum": at_most}}))
        choices.append(_mapping({"at_least": {"enum": at_least}}))
    return {"description": _about(fact), "anyOf": choices}


def _alike(fact: Fact, known: Vocabulary, values: Iterable[Value], kind: type[Domain]) -> list[str]:
    """Return the other facts of a kind that can have one of some values."""
    wanted = set(values)
    return [
        name
        for name, each in known.items()
        if each is not fact
        and isinstance(each.domain, kind)
        and wanted & set(each.domain.every_value())
    ]


def _is_other_number(each: Fact, fact: Fact) -> bool:
    return each is not fact and isinstance(each.domain, Whole)


def _list(values: Iterable[Value]) -> Schema:
    listed = {"enum": list(values)}
    return {"type": "array", "items": listed, "minItems": 1, "uniqueItems": True}


def _mapping(properties: Schema, description: str = "") -> Schema:
    told = {"description": description} if description else {}
    return told | {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _about(fact: Fact) -> str:
    return f"A fact of the {fact.about}."
