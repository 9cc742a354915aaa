"""The alerts as the Prometheus Operator takes them: made from deploy/observability/alerts.yml.

After a change there: `python -m tests.kubernetes.alert_rules`.
"""

from pathlib import Path
from textwrap import indent

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy/observability/alerts.yml"
RESOURCE = ROOT / "deploy/kubernetes/monitoring/alerts.yaml"

_HEAD = """\
# The rules of deploy/observability/alerts.yml, word for word. This file is made from them by
# python -m tests.kubernetes.alert_rules
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: fosterframe
  labels:
    app.kubernetes.io/part-of: fosterframe
spec:
"""


def resource():
    """Return the text of the resource that holds the rules."""
    rules = RULES.read_text(encoding="utf-8")
    return _HEAD + indent(rules[rules.index("groups:") :], "  ")


if __name__ == "__main__":
    RESOURCE.write_text(resource(), encoding="utf-8")
