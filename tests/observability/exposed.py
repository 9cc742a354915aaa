"""What a process tells on its probes, read as Prometheus and a platform read it."""

import json
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families


class Exposed:
    """The probes of one process."""

    def __init__(self, port):
        self.port = port

    def ask(self, path):
        """Return the status and the text of an answer; nothing where nobody listens yet."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as told:
                return told.status, told.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return None, ""

    def is_ready(self):
        return self.ask("/readyz")[0] == 200

    def readiness(self):
        status, text = self.ask("/readyz")
        return status, json.loads(text)

    def text(self):
        return self.ask("/metrics")[1]

    def families(self):
        return list(text_string_to_metric_families(self.text()))

    def samples(self):
        """Return every figure by its name and labels, without the service's."""
        return {
            (
                one.name,
                frozenset((k, v) for k, v in one.labels.items() if k != "service"),
            ): one.value
            for family in self.families()
            for one in family.samples
        }

    def value(self, name, **labels):
        return self.samples().get((name, frozenset(labels.items())))

    def total(self, name, **labels):
        """Return the sum of a metric's figures over the labels that are not named."""
        wanted = frozenset(labels.items())
        return sum(v for (n, ls), v in self.samples().items() if n == name and wanted <= ls)
