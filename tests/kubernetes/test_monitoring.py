"""What Prometheus reads in Kubernetes has the names that the alerts and the dashboard go by."""

import re

from ruamel.yaml import YAML

from tests.kubernetes.alert_rules import RESOURCE, RULES, resource
from tests.kubernetes.manifests import matches, of_kind, workloads
from tests.observability.expressions import CONFIGURATION, read_yaml

LABEL_OF_POD = "__meta_kubernetes_pod_label_"
BROKER = {"app.kubernetes.io/name": "rabbitmq", "app.kubernetes.io/component": "rabbitmq"}
"""The labels that RabbitMQ's operator gives its pods, and the name that it gives their port."""
PORT_OF_BROKER = "prometheus"


def pods():
    """Return every pod that is to be read: its labels, and the names of its ports."""
    deployments = [each for each in workloads("overlays/production") if each.kind == "Deployment"]
    ours = [
        (each.labels, {port["name"] for port in each.container["ports"]}) for each in deployments
    ]
    return [*ours, (BROKER, {PORT_OF_BROKER})]


def told(labels, relabelings):
    """Return the job that a pod is given, as Prometheus rewrites labels by the defaults."""
    meta = {LABEL_OF_POD + re.sub(r"\W", "_", name): text for name, text in labels.items()}
    job = "fosterframe/monitor"
    for rule in relabelings:
        assert set(rule) <= {"sourceLabels", "separator", "targetLabel", "replacement"}
        if rule["targetLabel"] == "job":
            joined = rule.get("separator", ";").join(
                meta[one] for one in rule.get("sourceLabels", ())
            )
            job = rule.get("replacement", joined)
    return job


def read_in_kubernetes():
    """Return what is read, by job: the path and its parameters."""
    found = {}
    for monitor in of_kind("overlays/production", "PodMonitor"):
        for endpoint in monitor["spec"]["podMetricsEndpoints"]:
            for labels, ports in pods():
                if matches(monitor["spec"]["selector"], labels):
                    assert endpoint["port"] in ports
                    job = told(labels, endpoint.get("relabelings", ()))
                    assert job not in found
                    found[job] = endpoint["path"], endpoint.get("params", {})
    return found


def test_the_jobs_are_those_of_the_containers_and_are_read_in_the_same_way():
    jobs = read_yaml(CONFIGURATION)["scrape_configs"]

    assert read_in_kubernetes() == {
        job["job_name"]: (job.get("metrics_path", "/metrics"), job.get("params", {}))
        for job in jobs
    }


def test_the_alerts_are_the_same_word_for_word():
    (rules,) = of_kind("overlays/production", "PrometheusRule")

    assert RESOURCE.read_text(encoding="utf-8") == resource(), (
        "python -m tests.kubernetes.alert_rules"
    )
    assert rules["spec"] == YAML(typ="safe").load(RULES)
