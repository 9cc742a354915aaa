"""The audit of the dependencies fails for what is known to be bad, and never for want of a net."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.audit_dependencies import REQUIREMENTS, pins_in

TOOL = Path(__file__).parents[2] / "tools/audit_dependencies.py"
PINNED = 'alpha==1.0 \\\n    --hash=sha256:00\nbeta[more]==2.5 ; python_version < "4"\n# a remark\n'


@pytest.fixture
def audit(tmp_path):
    """Run the tool with a stand-in for pip-audit: lines of Python that see its options."""
    pinned = tmp_path / "requirements"
    pinned.mkdir()
    (pinned / "shared.txt").write_text(PINNED)
    (pinned / "dev.txt").write_text("alpha==1.0\nbeta==3.0\n")

    def run(*lines, seconds=60):
        stand_in = tmp_path / "stand_in.py"
        stand_in.write_text("\n".join(("import json, pathlib, sys", *lines)))
        command = [sys.executable, str(TOOL), "--requirements", str(pinned)]
        command += ["--seconds", str(seconds), "--audit", sys.executable, str(stand_in)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


READS_PINS = (
    "pins = [line.split('==') for line in pathlib.Path(sys.argv[-1]).read_text().split()]",
)


def told(vulns="[]"):
    one = f"{{'name': n, 'version': v, 'vulns': {vulns}}}"
    return (*READS_PINS, f"print(json.dumps({{'dependencies': [{one} for n, v in pins]}}))")


def test_nothing_known_is_no_failure_and_every_pin_was_looked_up(audit):
    ran = audit(*told())

    assert ran.returncode == 0
    assert "3 of 3 looked up, 0 known vulnerabilities" in ran.stdout


def test_a_known_vulnerability_fails_and_is_named_with_its_cure(audit):
    flaw = json.dumps([{"id": "PYSEC-0000-1", "fix_versions": ["9.9"]}])

    ran = audit(*told(f"{flaw} if n == 'alpha' else []"), "sys.exit(1)")

    assert ran.returncode == 1
    assert "alpha 1.0: PYSEC-0000-1, fixed in 9.9" in ran.stdout


def test_a_known_vulnerability_fails_though_others_could_not_be_looked_up(audit):
    flaws = "[{'id': 'PYSEC-0000-1', 'fix_versions': []}]"
    known = f"{{'name': 'beta', 'version': '2.5', 'vulns': {flaws}}}"

    ran = audit(f"print(json.dumps({{'dependencies': [{known}]}}))")

    assert ran.returncode == 1
    assert "beta 2.5: PYSEC-0000-1, fixed in no version yet" in ran.stdout
    assert "could not look these 2 up" in ran.stdout


@pytest.mark.parametrize(
    "lines",
    [
        ("sys.exit('ConnectionError: HTTPSConnectionPool(host=\\'index.example\\', port=443)')",),
        ("import time", "time.sleep(60)"),
        (
            *READS_PINS,
            "print(json.dumps({'dependencies': [{'name': 'alpha', 'skip_reason': ''}]}))",
        ),
    ],
    ids=["no net", "no answer", "knows nothing"],
)
def test_what_cannot_be_looked_up_is_printed_with_its_version_and_is_no_failure(audit, lines):
    ran = audit(*lines, seconds=5)

    assert ran.returncode == 0
    assert ran.stdout.splitlines()[:3] == ["alpha 1.0", "beta 2.5", "beta 3.0"]
    assert "could not look these 3 up" in ran.stdout
    assert "index.example" not in ran.stdout


def test_everything_that_is_pinned_here_is_read():
    pins = dict(pins_in(REQUIREMENTS))

    assert {"pika", "sqlalchemy", "fastapi", "httpx"} <= pins.keys()
    files = [file.read_text() for file in REQUIREMENTS.glob("*.txt")]
    assert len(pins) >= max(text.count("==") - text.count("# ==") for text in files) * 0.9
