"""docs/pricing.md does what it says, from top to bottom, on a database that is new."""

import os
import re
import signal
from contextlib import suppress

import pytest

from tests.house.source import ROOT
from tests.support.guide import Block, Reader, steps

GUIDE = ROOT / "docs" / "pricing.md"
BLOCK_SECONDS = 300
LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.fixture
def reader(tmp_path):
    """Somebody at the project's folder, with a state folder of their own."""
    state = tmp_path / "state"
    state.mkdir()
    kept = {name: value for name, value in os.environ.items() if "FOSTERFRAME" not in name}
    environment = kept | {"FOSTERFRAME_STATE": str(state), "COLUMNS": "200"}
    yield Reader("docs/pricing.md", ROOT, environment, BLOCK_SECONDS, keeps=tmp_path / "said.sh")
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((state / "api.pid").read_text()), signal.SIGTERM)


@pytest.mark.slow
def test_every_command_of_the_guide_does_what_the_guide_says(reader):
    blocks = [one for one in steps(GUIDE.read_text(encoding="utf-8")) if isinstance(one, Block)]

    for block in blocks:
        reader.do(block)

    assert len(blocks) > 20


def test_every_file_that_the_guide_points_to_is_there():
    pointed = LINK.findall(GUIDE.read_text(encoding="utf-8"))

    assert pointed
    assert [name for name in pointed if not (GUIDE.parent / name).exists()] == []
