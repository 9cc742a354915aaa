"""What is logged: one line of JSON that names the referral, and of an error only its kind."""

import io
import json
import logging

import pytest

from shared.errors import CannotSucceed
from shared.logs import LineFormatter, configure, correlated, told


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def stream():
    return io.StringIO()


@pytest.fixture(autouse=True)
def root_as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_json_with_the_service_the_referral_and_the_facts(stream):
    configure("pricing", stream=stream)

    with correlated("R-1001"):
        logging.getLogger("shared.messaging").info("parked", extra=told(attempt=4))

    line = json.loads(stream.getvalue())
    at = line.pop("at")
    assert line == {
        "level": "info",
        "service": "pricing",
        "logger": "shared.messaging",
        "message": "parked",
        "correlation_id": "R-1001",
        "attempt": 4,
    }
    assert at.endswith("+00:00")


def test_after_the_referral_its_id_is_no_longer_written(stream):
    configure("pricing", stream=stream)

    with correlated("R-1001"):
        pass
    logging.getLogger().warning("the database does not answer")

    assert "R-1001" not in stream.getvalue()


def test_an_unforeseen_error_is_told_by_its_kind_and_its_way_and_never_by_its_text(stream):
    configure("pricing", stream=stream)

    try:
        {}["2015-03-04"]
    except KeyError:
        logging.getLogger().exception("failed")

    line = json.loads(stream.getvalue())
    assert line["error"] == "KeyError"
    assert "test_an_unforeseen_error" in line["way"][-1]
    assert "2015-03-04" not in stream.getvalue()


def test_an_error_of_our_own_speaks_for_itself():
    error = CannotSucceed("no such purchaser")
    record = logging.LogRecord("x", 30, "", 1, "parked", (), (type(error), error, None))

    line = json.loads(LineFormatter("pricing", as_json=True).format(record))

    assert line["error"] == "CannotSucceed: no such purchaser"


def test_on_a_terminal_a_person_can_read_it():
    terminal = Terminal()
    configure("pricing", stream=terminal)

    with correlated("R-1001"):
        logging.getLogger().info("parked", extra=told(attempt=4))

    assert terminal.getvalue()[8:] == " INFO     parked correlation_id=R-1001 attempt=4\n"


def test_a_line_break_in_a_fact_does_not_make_a_second_line(stream):
    configure("pricing", stream=stream)

    logging.getLogger().info("parked", extra=told(message_id="a\nb"))

    assert len(stream.getvalue().splitlines()) == 1


def test_a_line_names_the_trace_where_the_work_belongs_to_one(stream):
    configure("pricing", stream=stream)

    with correlated("R-1001", "4bf92f3577b34da6a3ce929d0e0e4736"):
        logging.getLogger("shared.messaging").info("parked")
    logging.getLogger("shared.messaging").info("consuming")

    within, after = map(json.loads, stream.getvalue().splitlines())
    assert within["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert "trace_id" not in after
