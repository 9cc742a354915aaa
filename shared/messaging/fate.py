"""What becomes of a message that could not be handled: tried again later, or parked."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import BrokerAway, CannotSucceed, DatabaseAway, MayYetSucceed
from shared.messaging.topology import RETRY_DELAYS_SECONDS


@dataclass(frozen=True, slots=True)
class Parked:
    """It waits for a person, and its sender is told why."""

    reason: str
    field: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """It comes back to its queue after some seconds."""

    delay_seconds: int


def fate_of(
    error: Exception, attempt: int, retry_delays_seconds: Sequence[int] = RETRY_DELAYS_SECONDS
) -> Parked | RetryAfter:
    """Return what becomes of a message after a failed attempt, the first being 1.

    What cannot succeed is parked at once. Everything else is tried again after each delay, and
    parked when there is none left. What it says repeats no value from the message: of an error
    that we did not foresee, only its kind is told.

    Raises:
        BrokerAway, DatabaseAway: the error is one of these; they are no message's fault.
    """
    if isinstance(error, BrokerAway | DatabaseAway):
        raise error
    if isinstance(error, CannotSucceed):
        return Parked(error.reason, error.field, error.advice)
    if attempt <= len(retry_delays_seconds):
        return RetryAfter(retry_delays_seconds[attempt - 1])
    if isinstance(error, MayYetSucceed):
        return Parked(
            f"{error.reason} (tried {attempt} times)",
            advice=error.advice or "Send it again when what it needs is there.",
        )
    return Parked(
        f"a fault of this service and not of the message ({type(error).__name__})",
        advice="Nothing is to be corrected: the message is kept and will be handled again once "
        "the service is mended. What is urgent should go to the placements team by telephone.",
    )
