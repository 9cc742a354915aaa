"""Who asks over HTTP for something to be written: the name that the proxy in front has checked."""

import re
from typing import Annotated, Final

from fastapi import Depends, Header, HTTPException, Request

HEADER: Final = "X-Forwarded-User"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#-]{0,79}")

_Given = Annotated[
    str | None,
    Header(
        alias=HEADER,
        description="Who does it, as the proxy in front has established: 1 to 80 letters, digits "
        "and . _ : / # - without spaces. It is kept with what is written.",
        examples=["a.analyst"],
    ),
]


def actor_of(request: Request, given: _Given = None) -> str:
    """Return who asks.

    Raises:
        HTTPException: nobody is named, or more than one is (401), or nobody can be called so (422).
    """
    if not given or len(request.headers.getlist(HEADER)) > 1:
        raise HTTPException(401, f"Name who does it, once, in the header {HEADER}")
    if not _NAME.fullmatch(given):
        raise HTTPException(
            422,
            "The actor has to be 1 to 80 letters, digits and . _ : / # - without spaces.",
        )
    return given


Actor = Annotated[str, Depends(actor_of)]
"""Who asks for something to be written."""
