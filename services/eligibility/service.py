"""The eligibility service put together: its framework, its policies and its database."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from services.eligibility.decisions.archive import Archive
from services.eligibility.facts import vocabulary
from services.eligibility.handlers.table import handlers
from services.eligibility.register.importing import RegisterDesk
from services.eligibility.rulebooks.activation import activate_first
from services.eligibility.rulebooks.in_use import InUse, PoliciesInUse, ProvedPolicies
from services.eligibility.rulebooks.rulebook_yaml import read_rulebook
from services.eligibility.store import activations
from services.eligibility.verdicts.engine import Engine
from services.eligibility.verdicts.policy import Policies, Policy, activate
from shared.clock import Clock
from shared.errors import Fault, FileRefused
from shared.framework.framework import Framework
from shared.framework.pack import load_framework
from shared.messaging.work import Handler, work_on
from shared.persistence.database import Database

SERVICE: Final = "eligibility"
MIGRATIONS: Final = Path(__file__).parent / "migrations"

_RULEBOOKS: Final = "rulebook*.yaml"
_EXAMPLES: Final = "-examples.yaml"


@dataclass(frozen=True)
class EligibilityService:
    """Everything that the worker, the API and the commands share.

    Args:
        proved: the policies of the rulebooks that are kept, as far as they were asked for.
    """

    framework: Framework
    database: Database
    clock: Clock
    proved: ProvedPolicies

    @classmethod
    def open(cls, database: Database, pack: Path, clock: Clock) -> "EligibilityService":
        """Return the service for a framework pack.

        On a database where none was ever activated, its rulebooks are. Later on a rulebook comes
        into use only when somebody activates it.

        Raises:
            FileRefused: a file of the pack has faults.
            RulebookRefused: a rulebook contradicts itself, its promises, or another one's days.
        """
        framework = load_framework(pack)
        return cls.working_with(database, framework, read_policies(pack, framework), clock)

    @classmethod
    def working_with(
        cls, database: Database, framework: Framework, policies: Policies, clock: Clock
    ) -> "EligibilityService":
        """Return the same for a framework that was read, and the proved policies of its pack."""
        with database.reading() as connection:
            is_new = activations.latest(connection) is None
        if is_new:
            cause = f"first activation {framework.digest}"
            with work_on(database, clock, SERVICE, cause_id=cause) as work:
                activate_first(work, policies, framework)
        return cls(framework, database, clock, ProvedPolicies(framework, policies))

    def prove(self) -> None:
        """Prove the rulebooks in use now, so that it is not the first referral that waits for it.

        Who puts another rulebook in the place of one that cannot be read does without.

        Raises:
            MayYetSucceed: one of them cannot be read by this version of the service.
        """
        _ = self.policies

    @property
    def policies(self) -> Policies:
        """The policies in use now; who holds a connection asks `policies_now`.

        Raises:
            DatabaseAway: the database cannot be reached.
            MayYetSucceed: one of them cannot be read by this version of the service.
        """
        with self.database.reading() as connection:
            return self.policies_now(connection)

    def policies_now(self, connection: Connection) -> Policies:
        """Return the policies that decide, by what a connection sees.

        Raises:
            MayYetSucceed: one of them cannot be read by this version of the service.
        """
        return self.in_use(connection).policies

    def in_use(self, connection: Connection) -> InUse:
        """Return what is in use, by what a connection sees; only what is new is proved.

        Raises:
            MayYetSucceed: one of them cannot be read by this version of the service.
        """
        return self._noticed.now(connection)

    @cached_property
    def _noticed(self) -> PoliciesInUse:
        return self.policies_in_use()

    def policies_in_use(self) -> PoliciesInUse:
        """Return what gives one worker, or one command, its policies in each transaction."""
        return PoliciesInUse(self.proved)

    def policy_of(self, connection: Connection, digest: str) -> Policy:
        """Return the policy of a rulebook that is kept, whether it is in use or not.

        Raises:
            NoSuchRulebook: none with that digest is kept.
            MayYetSucceed: it cannot be read by this version of the service.
        """
        return self.proved.of(connection, digest)

    def handlers(self) -> Mapping[str, Handler]:
        """Return what one worker does about each type of event; each worker asks for its own."""
        return handlers(self.framework, self.policies_in_use())

    def register_desk(self) -> RegisterDesk:
        """Return what imports files into the register, for one command or request."""
        return RegisterDesk(self.framework, self.policies_in_use())

    def archive(self) -> Archive:
        """Return what derives stored decisions again."""
        return Archive(vocabulary(self.framework), self.policies)


def read_policies(pack: Path, framework: Framework) -> Policies:
    """Return the policies of a pack: every `rulebook*.yaml` in it, tabulated and proved.

    Raises:
        FileRefused: a rulebook has faults, or there is none.
        RulebookRefused: a rulebook contradicts itself or its promises, or the days of two do not
            fit together.
    """
    known = vocabulary(framework)
    rulebooks = [read_rulebook(path, known) for path in rulebook_files(pack)]
    if not rulebooks:
        raise FileRefused([Fault(str(pack), None, "", "no rulebook", "rulebook.yaml")])
    order = framework.shortlist_order
    return Policies([activate(each, Engine(each), order) for each in rulebooks])


def rulebook_files(pack: Path) -> list[Path]:
    """Return where the rulebooks of a pack stand; the examples beside them are none."""
    return [path for path in sorted(pack.glob(_RULEBOOKS)) if not path.name.endswith(_EXAMPLES)]
