"""How much memory a process took at most."""

import os
from pathlib import Path
from typing import Final

_KILOBYTES: Final = 1024


def peak_megabytes() -> int:
    """Return the largest resident size of this process so far, in megabytes."""
    return peak_megabytes_of(os.getpid())


def peak_megabytes_of(pid: int) -> int:
    """Return the largest resident size of a running process so far, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // _KILOBYTES
    raise ProcessLookupError(pid)
