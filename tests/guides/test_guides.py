"""The guides do what they say, from top to bottom, on databases that are new."""

import os
import re
import signal
from contextlib import suppress

import pytest

from tests.house.source import ROOT
from tests.support.guide import Block, Reader, steps

DOCS = ROOT / "docs"
GUIDES = ("eligibility.md", "pricing.md")
BLOCK_SECONDS = 300
LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.fixture
def reader(tmp_path, guide):
    """Somebody at the project's folder, with a state folder of their own."""
    state = tmp_path / "state"
    state.mkdir()
    kept = {name: value for name, value in os.environ.items() if "FOSTERFRAME" not in name}
    environment = kept | {"FOSTERFRAME_STATE": str(state), "COLUMNS": "200"}
    yield Reader(f"docs/{guide}", ROOT, environment, BLOCK_SECONDS, keeps=tmp_path / "said.sh")
    for left in state.rglob("api.pid"):
        with suppress(ProcessLookupError):
            os.kill(int(left.read_text()), signal.SIGTERM)


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_of_a_guide_does_what_the_guide_says(reader, guide):
    told = (DOCS / guide).read_text(encoding="utf-8")
    blocks = [one for one in steps(told) if isinstance(one, Block)]

    for block in blocks:
        reader.do(block)

    assert len(blocks) > 20


@pytest.mark.parametrize("guide", GUIDES)
def test_every_file_that_a_guide_points_to_is_there(guide):
    pointed = LINK.findall((DOCS / guide).read_text(encoding="utf-8"))

    assert pointed
    assert [name for name in pointed if not (DOCS / name).exists()] == []
