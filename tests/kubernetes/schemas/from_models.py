"""Writes the schemas of KEDA and the Prometheus Operator anew, from models made of their CRDs.

In an environment of its own, because nothing else here needs the models:

    pip install cloudcoil.models.keda cloudcoil.models.prometheus-operator
    python tests/kubernetes/schemas/from_models.py
"""

import json
from pathlib import Path

from cloudcoil.models.keda.v1alpha1 import ScaledObject, TriggerAuthentication
from cloudcoil.models.prometheus_operator.v1 import PodMonitor, PrometheusRule

HERE = Path(__file__).parent
TOLD_BY_KUBERNETES = ("status", "managedFields", "ownerReferences")


def strict(schema):
    """Return a schema that knows no other field than those it names, as `kubectl apply` does."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    options = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if len(options) == 1:
        return strict(options[0])
    kept = {key: strict(part) for key, part in schema.items() if key not in {"title", "default"}}
    if isinstance(kept.get("pattern"), str):
        # Go takes a flag anywhere, Python at the start.
        kept["pattern"] = kept["pattern"].replace("^(?i)", "(?i)^")
    if isinstance(kept.get("properties"), dict):
        named = schema["properties"]
        kept["properties"] = {
            name: strict(part) for name, part in named.items() if name not in TOLD_BY_KUBERNETES
        }
        kept.setdefault("additionalProperties", False)
    return kept


def used(schema, definitions):
    """Return the definitions that a schema leads to."""
    found, looked_at = {}, [schema]
    while looked_at:
        text = json.dumps(looked_at.pop())
        for name, definition in definitions.items():
            if name not in found and f'"#/$defs/{name}"' in text:
                found[name] = definition
                looked_at.append(definition)
    return found


for model in (ScaledObject, TriggerAuthentication, PodMonitor, PrometheusRule):
    whole = strict(model.model_json_schema(by_alias=True))
    definitions = whole.pop("$defs")
    whole["required"] = ["apiVersion", "kind", "metadata", "spec"]
    whole["$defs"] = used(whole, definitions)
    text = json.dumps(whole, indent=1, sort_keys=True)
    (HERE / f"{model.__name__}.json").write_text(f"{text}\n", encoding="utf-8")
