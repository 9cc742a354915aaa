"""Tells the metrics of one service of this process, as Prometheus reads them."""

import platform
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from services.memory import limit_bytes
from services.metrics_catalogue import CATALOGUE
from services.requests_seen import RequestsSeen
from services.watch import Watch
from shared.messaging.measures import Histogram, Measures
from shared.messaging.received import UNKNOWN_TYPE
from shared.messaging.topology import dead_queue
from shared.messaging.worker import Worker
from shared.version import version

_FAMILIES: Final[Mapping[str, Callable[..., Any]]] = {
    "counter": CounterMetricFamily,
    "gauge": GaugeMetricFamily,
    "histogram": HistogramMetricFamily,
}
_FATES: Final = ("handled", "duplicate", "waiting", "parked")


def exposition_of(watch: Watch, seen: RequestsSeen | None = None) -> Callable[[], bytes]:
    """Return what writes every metric of the catalogue that this process has."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_ServiceCollector(watch, seen))
    return lambda: generate_latest(registry)


class _ServiceCollector(Collector):
    """Reads what was counted anyway, when somebody asks."""

    def __init__(self, watch: Watch, seen: RequestsSeen | None) -> None:
        self._watch = watch
        self._seen = seen

    def describe(self) -> list[Metric]:
        """Tell the names beforehand, without asking anything."""
        return [_Families("").of(name) for name in CATALOGUE]

    def collect(self) -> Iterator[Metric]:
        """Yield every metric that this process has."""
        families = _Families(self._watch.service)
        _tell_process(families, self._watch)
        if self._watch.worker is not None:
            measures = self._watch.worker.measures.copy()
            now = self._watch.clock.now()
            _tell_messages(families, self._watch.worker, measures, now)
            _tell_publishing(families, self._watch.worker, measures, now)
        if self._seen is not None:
            _tell_requests(families, self._seen)
        yield from families.told()


class _Families:
    """The metrics that have been told so far."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._families: dict[str, Metric] = {}

    def of(self, name: str) -> Any:  # noqa: ANN401 - the family's class hangs on its kind
        """Return a metric of the catalogue to add to."""
        if name not in self._families:
            metric = CATALOGUE[name]
            labels = ("service", *metric.labels)
            self._families[name] = _FAMILIES[metric.kind](name, metric.said, labels=labels)
        return self._families[name]

    def add(self, name: str, value: float, *labels: str) -> None:
        """Tell a figure."""
        self.of(name).add_metric((self._service, *labels), value)

    def add_histogram(self, name: str, histogram: Histogram, *labels: str) -> None:
        """Tell how values are spread."""
        buckets = []
        total = 0
        for bound, count in zip((*histogram.bounds, "+Inf"), histogram.counts, strict=True):
            total += count
            buckets.append((str(bound), total))
        self.of(name).add_metric((self._service, *labels), buckets, sum_value=histogram.sum)

    def told(self) -> Iterator[Metric]:
        """Yield every metric that was told."""
        yield from self._families.values()


def _tell_process(families: _Families, watch: Watch) -> None:
    families.add("fosterframe_build_info", 1, version(), platform.python_version())
    families.add("fosterframe_ready", watch.readiness().is_ready)
    for part, is_up in watch.parts().items():
        families.add("fosterframe_part_up", is_up, part)
    limit = limit_bytes()
    if limit is not None:
        families.add("fosterframe_memory_limit_bytes", limit)
    for figure in watch.condition().figures:
        labels = [figure.labels[name] for name in CATALOGUE[figure.name].labels]
        families.add(figure.name, figure.value, *labels)


def _tell_messages(families: _Families, worker: Worker, measures: Measures, now: datetime) -> None:
    for part, times in worker.health.times_lost().items():
        families.add("fosterframe_part_losses_total", times, part)
    families.add("fosterframe_broker_blocked", worker.is_blocked)
    # A type that has not come yet is told as 0, or its first message would raise no rate.
    known = {(type_, fate) for type_ in (*worker.handlers, UNKNOWN_TYPE) for fate in _FATES}
    for type_, fate in sorted(known | measures.messages.keys()):
        families.add("fosterframe_messages_total", measures.messages[type_, fate], type_, fate)
    families.add_histogram("fosterframe_batch_messages", measures.batch_size)
    families.add_histogram("fosterframe_batch_duration_seconds", measures.batch_seconds)
    for type_, spread in sorted(measures.handler_seconds.items()):
        families.add_histogram("fosterframe_handler_duration_seconds", spread, type_)
    for type_, spread in sorted(measures.outcome_seconds.items()):
        families.add_histogram("fosterframe_event_to_outcome_seconds", spread, type_)
    for is_emergency, spread in measures.shortlist_seconds.items():
        emergency = "yes" if is_emergency else "no"
        families.add_histogram("fosterframe_referral_to_shortlist_seconds", spread, emergency)
    for queue, seconds in measures.oldest_seconds(now).items():
        families.add("fosterframe_oldest_event_age_seconds", seconds, queue)
    last = worker.health.readiness(now).last_batch_at
    at = 0.0 if last is None else last.timestamp()
    families.add("fosterframe_last_batch_timestamp_seconds", at)
    for queue, ready in measures.depths.items():
        if queue == dead_queue(worker.service):
            families.add("fosterframe_parked_messages", ready)
        else:
            families.add("fosterframe_queue_messages_ready", ready, queue)


def _tell_publishing(
    families: _Families, worker: Worker, measures: Measures, now: datetime
) -> None:
    families.add("fosterframe_relay_publisher", worker.relay.is_publisher)
    families.add("fosterframe_published_messages_total", measures.published)
    families.add("fosterframe_refused_messages_total", measures.refused)
    if worker.relay.is_publisher:
        readiness = worker.health.readiness(now)
        families.add("fosterframe_outbox_messages", readiness.outbox_count)
        families.add("fosterframe_outbox_oldest_age_seconds", readiness.outbox_age_seconds)


def _tell_requests(families: _Families, seen: RequestsSeen) -> None:
    for labels, count in sorted(seen.counts().items()):
        families.add("fosterframe_http_requests_total", count, *labels)
    for route, spread in sorted(seen.seconds().items()):
        families.add_histogram("fosterframe_http_request_duration_seconds", spread, route)
