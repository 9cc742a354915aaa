"""Whether the eligibility service has what it decides by: a register, and a rulebook in force."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import distinct, func, select

from services.eligibility.facts import vocabulary
from services.eligibility.rulebook import Rulebook
from services.eligibility.rulebook_yaml import read_rulebook
from services.eligibility.store.tables import register_facts
from shared.clock import Clock
from shared.framework.framework import Framework
from shared.framework.pack import load_framework
from shared.health import Condition, Figure
from shared.persistence.database import Database

_EMPTY: Final = (
    "the register holds no agency, so no referral can be decided; import it: "
    "fosterframe register import --as YOUR_NAME"
)
_NO_RULEBOOK: Final = "no rulebook of the framework pack is in force today; referrals are parked"


@dataclass(frozen=True)
class EligibilityCondition:
    """Looks at the register and at the rulebooks of the pack."""

    database: Database
    clock: Clock
    framework: Framework
    rulebooks: tuple[Rulebook, ...]

    @classmethod
    def of(cls, database: Database, clock: Clock, pack: Path) -> "EligibilityCondition":
        """Return what looks at a database, with the rulebooks that a pack holds."""
        framework = load_framework(pack)
        paths = [
            path
            for path in sorted(pack.glob("rulebook*.yaml"))
            if not path.name.endswith("-examples.yaml")
        ]
        known = vocabulary(framework)
        return cls(database, clock, framework, tuple(read_rulebook(path, known) for path in paths))

    def now(self) -> Condition:
        """Return how it stands now.

        Raises:
            DatabaseAway: the database cannot be reached.
        """
        with self.database.reading() as connection:
            agencies = connection.scalar(select(func.count(distinct(register_facts.c.urn)))) or 0
        today = self.clock.today()
        in_force = [each for each in self.rulebooks if today in each.in_force]
        # Of several that hold today, the one that began last decides.
        in_force = sorted(in_force, key=lambda each: each.in_force.start)[-1:]
        notices = [] if agencies else [_EMPTY]
        notices += [] if in_force else [_NO_RULEBOOK]
        pack = {"framework": self.framework.id, "digest": self.framework.digest}
        figures = [
            Figure("fosterframe_framework_pack_info", 1, pack),
            Figure("fosterframe_register_agencies", agencies),
        ]
        figures += [
            Figure("fosterframe_rulebook_info", 1, {"name": each.name, "version": each.version})
            for each in in_force
        ]
        return Condition(tuple(notices), tuple(figures))
