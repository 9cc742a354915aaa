"""The eligibility service put together: its framework, its policies and its database."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.eligibility.archive import Archive
from services.eligibility.engine import Engine
from services.eligibility.facts import vocabulary
from services.eligibility.handlers import handlers
from services.eligibility.policies_in_use import PoliciesInUse
from services.eligibility.policy import Policies, activate
from services.eligibility.register_csv import REGISTER_FILE, read_register
from services.eligibility.rulebook_yaml import read_rulebook
from services.eligibility.store import register_store, rulebook_store
from shared.clock import Clock
from shared.errors import Fault, FileRefused
from shared.framework.framework import Framework
from shared.framework.pack import load_framework
from shared.messaging.work import Handler, Work
from shared.persistence.database import Database

SERVICE: Final = "eligibility"
MIGRATIONS: Final = Path(__file__).parent / "migrations"

_RULEBOOKS: Final = "rulebook*.yaml"
_EXAMPLES: Final = "-examples.yaml"


@dataclass(frozen=True)
class EligibilityService:
    """Everything that the worker, the API and the commands share."""

    framework: Framework
    policies: Policies
    database: Database
    clock: Clock

    @classmethod
    def open(cls, database: Database, pack: Path, clock: Clock) -> "EligibilityService":
        """Return the service for a framework pack, with every rulebook proved and kept.

        Raises:
            FileRefused: a file of the pack has faults.
            RulebookRefused: a rulebook contradicts itself or its promises.
        """
        framework = load_framework(pack)
        policies = read_policies(pack, framework)
        with database.transaction() as connection:
            told = [policy.rulebook for policy in policies]
            rulebook_store.keep(connection, told, clock.now())
        return cls(framework, policies, database, clock)

    def handlers(self) -> Mapping[str, Handler]:
        """Return what one worker does about each type of event; each worker asks for its own."""
        return handlers(self.framework, PoliciesInUse(self.policies))

    def archive(self) -> Archive:
        """Return what derives stored decisions again."""
        return Archive(vocabulary(self.framework), self.policies)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of a register file added."""

    agencies: int
    facts_added: int
    facts_known: int
    version: str


def read_policies(pack: Path, framework: Framework) -> Policies:
    """Return the policies of a pack: every `rulebook*.yaml` in it, tabulated and proved.

    Raises:
        FileRefused: a rulebook has faults, there is none, or two begin on the same day.
        RulebookRefused: a rulebook contradicts itself or its promises.
    """
    known = vocabulary(framework)
    policies = []
    begun: dict[object, Path] = {}
    for path in sorted(pack.glob(_RULEBOOKS)):
        if path.name.endswith(_EXAMPLES):
            continue
        rulebook = read_rulebook(path, known)
        start = rulebook.in_force.start
        if start in begun:
            allowed = f"another day than that of {begun[start].name}"
            raise FileRefused([Fault(str(path), None, "in_force.from", str(start), allowed)])
        begun[start] = path
        policies.append(activate(rulebook, Engine(rulebook), framework.shortlist_order))
    if not policies:
        raise FileRefused([Fault(str(pack), None, "", "no rulebook", "rulebook.yaml")])
    return Policies(policies)


def import_register(work: Work, pack: Path, framework: Framework, actor: str) -> Imported:
    """Add to the register what the pack's file tells and nobody told before.

    What is in the register already is not told again, so that a second import changes nothing,
    and an older file never overrules what was told since.

    Raises:
        FileRefused: the file has faults; nothing is added.
    """
    told = read_register(pack / REGISTER_FILE, framework)
    register = register_store.read_register(work.connection)
    known = {(each.urn, each.fact) for each in register.recorded}
    facts = [(urn, fact) for urn, of_agency in told for fact in of_agency]
    added = [each for each in facts if each not in known]
    cause = f"import of {REGISTER_FILE} {framework.digest[:12]} by {actor}"
    version = register_store.append(work.connection, added, work.now, cause)
    if added:
        work.record("register", cause, version.encode())
    return Imported(len(told), len(added), len(facts) - len(added), version)
