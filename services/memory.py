"""How much memory this process may use, where the platform sets a limit."""

from pathlib import Path
from typing import Final

_LIMITS: Final = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Where the second and the first version of Linux's control groups tell it."""

_NO_LIMIT_BYTES: Final = 2**60
"""The first version writes a number that no machine has where there is no limit."""


def limit_bytes() -> int | None:
    """Return the limit in bytes; None where there is none, or none that can be read."""
    for path in _LIMITS:
        try:
            told = path.read_text(encoding="ascii").strip()
        except OSError:
            continue
        return int(told) if told.isdecimal() and int(told) < _NO_LIMIT_BYTES else None
    return None
