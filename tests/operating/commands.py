"""Runs the operators' commands as an operator does: in a process of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENDS_WITHIN_SECONDS = 120


class Ran:
    """A command that ended."""

    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def said(self):
        return self.out + self.err

    @property
    def told(self):
        assert self.status == 0, self.said
        return json.loads(self.out)


class Operator:
    """Somebody at a terminal, where a deployment's settings are."""

    def __init__(self, **settings):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("FOSTERFRAME_")}
        self.environment = kept | {f"FOSTERFRAME_{k.upper()}": str(v) for k, v in settings.items()}
        self.everything_said = ""

    def runs(self, *command):
        done = subprocess.run(
            [sys.executable, "-m", "services", *command],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN_SECONDS,
            check=False,
        )
        ran = Ran(done)
        self.everything_said += ran.said
        return ran
