"""What a loss or a refusal by RabbitMQ means: a reconnect may cure it, or a person must act."""

import re
import ssl
from collections.abc import Iterator, Mapping
from typing import Final

from pika import exceptions

from shared.errors import BrokerAway, BrokerMisconfigured

Failure = BrokerAway | BrokerMisconfigured

_ADVICE: Final[Mapping[int, str]] = {
    402: "Create the virtual host, or correct the address.",
    403: "Check user, password and the user's permissions on this virtual host.",
    404: "Declare the topology (fosterframe broker declare), or correct the virtual host's name.",
    405: "Somebody holds this queue for themselves: find that consumer and stop it.",
    406: (
        "It exists with other arguments: delete it when it is empty, then declare the topology "
        "(fosterframe broker declare)."
    ),
    530: "Create the virtual host, or give the user permission on it.",
    540: "This broker cannot do it: RabbitMQ 3.10 or later is needed.",
}

_PASSING: Final = (
    "timed out",
    "down or inaccessible",
    "stopped by supervisor",
    "not available",
)
"""What RabbitMQ also says by those codes, when a node restarts or a consumer was too slow."""

_CODE: Final = re.compile(r"\((\d{3})\)")


def failure_from(error: BaseException) -> Failure:
    """Return what an error of the connection or of a channel means to its user."""
    reply = _reply(error)
    if reply is not None:
        return _refusal(*reply)
    chain = list(_unfolded(error))
    for cause in chain:
        if _is_by_design(cause):
            return BrokerMisconfigured(
                f"The broker's address does not speak our protocol: {cause}. "
                "Check scheme (amqp, amqps), port and certificate."
            )
    return BrokerAway(f"RabbitMQ is away: {_said(chain[-1])}")


def _refusal(code: int, text: str) -> Failure:
    passing = any(phrase in text for phrase in _PASSING)
    if code in _ADVICE and not passing:
        said = text.rstrip(".")
        return BrokerMisconfigured(f"RabbitMQ refused ({code}): {said}. {_ADVICE[code]}")
    return BrokerAway(f"RabbitMQ closed the link ({code}): {text}")


def _reply(error: BaseException) -> tuple[int, str] | None:
    """Return the broker's own code and words, if it sent any."""
    if isinstance(error, exceptions.ConnectionClosedByBroker | exceptions.ChannelClosedByBroker):
        return error.reply_code, error.reply_text
    if isinstance(
        error, exceptions.ProbableAuthenticationError | exceptions.ProbableAccessDeniedError
    ):
        text = str(error.args[-1])
        code = _CODE.search(text)
        return None if code is None else (int(code[1]), text[code.end() :].strip(" '\")"))
    return None


def _is_by_design(cause: BaseException) -> bool:
    if isinstance(cause, exceptions.IncompatibleProtocolError | ssl.SSLCertVerificationError):
        return True
    return isinstance(cause, ssl.SSLError) and cause.reason in {
        "WRONG_VERSION_NUMBER",
        "UNKNOWN_PROTOCOL",
        "HTTP_REQUEST",
    }


def _unfolded(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and, one inside the other, what pika wrapped up in it."""
    yield error
    inner = [
        *getattr(error, "exceptions", ()),
        getattr(error, "exception", None),
        *error.args,
        error.__cause__,
    ]
    for cause in inner:
        if isinstance(cause, BaseException):
            yield from _unfolded(cause)
            return


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
