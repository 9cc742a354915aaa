"""A guide as a test follows it: its commands in order, and what they must print.

A block of ```sh is run; what is marked otherwise is only read. Comments, which nobody sees who
reads the guide, say what the test looks at:

    <!-- prints: PATTERN -->    after a block: its output has the pattern in it
    <!-- ends: STATUS -->       after a block: it ends with that status, and not with 0
    <!-- test: SENTENCE -->     the test does something of its own here
"""

import re
import subprocess
from dataclasses import dataclass

SAID_CHARACTERS = 3_000

STEP = re.compile(
    r"^```(?P<language>\w*)\n(?P<commands>.*?)^```\n"
    r"(?P<after>(?:\n?<!-- (?:prints|ends): [^\n]+ -->\n)*)"
    r"|^<!-- test: (?P<act>[^\n]+) -->$",
    re.MULTILINE | re.DOTALL,
)
PRINTS = re.compile(r"<!-- prints: (.+) -->")
ENDS = re.compile(r"<!-- ends: (\d+) -->")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

# Each block is a shell of its own, so that the first command that fails ends it; what it has set
# and defined is handed on to the next.
KEEPS = """set -euo pipefail
[ ! -f "$GUIDE_STATE" ] || . "$GUIDE_STATE"
trap '{{ export -p; declare -f; }} >"$GUIDE_STATE"' EXIT
set -a
{commands}
set +a
"""


@dataclass(frozen=True)
class Block:
    """Commands that a reader gives, what their output must have in it, and how they end."""

    line: int
    commands: str
    prints: tuple
    status: int


@dataclass(frozen=True)
class Act:
    """Something that the test does at this place."""

    line: int
    sentence: str


def steps(text):
    """Return what is to be done, in the order of the guide."""
    found = []
    for match in STEP.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["act"]:
            found.append(Act(line, match["act"]))
        elif match["language"] == "sh":
            prints = tuple(PRINTS.findall(match["after"]))
            status = int((ENDS.findall(match["after"]) or ["0"])[0])
            found.append(Block(line, match["commands"], prints, status))
    return found


def anchors(text):
    """Return the anchors of a document's headings, with the heading of each."""
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-"): heading
        for heading in HEADING.findall(outside)
    }


class Reader:
    """Somebody who types what a guide says, in a folder, with some settings."""

    def __init__(self, guide, folder, environment, block_seconds, *, keeps):
        """Take a guide by its name, and a file that keeps what one block sets for the next."""
        self._guide = guide
        self._folder = folder
        self._block_seconds = block_seconds
        self._environment = environment | {"GUIDE_STATE": str(keeps)}

    def do(self, block):
        """Give the commands of a block; each must end as the guide says, and print what it says."""
        where = f"{self._guide}, line {block.line}"
        said, status = self.run(block.commands)
        assert status == block.status, (
            f"{where}, ended with {status}:\n{block.commands}\n{ended(said)}"
        )
        for pattern in block.prints:
            assert re.search(pattern, said), f"{where} does not print {pattern}:\n{ended(said)}"

    def run(self, commands):
        """Run commands; return what they print, and their status."""
        done = subprocess.run(
            ["bash", "-c", KEEPS.format(commands=commands)],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=self._block_seconds,
        )
        return done.stdout, done.returncode


def ended(said):
    """Return the end of what was printed."""
    return said[-SAID_CHARACTERS:]
