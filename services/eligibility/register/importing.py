"""Takes a file into the register: previewed row by row, then applied whole or not at all."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from services.eligibility.concerns.impact import Impact
from services.eligibility.concerns.touched import Change, Touched
from services.eligibility.decisions.telling import DecisionTeller
from services.eligibility.register.files import FRAMEWORK, AgencyFile, Comparing
from services.eligibility.register.pack_csv import REGISTER_FILE
from services.eligibility.register.preview import REFUSED, ImportPreview
from services.eligibility.register.register import Recorded, Register
from services.eligibility.rulebooks.in_use import PoliciesInUse
from services.eligibility.rulebooks.words import rulebooks_ahead
from services.eligibility.store import register_store
from services.eligibility.verdicts.policy import Policies
from shared.errors import FileRefused, FosterframeError
from shared.framework.framework import Framework
from shared.messaging.work import Work

FAULTS_TOLD: Final = 100
"""How many faults of a refused import are told one by one; the preview has them all."""

_NAME_KEPT: Final = 60
_CAUSE_KEPT: Final = 200


class ImportRefused(FileRefused):
    """Rows of a file are refused, so nothing of it is taken."""

    def __init__(self, preview: ImportPreview) -> None:
        super().__init__(list(preview.refused))
        self.preview = preview

    def __str__(self) -> str:
        told = [str(fault) for fault in self.faults[:FAULTS_TOLD]]
        if len(self.faults) > FAULTS_TOLD:
            told.append(f"{len(self.faults) - FAULTS_TOLD} more faults; the preview has them all.")
        told.append(
            f"Rows refused: {self.preview.counts[REFUSED]}; nothing was taken. Correct them, or "
            "take the others without them: --leave-refused."
        )
        return "\n".join(told)


class PreviewOutdated(FosterframeError):  # noqa: N818 - what became of the preview
    """An import would do something else than what was previewed; nothing is taken."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Args:
        facts_added: about which nothing was known.
        facts_changed: about which something else was known.
        facts_known: which stood so, or have been overtaken.
        rows_refused: left out, where that was asked for.
        version: that of the register now.
        touched: what follows: open referrals decided again, and concerns.
    """

    agencies: int
    facts_added: int
    facts_changed: int
    facts_known: int
    rows_refused: int
    version: str
    digest: str
    touched: Touched

    def told(self) -> dict[str, object]:
        """Return it as JSON can hold it."""
        return asdict(self) | {"touched": self.touched.told()}


class RegisterDesk:
    """Previews and applies imports, by the policies in use.

    Args:
        framework: whose agencies they are.
        policies: those in use.
    """

    def __init__(self, framework: Framework, policies: PoliciesInUse) -> None:
        self._framework = framework
        self._policies = policies
        self._impact = Impact(framework, policies, DecisionTeller(framework.digest, policies))

    def preview(self, work: Work, file: AgencyFile) -> ImportPreview:
        """Return what an import of a file would do now; nothing is written.

        Raises:
            FileRefused: no row of the file can be read.
        """
        register = register_store.read_register(work.connection)
        return self._preview(work, file, register, self._policies.current(work))

    def apply(
        self,
        work: Work,
        file: AgencyFile,
        actor: str,
        *,
        expected: str = "",
        leaves_refused: bool = False,
    ) -> Imported:
        """Take a file into the register, and follow what it touches, in one transaction.

        Args:
            work: the transaction; its cause names this import and no other.
            file: what is taken.
            actor: who does it.
            expected: the digest of the preview that was looked at, where one was.
            leaves_refused: whether the sound rows are taken without those that are refused.

        Raises:
            FileRefused: no row of the file can be read.
            ImportRefused: a row is refused, and it was not said to leave such rows.
            PreviewOutdated: it would do something else than what was expected.
        """
        before, preview = self._compared(work, file)
        if expected and preview.digest != expected:
            raise _outdated(preview, expected)
        if preview.refused and not leaves_refused:
            raise ImportRefused(preview)
        cause = _cause(file, actor)
        touched, version = Touched(), before.version
        if preview.new:
            told = [(each.urn, each.fact) for each in preview.new]
            version = register_store.append(work.connection, told, work.now, cause)
            work.record("register", cause, version.encode())
            new = [Recorded(urn, fact, work.now) for urn, fact in told]
            after = Register([*before.recorded, *new], version=version)
            touched = self._impact.follow(work, Change(before, after, cause, cause))
        return _imported(preview, version, touched)

    def touched(self, work: Work, preview: ImportPreview) -> Touched:
        """Return what a previewed import would touch; nothing is written or told."""
        before = register_store.read_register(work.connection)
        after = before.with_([Recorded(each.urn, each.fact, work.now) for each in preview.new])
        return self._impact.touched(work, Change(before, after, "preview", preview.file))

    def _compared(self, work: Work, file: AgencyFile) -> tuple[Register, ImportPreview]:
        """Return the register, and what a file does to it; who is to write has it to himself.

        To compare takes long, and whoever decides waits for who has the register. So it is claimed
        only where something is new, and compared again only if somebody was there before.
        """
        connection = work.connection
        # Not those of the work: it would keep them, whatever was put in force before the claim.
        policies = self._policies.now(connection).policies
        before = register_store.read_register(connection)
        preview = self._preview(work, file, before, policies)
        if preview.new:
            register_store.claim_register(connection)
            is_same = register_store.latest_version(connection) == before.version
            if not is_same or self._policies.current(work) is not policies:
                before = register_store.read_register(connection)
                preview = self._preview(work, file, before, self._policies.current(work))
        return before, preview

    def _preview(
        self, work: Work, file: AgencyFile, register: Register, policies: Policies
    ) -> ImportPreview:
        rulebooks = rulebooks_ahead(policies, work.today)
        return Comparing(register, self._framework, rulebooks, work.today).preview(file)


def import_register(work: Work, desk: RegisterDesk, pack: Path, actor: str) -> Imported:
    """Add to the register what a pack's file tells and nobody told before.

    A second import changes nothing, and an older file never overrules what was told since.

    Raises:
        FileRefused: the file has faults; nothing is added.
    """
    return desk.apply(work, AgencyFile.read(pack / REGISTER_FILE, FRAMEWORK), actor)


def _outdated(preview: ImportPreview, expected: str) -> PreviewOutdated:
    return PreviewOutdated(
        f"The import would do something else than the preview {expected[:12]} said: its digest is "
        f"{preview.digest[:12]}. The file or the register is another one now; look at a new "
        "preview."
    )


def _cause(file: AgencyFile, actor: str) -> str:
    name = Path(file.name).name[:_NAME_KEPT]
    return f"import of {name} {file.digest[:12]} by {actor}"[:_CAUSE_KEPT]


def _imported(preview: ImportPreview, version: str, touched: Touched) -> Imported:
    counts = preview.counts
    return Imported(
        agencies=preview.agencies,
        facts_added=counts["added"],
        facts_changed=counts["changed"],
        facts_known=counts["unchanged"] + counts["overtaken"],
        rows_refused=counts[REFUSED],
        version=version,
        digest=preview.digest,
        touched=touched,
    )
