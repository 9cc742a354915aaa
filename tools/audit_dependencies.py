#!/usr/bin/env python3
"""Looks for known vulnerabilities in everything that is pinned in requirements/*.txt.

    python tools/audit_dependencies.py

Where pip-audit cannot reach its data, the pinned versions are printed, so that they can be looked
up elsewhere. The exit status is 1 only where a vulnerability was found.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements"
AUDIT = (sys.executable, "-m", "pip_audit")
TIMEOUT_SECONDS = 120

_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def canonical(name: str) -> str:
    """Return a package's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_in(folder: Path) -> list[tuple[str, str]]:
    """Return name and version of everything that is pinned, each once."""
    found = set()
    for file in folder.glob("*.txt"):
        found.update((canonical(name), version) for name, version in _PIN.findall(file.read_text()))
    return sorted(found)


def audited(pins: list[tuple[str, str]], audit: tuple[str, ...], seconds: float) -> list[Any]:
    """Return what pip-audit says of each pin.

    Raises:
        OSError: it could not find out; says why.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{name}=={version}\n" for name, version in pins))
        file.flush()
        options = ["--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json"]
        try:
            ran = subprocess.run(  # noqa: S603 - our own tool on our own file
                [*audit, *options, "--requirement", file.name],
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise OSError(f"no answer within {seconds:g} s") from None
    try:
        told: list[Any] = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError):
        said = ran.stderr.strip().splitlines() or [f"exit status {ran.returncode}"]
        raise OSError(_without_addresses(said[-1])) from None
    return told


def rounds_of(pins: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Return the pins so that each round has a package once: one that is pinned twice needs two."""
    rounds: list[dict[str, str]] = []
    for name, version in pins:
        free = next((one for one in rounds if name not in one), None)
        if free is None:
            rounds.append(free := {})
        free[name] = version
    return [sorted(one.items()) for one in rounds]


def main() -> int:
    """Print what was found; return the exit status."""
    parser = argparse.ArgumentParser(description="Audit the pinned dependencies.")
    parser.add_argument("--requirements", type=Path, default=REQUIREMENTS)
    parser.add_argument("--audit", nargs="+", default=AUDIT, metavar="PROGRAM")
    parser.add_argument("--seconds", type=float, default=TIMEOUT_SECONDS)
    wanted = parser.parse_args()
    pins = pins_in(wanted.requirements)
    if not pins:
        parser.error(f"nothing is pinned in {wanted.requirements}")
    told: list[Any] = []
    reason = "its source does not know them"
    try:
        for pinned in rounds_of(pins):
            told += audited(pinned, tuple(wanted.audit), wanted.seconds)
    except OSError as failure:
        reason = str(failure)
    known = {
        (canonical(one["name"]), one["version"]): one["vulns"] for one in told if "vulns" in one
    }
    print_unknown([pin for pin in pins if pin not in known], reason)
    found = [(pin, flaw) for pin, flaws in known.items() for flaw in flaws]
    for (name, version), flaw in found:
        fixed = ", ".join(flaw["fix_versions"]) or "no version yet"
        print(f"{name} {version}: {flaw['id']}, fixed in {fixed}")
    print(f"{len(known)} of {len(pins)} looked up, {len(found)} known vulnerabilities.")
    return 1 if found else 0


def print_unknown(pins: list[tuple[str, str]], reason: str) -> None:
    """Print what was not looked up, and why."""
    if pins:
        print("\n".join(f"{name} {version}" for name, version in pins))
        print(f"pip-audit could not look these {len(pins)} up: {reason}")


def _without_addresses(text: str) -> str:
    return re.sub(r"\w+://\S+|host='[^']*'", "(address)", text)[:200]


if __name__ == "__main__":
    sys.exit(main())
