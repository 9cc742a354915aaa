"""What nobody foresaw is told as a line of the log like everything else, and shows no value."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLANTED = "Tommy-born-2015-03-04"

COMMAND = """
import sys, threading, warnings
from services import __main__ as fosterframe
from shared.persistence.database import Database

PLANTED, LOGGED = {planted!r}, {logged!r}

def fail():
{fail}

@fosterframe.app.command()
def boom():
    if LOGGED:
        fosterframe._begin("pricing")
    fail()

sys.argv = ["fosterframe", "boom"]
fosterframe.main()
"""
A_KEY = "    {}[PLANTED]"
A_MODEL = """
    from pydantic import TypeAdapter
    TypeAdapter(int).validate_python(PLANTED)
"""
A_DOCUMENT = """
    import json
    json.loads('{"child": ' + PLANTED)
"""
A_THREAD = """
    thread = threading.Thread(target=lambda: {}[PLANTED])
    thread.start()
    thread.join()
    sys.exit(1)
"""
NOBODY_CAN_CATCH = """
    class Child:
        def __del__(self):
            raise ValueError(PLANTED)
    Child()
    sys.exit(1)
"""
A_WARNING = """
    warnings.warn("a value like " + PLANTED, RuntimeWarning)
    sys.exit(1)
"""
A_ROW = """
    with Database.open("{url}").transaction() as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE x (born text PRIMARY KEY, n int NOT NULL)")
        connection.exec_driver_sql("INSERT INTO x VALUES ('" + PLANTED + "', {n})")
        connection.exec_driver_sql("INSERT INTO x VALUES ('" + PLANTED + "', 1)")
"""


def ran(fail, tmp_path, *, logged=True):
    """Run a command of fosterframe's that fails like this; return what it said."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND.format(planted=PLANTED, logged=logged, fail=fail)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={"FOSTERFRAME_STATE": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize(
    ("fail", "kind"),
    [
        (A_KEY, "KeyError"),
        (A_MODEL, "ValidationError"),
        (A_DOCUMENT, "JSONDecodeError"),
        (A_THREAD, "KeyError"),
        (NOBODY_CAN_CATCH, "ValueError"),
    ],
    ids=["a key", "a model", "a document", "a thread", "what nobody can catch"],
)
def test_a_fault_that_nobody_caught_is_one_line_of_json_by_its_kind(fail, kind, tmp_path):
    said = ran(fail, tmp_path)

    (line,) = map(json.loads, said.splitlines())
    assert (line["level"], line["service"], line["error"]) == ("critical", "pricing", kind)
    assert line["way"]
    assert PLANTED not in said


def test_a_person_who_gave_a_command_is_told_of_its_fault_by_its_kind_too(tmp_path):
    said = ran(A_KEY, tmp_path, logged=False)

    assert "error=KeyError" in said.splitlines()[0]
    assert "Traceback" not in said
    assert PLANTED not in said


def test_a_warning_of_python_is_a_line_of_json_by_its_kind_and_its_place(tmp_path):
    said = ran(A_WARNING, tmp_path)

    (line,) = map(json.loads, said.splitlines())
    assert line["message"] == "a warning: RuntimeWarning"
    assert line["where"]
    assert PLANTED not in said


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("n", "kind"), [("1", "IntegrityError"), ("NULL", "IntegrityError")], ids=["key", "row"]
)
def test_a_row_that_postgresql_refuses_is_not_shown_though_it_shows_it(
    n, kind, postgresql, tmp_path
):
    said = ran(A_ROW.replace("{url}", postgresql.url).replace("{n}", n), tmp_path)

    (line,) = map(json.loads, said.splitlines())
    assert line["error"] == kind
    assert PLANTED not in said


def test_what_the_operating_system_refused_is_named_with_its_reason(tmp_path):
    (tmp_path / "file").touch()

    said = ran(f"    open({str(tmp_path / 'file' / 'below')!r})", tmp_path)

    (line,) = map(json.loads, said.splitlines())
    assert line["error"] == f"NotADirectoryError: Not a directory: {tmp_path / 'file' / 'below'}"


@pytest.mark.parametrize(
    ("setting", "options", "advice"),
    [
        ({"FOSTERFRAME_PRICING_DATABASE_URL": "mysql://u:secret@h/x"}, (), "postgresql://"),
        ({"FOSTERFRAME_PRICING_DATABASE_URL": "sqlite://"}, (), "sqlite:///"),
        ({}, ("--retry-after", "5,soon"), "--retry-after"),
    ],
    ids=["another database", "no file", "no seconds"],
)
def test_what_a_worker_cannot_start_with_is_said_in_one_line_of_json(
    setting, options, advice, tmp_path
):
    environment = {"FOSTERFRAME_STATE": str(tmp_path), "PATH": "/usr/bin:/bin"}
    environment |= {"FOSTERFRAME_AMQP_URL": "amqp://127.0.0.1:1/"} | setting

    done = subprocess.run(
        [sys.executable, "-m", "services", "worker", "pricing", *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env=environment,
    )

    (line,) = map(json.loads, done.stderr.splitlines())
    assert done.returncode == 1
    assert line["level"] == "error"
    assert advice in line["message"]
    assert "secret" not in done.stderr
