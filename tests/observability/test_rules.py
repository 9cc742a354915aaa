"""The alert rules fire when they should, and everything that is asked for is really told."""

import re
import shutil
import subprocess

import pytest

from tests.observability.expressions import (
    ALERT_TESTS,
    ALERTS,
    CONFIGURATION,
    FOLDER,
    alert_rules,
    known_metrics,
    metrics_in,
    panels,
    queries,
    read_yaml,
)
from tests.support.absent import absent

OPERATIONS = FOLDER.parents[1] / "docs/operations.md"
ANCHORS = {
    re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
    for heading in re.findall(r"^#+ (.+)$", OPERATIONS.read_text(), re.MULTILINE)
}
RULES = {rule["alert"]: rule for rule in alert_rules()}
QUERIES = queries()
QUESTIONS = [
    "Is it flowing?",
    "Is anything parked?",
    "How old is the oldest emergency?",
    "How old is the oldest other event?",
    "Is a review running?",
]


@pytest.fixture
def promtool():
    program = shutil.which("promtool")
    if program is None:
        absent("There is no promtool here. On Debian and Ubuntu: apt-get install prometheus")

    def run(*arguments):
        return subprocess.run(
            [program, *arguments], capture_output=True, text=True, timeout=300, check=False
        )

    return run


@pytest.mark.parametrize(
    "question",
    [
        ("check", "config", CONFIGURATION),
        ("check", "rules", ALERTS),
        ("test", "rules", ALERT_TESTS),
    ],
    ids=["configuration", "rules", "rule tests"],
)
def test_prometheus_accepts_what_it_is_given_and_each_alert_fires_when_it_should(
    question, promtool
):
    answer = promtool(*map(str, question))

    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("alert", RULES)
def test_each_alert_is_proved_to_fire(alert):
    proved = [
        sample["labels"]
        for test in read_yaml(ALERT_TESTS)["tests"]
        for one in test["promql_expr_test"]
        for sample in one["exp_samples"]
    ]

    assert any(f'alertname="{alert}"' in labels for labels in proved)


@pytest.mark.parametrize("alert", RULES)
def test_each_alert_says_how_grave_it_is_what_it_means_and_where_to_read_on(alert):
    rule = RULES[alert]

    assert rule["labels"]["severity"] in ("critical", "warning")
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    assert rule["annotations"]["description"].endswith(".")
    page, anchor = rule["annotations"]["runbook"].split("#")
    assert page == "docs/operations.md"
    assert anchor in ANCHORS


@pytest.mark.parametrize("where", QUERIES)
def test_each_query_asks_only_for_metrics_that_somebody_tells(where):
    asked = metrics_in(QUERIES[where])

    assert asked
    assert asked <= known_metrics()


def test_the_first_row_of_the_dashboard_answers_what_is_asked_first():
    first = [panel["title"] for panel in panels() if panel["gridPos"]["y"] == 0]

    assert first == QUESTIONS


@pytest.mark.parametrize("where", QUERIES)
def test_nothing_is_said_to_be_none_where_nobody_tells_anything(where):
    # vector(0) is 0 with every worker gone: all would look well.
    assert "vector(" not in QUERIES[where]


def test_what_is_asked_first_says_so_where_nobody_answers():
    first = [panel for panel in panels() if panel["gridPos"]["y"] == 0]

    assert {panel["fieldConfig"]["defaults"]["noValue"] for panel in first} == {"nobody tells"}


def test_the_dashboard_reads_from_the_datasource_that_is_provisioned():
    provisioned = read_yaml(FOLDER / "grafana/provisioning/datasources/prometheus.yml")
    [source] = provisioned["datasources"]

    asked = {target["datasource"]["uid"] for panel in panels() for target in panel["targets"]}

    assert asked == {source["uid"]}
