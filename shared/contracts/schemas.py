"""The JSON Schemas of the messages, made from their contracts, for who writes or reads them."""

from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import CoreSchema, core_schema

from shared.contracts.catalogue import CONTRACTS
from shared.contracts.event import CONTENT_TYPE, Envelope

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class _Plain(GenerateJsonSchema):
    """Schemas in the words of the field alone."""

    def field_title_should_be_set(self, schema: CoreSchema | Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's own signature
        """Leave out titles: they would only say the field's name again."""
        return False

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Leave out the discriminator: JSON Schema has none, and AsyncAPI writes another one."""
        union = super().tagged_union_schema(schema)
        union.pop("discriminator", None)
        return union


def schema_of(type_: str) -> Schema:
    """Return the JSON Schema of the data of one type of message."""
    return _document(CONTRACTS[type_], f"urn:fosterframe:{type_}:data")


def envelope_schema() -> Schema:
    """Return the JSON Schema of what stands around the data; further fields are tolerated."""
    schema = _document(Envelope, "urn:fosterframe:envelope")
    schema["description"] = f"A CloudEvents 1.0 document in structured mode ({CONTENT_TYPE})."
    schema["properties"]["data"] = {
        "type": "object",
        "description": "What the type of the message says: see the schema of that type.",
    }
    schema["required"] = [*schema["required"], "data"]
    return schema


def shared_schemas(ref_template: str) -> dict[str, Schema]:
    """Return the schema of every contract by its name, each once, with references between them."""
    models: list[type[BaseModel]] = [*CONTRACTS.values()]
    _, together = models_json_schema(
        [(model, "validation") for model in models],
        ref_template=ref_template,
        schema_generator=_Plain,
    )
    schemas: dict[str, Schema] = together["$defs"]
    return dict(sorted(schemas.items()))


def _document(model: type[BaseModel], id_: str) -> Schema:
    schema = model.model_json_schema(schema_generator=_Plain)
    return {"$schema": DIALECT, "$id": id_, **schema}
