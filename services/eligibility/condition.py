"""Whether the eligibility service has what it decides by: a register, and a rulebook in force."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, distinct, func, select

from services.eligibility.facts import vocabulary
from services.eligibility.register.words import unknown_on_register
from services.eligibility.rulebooks.listed import Listed, rulebooks_listed
from services.eligibility.rulebooks.rulebook import Rulebook
from services.eligibility.rulebooks.rulebook_yaml import read_rulebook, rulebook_again
from services.eligibility.service import rulebook_files
from services.eligibility.store import register_store, rulebook_store
from services.eligibility.store.tables import register_facts
from shared.clock import Clock
from shared.errors import FosterframeError
from shared.framework.framework import Framework
from shared.framework.pack import load_framework
from shared.health import Condition, Figure
from shared.persistence.database import Database

SOON: Final = timedelta(days=28)
"""How long before no rulebook is in force any more somebody is told."""

WORDS_TOLD: Final = 3
"""Of how many agencies with a strange word somebody is told by name."""

_EMPTY: Final = (
    "the register holds no agency, so no referral can be decided; import it: "
    "fosterframe register import --as YOUR_NAME"
)
_ACTIVATE: Final = "fosterframe rulebook activate FILE --as YOUR_NAME --reason TEXT --yes"
_END_TRIAL: Final = "fosterframe rulebook shadow --end --as YOUR_NAME --reason TEXT"
_SAID_CHARACTERS: Final = 200
_NO_RULEBOOK: Final = (
    f"no rulebook is in force today; referrals are parked; activate one: {_ACTIVATE}"
)


@dataclass
class _WordsSeen:
    """What was found last, and of which rulebook and register: probes ask again and again."""

    of: tuple[str, str] = ("", "")
    found: tuple[str, ...] = ()


@dataclass(frozen=True)
class EligibilityCondition:
    """Looks at the register, at the rulebooks in use and at those of the pack."""

    database: Database
    clock: Clock
    framework: Framework
    rulebooks: tuple[Rulebook, ...]
    _seen: _WordsSeen = field(default_factory=_WordsSeen, compare=False, repr=False)

    @classmethod
    def of(cls, database: Database, clock: Clock, pack: Path) -> "EligibilityCondition":
        """Return what looks at a database, with the rulebooks that a pack holds."""
        framework = load_framework(pack)
        known = vocabulary(framework)
        read = (read_rulebook(path, known) for path in rulebook_files(pack))
        return cls(database, clock, framework, tuple(read))

    def now(self) -> Condition:
        """Return how it stands now.

        Raises:
            DatabaseAway: the database cannot be reached.
        """
        today = self.clock.today()
        with self.database.reading() as connection:
            agencies = connection.scalar(select(func.count(distinct(register_facts.c.urn)))) or 0
            listed = rulebooks_listed(connection, today)
            in_force = [each for each in listed if each.standing == "in force"]
            words = [word for each in in_force for word in self._words(connection, each)]
            shadows = [each for each in listed if each.standing == "in shadow"]
            tried = [word for each in shadows for word in self._unread_shadow(connection, each)]
        notices = [] if agencies else [_EMPTY]
        notices += [] if in_force else [_NO_RULEBOOK]
        notices += [*_ending(listed, today), *words, *tried, *self._not_in_use(listed)]
        pack = {"framework": self.framework.id, "digest": self.framework.digest}
        figures = [
            Figure("fosterframe_framework_pack_info", 1, pack),
            Figure("fosterframe_register_agencies", agencies),
        ]
        figures += [
            Figure("fosterframe_rulebook_info", 1, {"name": each.name, "version": each.version})
            for each in (one.rulebook for one in in_force)
        ]
        return Condition(tuple(notices), tuple(figures))

    def _words(self, connection: Connection, decides: Listed) -> tuple[str, ...]:
        """Say which words of the register a rulebook cannot judge, if there are any."""
        digest = decides.rulebook.digest
        of = digest, register_store.latest_version(connection)
        if self._seen.of != of:
            self._seen.found = self._words_found(connection, digest)
            self._seen.of = of
        return self._seen.found

    def _words_found(self, connection: Connection, digest: str) -> tuple[str, ...]:
        try:
            content = rulebook_store.content(connection, digest)
            rulebook = rulebook_again(content, vocabulary(self.framework))
        except (FosterframeError, ValueError) as fault:
            unread = f"the rulebook in force, {digest[:12]}, cannot be read by this version"
            return (f"{unread} of the service; referrals wait: {fault}",)
        found = unknown_on_register(rulebook, register_store.read_register(connection))
        more = len(found) - WORDS_TOLD
        notices = [f"{each}; its referrals wait" for each in found[:WORDS_TOLD]]
        return (*notices, *([f"and {more} more words like that"] if more > 0 else []))

    def _unread_shadow(self, connection: Connection, tried: Listed) -> tuple[str, ...]:
        """Say that the rulebook in shadow is not tried, if it cannot be; no referral waits for it.

        It is read each time: a worker that cannot read it says so once, in its log.
        """
        digest = tried.rulebook.digest
        try:
            content = rulebook_store.content(connection, digest)
            rulebook_again(content, vocabulary(self.framework))
        except (FosterframeError, ValueError) as fault:
            said = " ".join(str(fault).split())[:_SAID_CHARACTERS]
            unread = (
                f"the rulebook in shadow, {tried.rulebook} ({digest[:12]}), cannot be read by this "
                f"version of the service, and so it is not tried ({said}); referrals are decided "
                "by the one in force all the same; see whether it was altered (fosterframe audit "
                f"verify), run the version that put it there, or end the trial: {_END_TRIAL}"
            )
            return (unread,)
        return ()

    def _not_in_use(self, listed: list[Listed]) -> list[str]:
        """Say which rulebooks of the pack are in no use, for a file alone changes nothing."""
        standing = {each.rulebook.digest: each.standing for each in listed}
        unused = {"replaced", "withdrawn", "tried", "kept"}
        return [
            f"the rulebook {each} of the framework pack is not in use "
            f"({standing.get(each.digest, 'never activated')}); activate it, or take it out of "
            f"the pack: {_ACTIVATE}"
            for each in self.rulebooks
            if standing.get(each.digest, "kept") in unused
        ]


def _ending(listed: list[Listed], today: date) -> list[str]:
    """Say when the last rulebook ends soon, and none follows."""
    last = [each for each in listed if each.decides is not None][-1:]
    return [
        f"the rulebook {each.rulebook} ends on {each.decides.end}, and none follows; activate the "
        f"next one, from that day on: {_ACTIVATE}"
        for each in last
        if each.decides and each.decides.end and today < each.decides.end <= today + SOON
    ]
