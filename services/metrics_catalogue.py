"""Every metric that the services tell, by its name: what it says, and by which labels."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Kind = Literal["counter", "gauge", "histogram"]

_EMERGENCY: Final = "`emergency` is `yes` or `no`"
_FATE: Final = "`fate` is `handled`, `duplicate`, `waiting` (to be tried again) or `parked`"
_TYPE: Final = "`type` is a type of message that the service handles, or `unknown`"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Args:
        said: one sentence on what it says; it is the HELP that Prometheus shows.
        labels: besides `service`, which every metric has.
        values: what the labels can be; every label is bounded, and none is an id.
        where: which processes tell it.
    """

    name: str
    kind: Kind
    said: str
    labels: tuple[str, ...] = ()
    values: str = ""
    where: str = "worker"


_RUNNING: Final = (
    Metric(
        "fosterframe_build_info",
        "gauge",
        "Which version runs; always 1.",
        ("version", "python"),
        where="all",
    ),
    Metric(
        "fosterframe_framework_pack_info",
        "gauge",
        "Which framework pack is in use; always 1.",
        ("framework", "digest"),
        where="all",
    ),
    Metric(
        "fosterframe_rulebook_info",
        "gauge",
        "Which rulebook is in force today; always 1.",
        ("name", "version"),
        where="eligibility",
    ),
    Metric("fosterframe_ready", "gauge", "Whether the service is ready, 1 or 0.", where="all"),
    Metric(
        "fosterframe_part_up",
        "gauge",
        "Whether a part that the service needs works, 1 or 0.",
        ("part",),
        "`part` is `broker`, `database` or `relay`",
        where="all",
    ),
    Metric(
        "fosterframe_part_losses_total",
        "counter",
        "How often a part that worked was lost.",
        ("part",),
        "as above",
    ),
    Metric(
        "fosterframe_broker_blocked",
        "gauge",
        "Whether the broker takes no messages for want of memory or disk, 1 or 0.",
    ),
    Metric(
        "fosterframe_memory_limit_bytes",
        "gauge",
        "The memory that the process may use, where a limit is set.",
        where="all",
    ),
)

_MESSAGES: Final = (
    Metric(
        "fosterframe_messages_total",
        "counter",
        "Messages, by what became of them.",
        ("type", "fate"),
        f"{_TYPE}; {_FATE}",
    ),
    Metric(
        "fosterframe_batch_messages",
        "histogram",
        "How many messages were handled in one transaction.",
    ),
    Metric(
        "fosterframe_batch_duration_seconds",
        "histogram",
        "How long a transaction took, from its first message to its commit.",
    ),
    Metric(
        "fosterframe_handler_duration_seconds",
        "histogram",
        "How long a message's handler took, without the commit.",
        ("type",),
        _TYPE,
    ),
    Metric(
        "fosterframe_event_to_outcome_seconds",
        "histogram",
        "From the time of an event to the commit of what it led to.",
        ("type",),
        _TYPE,
    ),
    Metric(
        "fosterframe_referral_to_shortlist_seconds",
        "histogram",
        "From the receipt of a referral to the commit of its priced shortlist.",
        ("emergency",),
        _EMERGENCY,
        where="pricing",
    ),
    Metric(
        "fosterframe_oldest_event_age_seconds",
        "gauge",
        "How old the oldest event of the last batch is; absent where the queue is empty.",
        ("queue",),
        "`queue` is a queue that the service reads",
    ),
    Metric(
        "fosterframe_last_batch_timestamp_seconds",
        "gauge",
        "When messages were handled last, as a Unix time; 0 if they never were.",
    ),
    Metric(
        "fosterframe_queue_messages_ready",
        "gauge",
        "How many messages wait in a queue and are not handed to anybody.",
        ("queue",),
        "`queue` is a queue that the service reads, or where its messages wait for another try",
    ),
    Metric(
        "fosterframe_parked_messages",
        "gauge",
        "How many messages are parked and wait for a person.",
    ),
)

_PUBLISHING: Final = (
    Metric(
        "fosterframe_relay_publisher",
        "gauge",
        "Whether this process publishes the outbox, 1 or 0; one of all does.",
    ),
    Metric(
        "fosterframe_outbox_messages",
        "gauge",
        "How many messages wait to be published; told by the publisher.",
    ),
    Metric(
        "fosterframe_outbox_oldest_age_seconds",
        "gauge",
        "How long the oldest of them has waited; told by the publisher.",
    ),
    Metric(
        "fosterframe_published_messages_total",
        "counter",
        "Messages that the broker confirmed.",
    ),
    Metric(
        "fosterframe_refused_messages_total",
        "counter",
        "Messages that the broker refused; they are kept and sent again.",
    ),
)

_TABLES: Final = (
    Metric(
        "fosterframe_register_agencies",
        "gauge",
        "How many agencies the register knows.",
        where="eligibility",
    ),
    Metric(
        "fosterframe_fee_families",
        "gauge",
        "For how many combinations of agency, purchaser, placement type and need fees are known.",
        where="pricing",
    ),
    Metric(
        "fosterframe_reviews",
        "gauge",
        "Price reviews that are approved and not applied to the end.",
        ("state",),
        "`state` is `approved` (nothing is applied yet) or `running`",
        where="pricing",
    ),
    Metric(
        "fosterframe_review_lines",
        "gauge",
        "Lines of the price reviews that are running.",
        ("state",),
        "`state` is `applied` or `waiting`",
        where="pricing",
    ),
    Metric(
        "fosterframe_review_running_seconds",
        "gauge",
        "How long ago a review that is running began; 0 if none is.",
        where="pricing",
    ),
    Metric(
        "fosterframe_review_stalled_seconds",
        "gauge",
        "How long ago a review that is running last moved; 0 if none is.",
        where="pricing",
    ),
)

_REQUESTS: Final = (
    Metric(
        "fosterframe_http_requests_total",
        "counter",
        "HTTP requests, but for those of probes.",
        ("method", "route", "status"),
        "`route` is a path as the API describes it, or `other`; `status` is `2xx` to `5xx`",
        where="api",
    ),
    Metric(
        "fosterframe_http_request_duration_seconds",
        "histogram",
        "How long an HTTP request took.",
        ("route",),
        "as above",
        where="api",
    ),
)

CATALOGUE: Final = {
    metric.name: metric for metric in (*_RUNNING, *_MESSAGES, *_PUBLISHING, *_TABLES, *_REQUESTS)
}

_HEAD: Final = """\
# Metrics

Every process answers `/metrics`: the APIs on their port, a worker where `FOSTERFRAME_PROBES` says.
Each metric has the label `service`, which is `eligibility` or `pricing`. No label is an id, and
none says anything of a child. `process_*` tell the memory, processor and files of the process.

Retries are `fosterframe_messages_total{fate="waiting"}`, duplicates `{fate="duplicate"}`. Depths of
queues are asked for every 15 seconds, over the worker's own connection; a worker that may not ask
tells none. What is read from a service's tables is at most 15 seconds old. Connections to the
broker and the database are `fosterframe_part_up`.

This page is made from `services/metrics_catalogue.py`: `python -m services.metrics_catalogue FILE`.

| metric | kind | says | labels | told by |
|---|---|---|---|---|
"""


def document() -> str:
    """Return the catalogue as a page for people."""
    rows = [
        (f"`{metric.name}`", metric.kind, metric.said, _labels(metric), metric.where)
        for metric in CATALOGUE.values()
    ]
    return _HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _labels(metric: Metric) -> str:
    named = ", ".join(f"`{label}`" for label in metric.labels)
    return f"{named}: {metric.values}" if metric.values else named


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
