"""Writes the contract documents: a JSON Schema for each message, and the AsyncAPI document."""

import json
import sys
from pathlib import Path
from typing import Final

from shared.contracts.catalogue import CONTRACTS
from shared.contracts.schemas import Schema, envelope_schema, schema_of
from shared.messaging.asyncapi import asyncapi_document
from shared.messaging.topology import topology

VERSION: Final = "1.0.0"
"""The version of the contracts as a whole; it rises with each message that is added or changed."""

OF_SERVICES: Final = frozenset({"rulebook.schema.json"})
"""Documents that stand among those of the messages, and are written by the service they are of."""


def contract_documents() -> dict[str, str]:
    """Return the text of every contract document by the name of its file."""
    schemas = {f"{type_}.schema.json": schema_of(type_) for type_ in CONTRACTS}
    return {
        name: _text(document)
        for name, document in {
            **schemas,
            "envelope.schema.json": envelope_schema(),
            "asyncapi.json": asyncapi_document(topology(), VERSION),
        }.items()
    }


def write_documents(folder: Path) -> None:
    """Write every contract document, and remove those of messages that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    documents = contract_documents()
    for stale in {path.name for path in folder.glob("*.json")} - documents.keys() - OF_SERVICES:
        (folder / stale).unlink()
    for name, text in documents.items():
        (folder / name).write_text(text, encoding="utf-8")


def _text(document: Schema) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_documents(Path(sys.argv[1]))
