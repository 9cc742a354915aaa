"""The scripts that start the containers go by what was chosen, and say what keeps them from it."""

import os
import shutil
import subprocess

import pytest

from tests.containers.system import ROOT

ENDS_WITHIN_SECONDS = 60
LEFT_ALONE = ("FOSTERFRAME_", "COMPOSE_", "WITH", "CI")
SCRIPTS = (
    *("up", "compose", "settings", "docker-engine", "images", "make-secrets"),
    *("restore", "base-images"),
)
ENGINE = """#!/bin/bash
# An engine that does nothing, and keeps what it was asked for.
echo "$FOSTERFRAME_VERSION ${RABBITMQ_IMAGE:-} docker $*" >>"$DIARY"
case "$*" in
  info*) echo "$ENGINE_SAYS"; exit "${ENGINE_ENDS:-0}" ;;
  *" up "*) [ -z "${COMPOSE_HANGS:-}" ] || exec sleep 50
    echo "$COMPOSE_SAYS" >&2; exit "${COMPOSE_ENDS:-0}" ;;
esac
"""


class Machine:
    """A copy of the scripts and of what they read, with an engine that is not one."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "tools").mkdir()
        for name in SCRIPTS:
            shutil.copy2(ROOT / "tools" / name, folder / "tools" / name)
        for name in ("deploy/compose", "deploy/rabbitmq", "deploy/postgres"):
            shutil.copytree(ROOT / name, folder / name)
        for name in ("docker-compose.yml", "Dockerfile", ".dockerignore", "pyproject.toml"):
            shutil.copy2(ROOT / name, folder / name)
        for name in ("requirements", "shared", "services", "var", "bin", "deploy/observability"):
            (folder / name).mkdir()
        (folder / ".venv").symlink_to(ROOT / ".venv")
        self.write("var/images.env", "RABBITMQ_IMAGE=made:here\n")
        self.program("docker", ENGINE)
        # Whatever a script does, it installs nothing here and starts no engine.
        for name in ("dockerd", "apt-get"):
            self.program(name, '#!/bin/sh\necho "$0 $*" >>"$DIARY"\n')

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def program(self, name, text):
        """Put a program of that name before the machine's own."""
        self.write(f"bin/{name}", text)
        (self.folder / "bin" / name).chmod(0o755)

    def run(self, script, *arguments, **told):
        """Run a script; return how it ended, and what it said."""
        outside = {key: text for key, text in os.environ.items() if not key.startswith(LEFT_ALONE)}
        known = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "DIARY": str(self.folder / "diary"),
        }
        done = subprocess.run(
            [self.folder / "tools" / script, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=ENDS_WITHIN_SECONDS,
            env=outside | known | told,
        )
        return done.returncode, done.stdout + done.stderr

    @property
    def diary(self):
        """Return what the engine was asked for."""
        return (self.folder / "diary").read_text(encoding="utf-8")

    @property
    def start(self):
        """Return how the engine was asked to start the containers."""
        (line,) = [line for line in self.diary.splitlines() if " up " in line]
        return line


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_every_script_goes_by_what_stands_in_dot_env(machine):
    machine.write(
        ".env",
        "# chosen here\nFOSTERFRAME_VERSION=1.2\nWITH='pack tls'\nRABBITMQ_IMAGE=our:own\n"
        "FOSTERFRAME_SECRETS=./elsewhere",
    )

    status, said = machine.run("up")

    assert status == 0, said
    assert machine.start.startswith("1.2 our:own docker")
    assert "pack.yml --file deploy/compose/tls.yml" in machine.start
    assert "fosterframe/pricing:1.2" in machine.diary
    assert (machine.folder / "elsewhere" / "rabbitmq-ops.password").exists()
    assert not (machine.folder / "var" / "secrets").exists()


def test_the_environment_goes_before_dot_env_and_dot_env_before_what_was_made_here(machine):
    machine.write(".env", "FOSTERFRAME_VERSION=1.2\nWITH=pack\n")

    status, said = machine.run("compose", "ps", FOSTERFRAME_VERSION="1.3", WITH="")

    assert status == 0, said
    assert "1.3 made:here docker compose" in machine.diary
    assert "deploy/compose" not in machine.diary


def test_the_sample_is_there_the_first_time_that_nothing_is_said(machine):
    status, said = machine.run("up")

    assert status == 0, said
    assert "deploy/compose/sample.yml" in machine.start


def test_whoever_forgets_to_say_what_to_run_does_not_give_a_system_at_work_the_sample(machine):
    machine.write("var/up-with", "pack\n")

    status, said = machine.run("up")

    assert status == 0, said
    assert "deploy/compose/pack.yml" in machine.start
    assert "sample" not in machine.start


def test_whoever_starts_the_system_first_need_not_know_what_it_stands_on(machine):
    (machine.folder / "var/images.env").unlink()

    status, said = machine.run("up")

    assert status == 0, said
    assert "base images: the public images can be had" in said
    assert " docker image inspect postgres:16" in machine.diary


def test_a_port_that_another_program_has_is_told_with_what_to_do(machine):
    refusal = "Bind for 127.0.0.1:5672 failed: port is already allocated"

    status, said = machine.run("up", COMPOSE_ENDS="1", COMPOSE_SAYS=refusal)

    assert status == 1
    assert refusal in said
    assert "FOSTERFRAME_RABBITMQ_PORT" in said.splitlines()[-1]


def test_a_server_that_never_becomes_healthy_is_not_waited_for_for_ever(machine):
    status, said = machine.run("up", COMPOSE_HANGS="yes", FOSTERFRAME_READY_SECONDS="1")

    assert status == 1
    assert "not ready after" in said
    assert "make logs" in said


def test_a_file_that_the_accounts_in_the_containers_cannot_read_is_named(machine):
    (machine.folder / "deploy/rabbitmq/rabbitmq.conf").chmod(0o600)

    status, said = machine.run("up")

    assert status == 1
    assert "deploy/rabbitmq/rabbitmq.conf is shut" in said
    assert "chmod -R a+rX deploy" in said


def test_a_disk_without_room_for_the_broker_is_told_when_the_system_is_not_ready(machine):
    machine.program("df", "#!/bin/sh\necho Avail\necho 120\n")

    status, said = machine.run("up", COMPOSE_ENDS="1", COMPOSE_SAYS="x", ENGINE_SAYS="/small")

    assert status == 1
    assert "120 MB are left on the disk of /small" in said


def test_whoever_may_not_speak_to_the_engine_is_told_so_and_none_is_installed(machine):
    refusal = "permission denied while trying to connect to the Docker daemon socket"

    status, said = machine.run("docker-engine", ENGINE_ENDS="1", ENGINE_SAYS=refusal)

    assert status == 1
    assert "this user may not speak to it" in said
    assert "apt-get" not in machine.diary
    assert "dockerd" not in machine.diary


def test_no_second_engine_is_started_beside_one_that_does_not_answer_in_time(machine):
    machine.program("pidof", "#!/bin/sh\necho 4711\n")

    status, said = machine.run("docker-engine", ENGINE_ENDS="1")

    assert status == 1
    assert "process 4711" in said
    assert "dockerd" not in machine.diary


def test_a_database_that_does_not_start_is_told_before_anything_is_restored(machine):
    backup = machine.folder / "backup"
    backup.mkdir()
    machine.write("backup/ABOUT", "in step: yes\n")
    sums = subprocess.run(
        ["sha256sum", "ABOUT"], cwd=backup, capture_output=True, text=True, check=True
    )
    machine.write("backup/SHA256SUMS", sums.stdout)

    status, said = machine.run("restore", str(backup), COMPOSE_ENDS="1", COMPOSE_SAYS="no room")

    assert status == 1
    assert "no room\nrestore: postgres does not start" in said
