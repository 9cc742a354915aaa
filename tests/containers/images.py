"""What is in an image: its files, its settings, its history, and what it does when it is run."""

import io
import json
import subprocess
import tarfile
from functools import cached_property

OWN_FOLDER = "opt/fosterframe/"
RUN_WITHIN_SECONDS = 60


class Image:
    """One image of the engine, looked into without running it."""

    def __init__(self, name):
        self.name = name

    @cached_property
    def told(self):
        """Return what the engine says of it."""
        (told,) = json.loads(_docker("image", "inspect", self.name).stdout)
        return told

    @property
    def settings(self):
        return self.told["Config"]

    @cached_property
    def history(self):
        """Return the commands that it was made with."""
        return _docker(
            "image", "history", "--no-trunc", "--format={{.CreatedBy}}", self.name
        ).stdout.decode()

    @cached_property
    def files(self):
        """Return the names of all that a container of it would see."""
        container = _docker("create", "--network=none", self.name).stdout.decode().strip()
        try:
            with tarfile.open(fileobj=io.BytesIO(_docker("export", container).stdout)) as kept:
                return [member.name for member in kept if not member.isdir()]
        finally:
            _docker("rm", "--force", container)

    @property
    def own_files(self):
        """Return the names of what is ours, and of what we installed."""
        return [name for name in self.files if name.startswith(OWN_FOLDER)]

    def run(self, *command, entrypoint=None):
        """Run a command in a container as docker-compose.yml would, without a network."""
        chosen = [] if entrypoint is None else [f"--entrypoint={entrypoint}"]
        return subprocess.run(
            [
                *("docker", "run", "--rm", "--read-only", "--cap-drop=ALL", "--network=none"),
                *("--security-opt=no-new-privileges", "--tmpfs=/tmp:size=32m", *chosen),
                *(self.name, *command),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=RUN_WITHIN_SECONDS,
        )


def _docker(*command):
    return subprocess.run(["docker", *command], capture_output=True, check=True)
