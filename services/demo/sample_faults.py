"""Every fault that a sender can make, as a message, with the field that its rejection names."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Final

from services.demo.sample import RefusedBy, Sample
from shared.contracts.event import event_id

OF_A_HUNDRED: Final = 4
"""How many faulty messages there are beside a hundred good ones, but at least each fault once."""

LARGE_BODY_BYTES: Final = 300_000
DEEP_LEVELS: Final = 20_000

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Fault:
    """One fault: how it is made of a good document, and who notices it by which field."""

    kind: str
    made: Callable[[Document], bytes]
    field: str = ""
    refused_by: RefusedBy = "contract"
    keeps_id: bool = False


def faulty(referrals: Sequence[Sample], random: Random) -> Iterator[Sample]:
    """Yield faulty messages, each made of a good referral and sent some minutes after it."""
    if not referrals:
        return
    count = max(len(FAULTS), len(referrals) * OF_A_HUNDRED // 100)
    for number in range(count):
        yield _spoilt(random.choice(referrals), FAULTS[number % len(FAULTS)], number, random)


def number_for_money(spot: Sample) -> Sample:
    """Return a spot placement told again under new ids, its agreed fee as a JSON number."""
    document = json.loads(spot.body)
    kind = "number_for_money"
    document["id"] = event_id(spot.message_id, kind, spot.kind)
    document["data"]["placement_id"] += "-faulty"
    document["data"]["agreed_weekly"] = int(document["data"]["agreed_weekly"].split(".")[0])
    return Sample(
        routing_key=spot.routing_key,
        body=_written(document),
        message_id=document["id"],
        at=spot.at,
        kind=kind,
        fate="refused",
        field="data.agreed_weekly",
        refused_by="contract",
    )


def _spoilt(good: Sample, fault: _Fault, number: int, random: Random) -> Sample:
    document = json.loads(good.body)
    if not fault.keeps_id:
        document["id"] = event_id(good.message_id, fault.kind, good.kind, number)
        document["data"]["referral_id"] += f"-faulty-{number}"
    return Sample(
        # By the same way as the good one: an id used again must not overtake its first use.
        routing_key=good.routing_key,
        body=fault.made(document),
        message_id=document["id"],
        at=good.at + timedelta(minutes=random.randrange(1, 60)),
        kind=fault.kind,
        fate="refused",
        field=fault.field,
        refused_by=fault.refused_by,
    )


def _cut_short(document: Document) -> bytes:
    return _written(document)[:-20]


def _oversized(document: Document) -> bytes:
    document["padding"] = "x" * LARGE_BODY_BYTES
    return _written(document)


def _deep(document: Document) -> bytes:
    nested = b"[" * DEEP_LEVELS + b"]" * DEEP_LEVELS
    return _written(document)[:-1] + b',"deep":' + nested + b"}"


def _with(path: str, value: object) -> Callable[[Document], bytes]:
    """Return what sets the value at a path such as `data.children.0.date_of_birth`."""
    *way, last = path.split(".")

    def made(document: Document) -> bytes:
        at: Any = document
        for part in way:
            at = at[int(part)] if isinstance(at, list) else at[part]
        at[last] = value
        return _written(document)

    return made


def _without(name: str) -> Callable[[Document], bytes]:
    def made(document: Document) -> bytes:
        del document["data"][name]
        return _written(document)

    return made


def _other_purchaser(document: Document) -> bytes:
    is_kent = document["data"]["purchaser"] == "kent"
    document["data"]["purchaser"] = "medway" if is_kent else "kent"
    return _written(document)


def _written(document: Document) -> bytes:
    return json.dumps(document).encode()


FAULTS: Final = (
    _Fault("not_json", _cut_short),
    _Fault("too_large", _oversized),
    _Fault("too_deep", _deep),
    _Fault("unknown_version", _with("type", "referral.received.v9"), "type"),
    _Fault("other_cloudevents", _with("specversion", "0.3"), "specversion"),
    _Fault("unknown_field", _with("data.postcode_of_school", "none"), "data.postcode_of_school"),
    _Fault("number_for_text", _with("data.purchaser", 7), "data.purchaser"),
    _Fault("text_for_answer", _with("data.solo", "yes"), "data.solo"),
    _Fault("no_start_date", _without("start_date"), "data.start_date"),
    _Fault("no_child", _with("data.children", []), "data.children"),
    _Fault("unknown_word", _with("data.needed_by", "soon"), "data.needed_by"),
    _Fault(
        "born_in_the_future",
        _with("data.children.0.date_of_birth", "2099-01-01"),
        "data.children.0.date_of_birth",
    ),
    _Fault("starts_before_referral", _with("data.start_date", "2020-01-01"), "data.start_date"),
    _Fault("unknown_purchaser", _with("data.purchaser", "atlantis"), "data.purchaser", "framework"),
    _Fault("id_used_again", _other_purchaser, "id", "inbox", keeps_id=True),
)
