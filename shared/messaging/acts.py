"""What an operator did to what is kept, in words, and sealed in the log that shows any change."""

import json
from collections.abc import Mapping
from typing import Final

from shared.errors import FosterframeError
from shared.messaging.work import Work
from shared.persistence.purges import PURGE_BEGUN, PURGE_DONE
from shared.persistence.tables import DELIVERY

DISCARDED: Final = "message.discarded"
RESEND_BEGUN: Final = "resend.begun"
RESEND_DONE: Final = "resend.done"
KINDS: Final = (DISCARDED, PURGE_BEGUN, PURGE_DONE, RESEND_BEGUN, RESEND_DONE)
"""Everything that an operator can do that takes something away, or tells it again."""

LONGEST_NAME: Final = 80
LONGEST_REASON: Final = 500


class ActRefused(FosterframeError):  # noqa: N818 - what became of it
    """Something was to be done to what is kept without saying who does it, or why."""


def keep_act(work: Work, kind: str, subject: str, told: Mapping[str, object]) -> None:
    """Keep what an operator does, and seal it in the log; both with the rest of the work."""
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    row = {"kind": kind, "subject": subject, "told": text, "recorded_at": work.now}
    work.add(DELIVERY.acts, row)
    work.record(kind, subject, text.encode())


def named(actor: str) -> str:
    """Return the name of who does it.

    Raises:
        ActRefused: it is empty, or too long to be a name.
    """
    return _said(actor, LONGEST_NAME, "--as names who does it")


def because(reason: str) -> str:
    """Return why it is done.

    Raises:
        ActRefused: it is empty, or too long.
    """
    return _said(reason, LONGEST_REASON, "--because says why")


def _said(text: str, longest: int, meaning: str) -> str:
    said = text.strip()
    if not said or len(said) > longest or not said.isprintable():
        raise ActRefused(f"{meaning}, in 1 to {longest} letters on one line.")
    return said
