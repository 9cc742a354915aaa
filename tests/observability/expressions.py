"""The alert rules and the dashboard as they are kept, and the metrics that they ask for."""

import json
import re
from pathlib import Path

from ruamel.yaml import YAML

from services.metrics_catalogue import CATALOGUE

FOLDER = Path(__file__).parents[2] / "deploy/observability"
CONFIGURATION = FOLDER / "prometheus.yml"
ALERTS = FOLDER / "alerts.yml"
ALERT_TESTS = FOLDER / "alerts_test.yml"
DASHBOARD = FOLDER / "grafana/dashboards/fosterframe.json"

RABBITMQ = {
    "rabbitmq_alarms_free_disk_space_watermark",
    "rabbitmq_alarms_memory_used_watermark",
    "rabbitmq_detailed_queue_messages_ready",
    "rabbitmq_disk_space_available_bytes",
    "rabbitmq_disk_space_available_limit_bytes",
    "rabbitmq_process_resident_memory_bytes",
    "rabbitmq_resident_memory_limit_bytes",
}
"""What RabbitMQ tells of itself; a real one is asked whether it does."""

OTHERS = {"up", "ALERTS", "process_resident_memory_bytes"}

_WORDS = {
    *("absent", "and", "by", "count", "group_right", "histogram_quantile", "increase", "max"),
    *("max_over_time", "min", "on", "or", "rate", "sum", "unless", "vector"),
}
_SPREAD = ("_bucket", "_sum", "_count")


def read_yaml(path):
    return YAML(typ="safe").load(path)


def alert_rules():
    return [rule for group in read_yaml(ALERTS)["groups"] for rule in group["rules"]]


def panels():
    """Return every panel that shows something."""
    return [one for one in json.loads(DASHBOARD.read_text())["panels"] if one["type"] != "row"]


def queries():
    """Return every query of the dashboard and every expression of an alert, by where it stands."""
    dashboard = json.loads(DASHBOARD.read_text())
    found = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in panels()
        for target in panel["targets"]
    }
    found |= {one["name"]: one["expr"] for one in dashboard["annotations"]["list"]}
    return found | {rule["alert"]: rule["expr"] for rule in alert_rules()}


def metrics_in(expression):
    """Return the metrics that an expression asks for."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", expression)
    bare = re.sub(r"\b(by|on|group_right) ?\([^)]*\)", " ", bare)
    return set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", bare)) - _WORDS


def known_metrics():
    """Return every metric that there is to ask for."""
    known = RABBITMQ | OTHERS
    for metric in CATALOGUE.values():
        is_spread = metric.kind == "histogram"
        known |= {metric.name + end for end in _SPREAD} if is_spread else {metric.name}
    return known
