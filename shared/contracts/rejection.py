"""What a sender is told of a message that cannot be handled."""

from typing import Annotated

from pydantic import StringConstraints

from shared.contracts.fields import Data, Sentence


class MessageRejected(Data):
    """A message was parked. Nothing of its content is repeated, beside the name of a field."""

    message_id: Annotated[str, StringConstraints(max_length=200)]
    message_type: Annotated[str, StringConstraints(max_length=120)]
    queue: str
    field: Annotated[str, StringConstraints(max_length=200)]
    reason: Sentence
    advice: Annotated[str, StringConstraints(max_length=600)]
