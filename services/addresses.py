"""Where the services listen over HTTP, unless they are told otherwise."""

from typing import Final

LOOPBACK: Final = "127.0.0.1"
PORTS: Final = {"eligibility": 8101, "pricing": 8102}
