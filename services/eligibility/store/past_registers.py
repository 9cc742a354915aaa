"""Gives the register as it was at any of its versions, from facts that are read once."""

from collections import OrderedDict
from typing import Final

from sqlalchemy import Connection, select

from services.eligibility.register.register import EMPTY_VERSION, Register
from services.eligibility.store.register_store import NoSuchVersion, read_register
from services.eligibility.store.tables import register_facts

REGISTERS_KEPT: Final = 2
"""How many versions are remembered: what is read in order asks for one, and then for the next."""


class PastRegisters:
    """The register of a database at each of its versions.

    Args:
        connection: reads one consistent state.
    """

    def __init__(self, connection: Connection) -> None:
        self._recorded = read_register(connection).recorded
        versions = select(register_facts.c.version).order_by(register_facts.c.number)
        self._facts_at = {
            version: count for count, version in enumerate(connection.scalars(versions), start=1)
        }
        self._facts_at[EMPTY_VERSION] = 0
        self._registers: OrderedDict[str, Register] = OrderedDict()

    def at(self, version: str) -> Register:
        """Return the register as it was at a version.

        Raises:
            NoSuchVersion: the register never had that version.
        """
        register = self._registers.get(version)
        if register is None:
            register = self._registers[version] = self._made(version)
            if len(self._registers) > REGISTERS_KEPT:
                self._registers.popitem(last=False)
        else:
            self._registers.move_to_end(version)
        return register

    def _made(self, version: str) -> Register:
        if version not in self._facts_at:
            raise NoSuchVersion(f"The register never had the version {version}.")
        return Register(self._recorded[: self._facts_at[version]], version=version)
