"""How the services log: one line of JSON for each event, or plain text for a person."""

import json
import logging
import os
import socket
import ssl
import sys
import threading
import traceback
import warnings
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, TextIO

from shared.errors import FosterframeError

CORRELATION_ID: Final[ContextVar[str]] = ContextVar("correlation_id", default="")
"""The referral or placement that is being worked on; every line logged meanwhile carries it."""

TRACE_ID: Final[ContextVar[str]] = ContextVar("trace_id", default="")
"""The trace that the work belongs to, where whoever caused it told one."""

_FACTS: Final = "facts"
_UNFORESEEN: Final = "a fault of Fosterframe's own, and not of what it was given"
_log: Final = logging.getLogger(__name__)
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def told(**facts: str | float | bool) -> dict[str, dict[str, Any]]:
    """Return facts for a line's `extra`. None of them may be child data.

    `log.info("reconnected", extra=told(service="pricing", after_seconds=3))`
    """
    return {_FACTS: facts}


class correlated:  # noqa: N801 - used as a statement: with correlated("R-1001"):
    """Marks every line that is logged within it as being about one referral or placement.

    Args:
        correlation_id: the referral or placement.
        trace_id: the trace that the work belongs to, if any.
    """

    __slots__ = ("_id", "_token", "_trace_id", "_trace_token")

    def __init__(self, correlation_id: str, trace_id: str = "") -> None:
        self._id = correlation_id
        self._trace_id = trace_id

    def __enter__(self) -> None:
        self._token = CORRELATION_ID.set(self._id)
        if self._trace_id:
            self._trace_token = TRACE_ID.set(self._trace_id)

    def __exit__(self, *_exception: object) -> None:
        CORRELATION_ID.reset(self._token)
        if self._trace_id:
            TRACE_ID.reset(self._trace_token)


def configure(service: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send all logs to standard error: as JSON, or as plain text when that is a terminal."""
    where = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(where)
    handler.setFormatter(LineFormatter(service, as_json=not where.isatty()))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    # Each connection of pika tells its life in dozens of lines.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    for quiet in ("alembic", "uvicorn"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    warnings.showwarning = _tell_warning


def tell_unforeseen(error: BaseException) -> None:
    """Tell an error that nobody caught: as every other, by its kind and its way alone.

    Where no logs were configured, because a person gave a command, it is told for a person.
    """
    way = (type(error), error, error.__traceback__)
    record = logging.LogRecord(__name__, logging.CRITICAL, "", 0, _UNFORESEEN, (), way)
    handlers = logging.getLogger().handlers
    if not handlers:
        handlers = [logging.StreamHandler()]
        handlers[0].setFormatter(LineFormatter("fosterframe", as_json=False))
    for handler in handlers:
        handler.handle(record)


def tell_unforeseen_in_threads() -> None:
    """Have the errors told that end a thread, or that nobody can catch, as Python does not."""

    def ended(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and arguments.exc_type is not SystemExit:
            tell_unforeseen(arguments.exc_value)

    def uncatchable(arguments: "sys.UnraisableHookArgs") -> None:
        if arguments.exc_value is not None:
            tell_unforeseen(arguments.exc_value)

    threading.excepthook = ended
    sys.unraisablehook = uncatchable


def _tell_warning(
    message: Warning | str,  # noqa: ARG001 - as Python calls it
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001 - as Python calls it
    line: str | None = None,  # noqa: ARG001 - as Python calls it
) -> None:
    """Tell a warning of Python's as a line of the log; its text may repeat a value."""
    _log.warning("a warning: %s", category.__name__, extra=told(where=f"{filename}:{lineno}"))


def is_json() -> bool:
    """Say whether logs go out as JSON: they do once `configure` was called without a terminal."""
    formatters = [handler.formatter for handler in logging.getLogger().handlers]
    return any(isinstance(one, LineFormatter) and one.as_json for one in formatters)


class LineFormatter(logging.Formatter):
    """Writes one line, and of an unforeseen error only its kind and the way to it.

    The text of such an error may repeat a value from a message, so it is never written.
    """

    def __init__(self, service: str, *, as_json: bool) -> None:
        super().__init__()
        self._service = service
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "at": at,
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if correlation_id := CORRELATION_ID.get():
            line["correlation_id"] = correlation_id
        if trace_id := TRACE_ID.get():
            line["trace_id"] = trace_id
        line.update(getattr(record, _FACTS, {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = kind_of(record.exc_info[1])
            line["way"] = _way_to(record.exc_info)
        return json.dumps(line, ensure_ascii=False) if self.as_json else _plain(line)


def kind_of(error: BaseException) -> str:
    """Return what may be said of an error: our own speak for themselves, of others the kind.

    What the operating system refused, it says itself: a file and a reason, and never a value.
    """
    kind = type(error).__name__
    # These number their errors in ways of their own.
    is_of_the_system = not isinstance(error, ssl.SSLError | socket.gaierror)
    if isinstance(error, OSError) and error.errno and is_of_the_system:
        named = f": {error.filename}" if isinstance(error.filename, str) else ""
        return f"{kind}: {os.strerror(error.errno)}{named}"
    return f"{kind}: {error}" if isinstance(error, FosterframeError) else kind


def _way_to(exc_info: _ExcInfo) -> list[str]:
    """Return the calls that led to the error, outermost first, without any value."""
    frames = traceback.extract_tb(exc_info[2])
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _plain(line: dict[str, Any]) -> str:
    shown = {"at", "level", "service", "logger", "message", "way"}
    facts = " ".join(f"{name}={value}" for name, value in line.items() if name not in shown)
    way = "".join(f"\n    {call}" for call in line.get("way", ()))
    level = line["level"].upper()
    return f"{line['at'][11:19]} {level:<8} {line['message']} {facts}".rstrip() + way
