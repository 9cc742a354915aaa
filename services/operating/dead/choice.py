"""Which of the parked messages an operator means: by id, by reason, by type, or all."""

from collections.abc import Iterable

from shared.messaging.parked.message import ParkedMessage


class Choice:
    """What is wanted of the parked messages; it remembers which ids it has not met."""

    def __init__(
        self, ids: Iterable[str] | None = None, reason: str | None = None, type_: str | None = None
    ) -> None:
        self._ids = frozenset(ids or ())
        self._missing = set(self._ids)
        self._reason = (reason or "").casefold()
        self._type = type_

    @property
    def missing(self) -> list[str]:
        """Return the ids that no message had which was looked at."""
        return sorted(self._missing)

    def __call__(self, one: ParkedMessage) -> bool:
        """Say whether a message is wanted."""
        if self._ids and one.message_id not in self._ids:
            return False
        self._missing.discard(one.message_id)
        return self._reason in one.reason.casefold() and self._type in {None, one.type}
