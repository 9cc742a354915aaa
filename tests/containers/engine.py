"""What a test does to containers from outside: looks, kills, cuts off, measures."""

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import httpx

ASKED_WITHIN_SECONDS = 120
SOCKET = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
OFTEN_SECONDS = 0.1


def run(*command, environment=None, seconds=ASKED_WITHIN_SECONDS):
    """Run a command and return what it prints.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
        env=None if environment is None else os.environ | environment,
    )
    if done.returncode:
        asked = " ".join(command)
        raise RuntimeError(f"{asked} failed; it said:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def answers():
    """Say whether a Docker engine answers."""
    with contextlib.suppress(RuntimeError, OSError, subprocess.TimeoutExpired):
        return bool(run("docker", "info", "--format={{.ID}}", seconds=30))
    return False


def compose_command():
    """Return how Compose is called here, or nothing."""
    for command in (["docker", "compose"], ["docker-compose"]):
        with contextlib.suppress(RuntimeError, OSError):
            run(*command, "version")
            return command
    return None


def has_image(name):
    with contextlib.suppress(RuntimeError):
        return bool(run("docker", "image", "inspect", "--format={{.Id}}", name))
    return False


def derive_image(image, name, line):
    """Make an image that is another with one line more."""
    subprocess.run(
        ["docker", "build", "--tag", name, "-"],
        input=f"FROM {image}\n{line}\n",
        check=True,
        capture_output=True,
        text=True,
        timeout=ASKED_WITHIN_SECONDS,
    )


def containers_of(project, service=None, *, also_ended=True):
    """Return the ids of the containers of a Compose project, or of one of its services."""
    wanted = [f"--filter=label=com.docker.compose.project={project}"]
    if service is not None:
        wanted.append(f"--filter=label=com.docker.compose.service={service}")
    every = ["--all"] if also_ended else []
    return run("docker", "ps", "--quiet", "--no-trunc", *every, *wanted).split()


def look_at(*containers):
    """Return what the engine knows of containers."""
    return json.loads(run("docker", "inspect", *containers)) if containers else []


def service_of(seen):
    return seen["Config"]["Labels"]["com.docker.compose.service"]


def trouble_with(seen):
    """Say why a container is not ready, or nothing: a task that ended well is, too."""
    state = seen["State"]
    health = state.get("Health", {}).get("Status")
    is_task = seen["HostConfig"]["RestartPolicy"]["Name"] in {"no", "", "on-failure"}
    if is_task and state["Status"] == "exited" and state["ExitCode"] == 0:
        return None
    if is_task and not health:
        return f"{service_of(seen)} has not ended ({state['Status']}, {state['ExitCode']})"
    if state["Running"] and health in {None, "healthy"}:
        return None
    return f"{service_of(seen)} is {state['Status']} and {health or 'without health'}"


def kill_process(container):
    """End a container's main process at once, as a power cut would; its engine is not told."""
    pid = look_at(container)[0]["State"]["Pid"]
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # The engine counts its processes otherwise, as one in a virtual machine does.
        run("docker", "kill", "--signal=KILL", container)
        run("docker", "start", container)


def started_at(container):
    """Return when a container's process was started, the last time."""
    return look_at(container)[0]["State"]["StartedAt"]


def stats(container):
    """Return CPU seconds and bytes of memory of a container, file cache left out."""
    with httpx.Client(transport=httpx.HTTPTransport(uds=SOCKET), timeout=30) as client:
        answer = client.get(
            f"http://docker/containers/{container}/stats",
            params={"stream": "false", "one-shot": "true"},
        )
    told = answer.raise_for_status().json()
    memory = told["memory_stats"]
    details = memory.get("stats", {})
    cache = details.get("total_inactive_file", details.get("inactive_file", 0))
    return told["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9, memory.get("usage", 0) - cache


def peak_memory_mb(container):
    """Return the most memory that the processes of a container ever held at once, in MB."""
    pids = run("docker", "top", container, "-eo", "pid").split()[1:]
    peaks = []
    for pid in pids:
        with contextlib.suppress(FileNotFoundError):
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
            peaks += [
                int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")
            ]
    return sum(peaks) / 1024


def addresses_of(container):
    networks = look_at(container)[0]["NetworkSettings"]["Networks"]
    return [one["IPAddress"] for one in networks.values() if one["IPAddress"]]


@contextlib.contextmanager
def cut_between(containers, others):
    """Drop without a word every packet between some containers and others, until left."""
    addresses = [address for other in others for address in addresses_of(other)]
    pids = [look_at(container)[0]["State"]["Pid"] for container in containers]
    rules = [
        (str(pid), [chain, flag, address, "--jump", "DROP"])
        for pid in pids
        for address in addresses
        for chain, flag in (("INPUT", "--source"), ("OUTPUT", "--destination"))
    ]
    try:
        for pid, rule in rules:
            _iptables(pid, "--insert", *rule)
        yield
    finally:
        for pid, rule in rules:
            with contextlib.suppress(RuntimeError):  # the container ended: so did its rules
                _iptables(pid, "--delete", *rule)


def _iptables(pid, *rule):
    run("nsenter", "--target", pid, "--net", "iptables", *rule)


def until(condition, seconds, what):
    """Wait until it is so, and return what it was."""
    ends = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < ends, f"{what}: not within {seconds} s"
        time.sleep(OFTEN_SECONDS)
    return found


def run_into(file, *command):
    """Run a command, and keep all that it prints in a file."""
    subprocess.run(
        command, stdout=file, stderr=subprocess.STDOUT, check=False, timeout=ASKED_WITHIN_SECONDS
    )
