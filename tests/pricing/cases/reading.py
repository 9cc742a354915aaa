"""Reads the cases: what happened to one placement, and what finance must be told each time."""

from pathlib import Path

from ruamel.yaml import YAML

HERE = Path(__file__).parent
FILES = ("life.yaml", "fees.yaml")


def _read(name):
    return YAML(typ="safe").load((HERE / name).read_text(encoding="utf-8"))


CASES = [case for name in FILES for case in _read(name)]
"""Every case in the order of the files."""
