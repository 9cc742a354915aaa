"""What can go wrong, by what becomes of the message or the file that caused it."""

from dataclasses import dataclass


class FosterframeError(Exception):
    """Anything that the services refuse, said so that a person knows what to do."""


class CannotSucceed(FosterframeError):  # noqa: N818 - the name is the message's fate
    """This message can never be handled: it is parked, and its sender is told why.

    Args:
        reason: what is wrong, without any value from the message.
        field: the path of the field at fault, such as `data.children.0.date_of_birth`.
        advice: what the sender can do.
    """

    def __init__(self, reason: str, *, field: str = "", advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.advice = advice


class MayYetSucceed(FosterframeError):  # noqa: N818 - the name is the message's fate
    """This message cannot be handled yet: it is tried again later, and parked at the end."""

    def __init__(self, reason: str, *, advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class BrokerAway(FosterframeError):  # noqa: N818 - a state of the world, not a fault of ours
    """The broker cannot be reached, or closed the connection; a reconnect may cure it."""


class BrokerMisconfigured(FosterframeError):  # noqa: N818 - as BrokerAway
    """The broker refuses what we ask by design (rights, queue arguments): a person must act."""


class DatabaseAway(FosterframeError):  # noqa: N818 - as BrokerAway
    """The database cannot be reached; what was begun was rolled back."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a file: where, what was found, what is allowed."""

    file: str
    line: int | None
    key: str
    found: str
    allowed: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}: found {self.found}; allowed: {self.allowed}"


class FileRefused(FosterframeError):  # noqa: N818 - as BrokerAway
    """A file is refused whole, with every fault that was found; nothing of it is taken."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)
