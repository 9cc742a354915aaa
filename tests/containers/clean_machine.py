"""A machine on which nothing of ours is: a fresh copy of the project, with a system of its own."""

import os
import shutil
import uuid
from dataclasses import dataclass, field

from tests.containers import engine
from tests.containers.crowd import crowd
from tests.containers.ledger import DECISIONS, SHORTLISTS, Ledger
from tests.containers.party import Listener, Sender
from tests.containers.system import OUR_IMAGES, ROOT, System
from tests.support.guide import Reader
from tests.support.ports import free_ports

PORTS = (
    *("RABBITMQ", "MANAGEMENT", "ELIGIBILITY", "PRICING"),
    *("RABBITMQ_TLS", "MANAGEMENT_TLS", "PROMETHEUS", "GRAFANA"),
)
BLOCK_SECONDS = 420
REFERRALS_PER_SECOND = 4
REFERRALS_MOST = 1_200
ANSWERED_WITHIN_SECONDS = 90
LEFT_ALONE = ("FOSTERFRAME_", "COMPOSE_", "OTEL_", "WITH", "BACK_UP_")
"""What this machine's environment says of another system."""


def copied(folder):
    """Copy what a clone of the project would have, and what may not be had twice."""
    listed = engine.run(
        "git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"
    )
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    (folder / "var").mkdir()
    images = ROOT / "var" / "images.env"
    if images.exists():
        shutil.copy2(images, folder / "var" / "images.env")
    return folder


def new_machine(folder, version):
    """Return a machine whose reader has not begun."""
    project = f"fosterframe-guide-{uuid.uuid4().hex[:8]}"
    ports = free_ports(len(PORTS))
    told = {f"FOSTERFRAME_{name}_PORT": str(port) for name, port in zip(PORTS, ports, strict=True)}
    told |= {
        "COMPOSE_PROJECT_NAME": project,
        "FOSTERFRAME_VERSION": version,
        "FOSTERFRAME_FRAMEWORK": str(folder.parent / "pack"),
        "NEW_VERSION": project,
    }
    outside = {name: text for name, text in os.environ.items() if not name.startswith(LEFT_ALONE)}
    system = System(project, [], [], told, folder / "var" / "secrets")
    keeps = folder.parent / "state.sh"
    reader = Reader("docs/operations.md", folder, outside | told, BLOCK_SECONDS, keeps=keeps)
    return Machine(system, reader)


@dataclass
class Machine:
    """The reader of the guide, and those who use the system meanwhile.

    Args:
        ledger: everything that was ever published and told, whatever became of the system.
    """

    system: System
    reader: Reader
    ledger: Ledger = field(default_factory=Ledger)
    parties: list = field(default_factory=list)
    seed: int = 600
    known_before: set = field(default_factory=set)
    old_passwords: dict = field(default_factory=dict)

    def clear(self):
        """Leave nothing of it behind."""
        for party in self.parties:
            party.ask_to_stop()
        # With every override that has volumes of its own.
        overrides = "WITH='pack observability'"
        self.reader.run(f"{overrides} tools/compose down --volumes --remove-orphans --timeout 5")
        for name in OUR_IMAGES:
            made = f"{name}:{self.system.project}"
            if engine.has_image(made):
                engine.run("docker", "image", "rm", "--force", made)

    def begin_flow(self):
        """Have referrals published from now on, and their answers read."""
        self.seed += 1
        self._connect(self.ledger, crowd(REFERRALS_MOST, self.seed), REFERRALS_PER_SECOND)

    def _connect(self, ledger, samples, per_second):
        parameters = self.system.broker_parameters("case-management")
        sender = Sender("referrals", parameters, ledger, per_second)
        listener = Listener("answers", parameters, ledger, (DECISIONS, SHORTLISTS))
        sender.give(samples)
        self.parties = [sender, listener]
        for party in self.parties:
            party.start()

    def end_flow(self):
        """Stop publishing; each referral has its decision and its shortlist, and one of each."""
        sender, listener = self.parties
        sender.stop()
        assert self.ledger.wait_for(
            lambda: not self.ledger.unanswered(), ANSWERED_WITHIN_SECONDS
        ), [str(one) for one in self.ledger.unanswered()]
        listener.stop()
        self.parties = []
        assert self.ledger.doubled() == []

    def note_what_is_known(self):
        self.known_before = set(self.ledger.entries)
        assert self.known_before

    def send_again(self):
        """Send all again under its id: only what the backup does not know is answered anew."""
        again = Ledger()
        entries = self.ledger.entries
        lost = entries.keys() - self.known_before
        assert lost
        self._connect(again, [entry.sample for entry in entries.values()], None)
        assert again.wait_for(
            lambda: all(id_ in again.entries and again.entries[id_].is_answered for id_ in lost),
            ANSWERED_WITHIN_SECONDS,
        )
        for party in self.parties:
            party.stop()
        self.parties = []
        assert {id_ for id_, entry in again.entries.items() if entry.answered_at} == lost
        assert again.doubled() == []
        for queue in (DECISIONS, SHORTLISTS):
            for id_ in lost:
                told, told_again = entries[id_].bodies[queue], again.entries[id_].bodies[queue]
                assert told_again.keys() == told.keys()
