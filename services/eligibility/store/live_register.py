"""The register that a worker decides by: always what its transaction sees, read again on change."""

from weakref import ReferenceType, ref

from services.eligibility.register.register import Register
from services.eligibility.store.register_store import (
    claim_register,
    latest_version,
    read_register,
    rely_on_register,
)
from shared.contracts.provider import ProviderUpdated
from shared.messaging.work import Work


class LiveRegister:
    """Remembers the register between transactions.

    One transaction sees one register, unless it changes it itself. So the version is asked for
    once in each, and again after a change; the facts are read only when it is another one. A
    version is a digest of the facts, so what was rolled back is never taken for what is there.
    """

    def __init__(self) -> None:
        self._register = Register([])
        self._asked_in: ReferenceType[Work] | None = None

    def current(self, work: Work) -> Register:
        """Return the register as it is in the work's transaction."""
        if self._asked_in is None or self._asked_in() is not work:
            _hold(work)
            version = latest_version(work.connection)
            if version != self._register.version:
                self._register = read_register(work.connection)
            self._asked_in = ref(work)
        return self._register

    def changed(self, register: Register | None = None) -> None:
        """Say that facts were added, so that the version is asked for again.

        Args:
            register: what it is with them, if that is at hand; else it is read when needed.
        """
        self._register = self._register if register is None else register
        self._asked_in = None


def _hold(work: Work) -> None:
    """Rely on the register until the commit, or claim it where this work may add to it."""
    if any(isinstance(event.data, ProviderUpdated) for event in work.batch):
        claim_register(work.connection)
    else:
        rely_on_register(work.connection)
