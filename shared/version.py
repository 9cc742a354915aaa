"""Which version of Fosterframe is running."""

from functools import cache
from importlib import metadata


@cache
def version() -> str:
    """Return the version that is installed, or `unknown` where only the files were copied."""
    try:
        return metadata.version("fosterframe")
    except metadata.PackageNotFoundError:
        return "unknown"
