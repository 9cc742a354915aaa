"""Asks a service on this machine whether it is ready, or at least alive: a container's check."""

import http.client
import json
import sys
from typing import Final

USAGE: Final = "usage: python -m services.probe PORT [readyz|healthz]"
ANSWERS_WITHIN_SECONDS: Final = 4.0

_HOST: Final = "127.0.0.1"
_QUESTIONS: Final = ("readyz", "healthz")
_WELL: Final = 200


def main(arguments: list[str]) -> int:
    """Print what a service says of itself; return 0 if it is well, else 1, or 2 if misused."""
    if not 1 <= len(arguments) <= len(_QUESTIONS) or not arguments[0].isdecimal():
        sys.stderr.write(f"{USAGE}\n")
        return 2
    question = arguments[1] if len(arguments) == len(_QUESTIONS) else "readyz"
    if question not in _QUESTIONS:
        sys.stderr.write(f"{USAGE}\n")
        return 2
    is_well, said = asked(int(arguments[0]), question)
    sys.stdout.write(f"{said}\n")
    return 0 if is_well else 1


def asked(port: int, question: str) -> tuple[bool, str]:
    """Return whether the service is well, and what it said, or why nothing was heard."""
    connection = http.client.HTTPConnection(_HOST, port, timeout=ANSWERS_WITHIN_SECONDS)
    try:
        connection.request("GET", f"/{question}")
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return False, f"nobody answers on {_HOST}:{port}: {error}"
    finally:
        connection.close()
    return answer.status == _WELL, _said(body) or f"it answers with status {answer.status}"


def _said(body: bytes) -> str:
    """Return the reasons and notices in an answer, or that all is well."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    sentences = [str(one) for key in ("reasons", "notices") for one in told.get(key, ())]
    return "; ".join(sentences) or str(told.get("status", ""))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
