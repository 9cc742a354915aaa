"""The bodies of requests: none is read that is larger than it may be."""

from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.event import LARGEST_BODY_BYTES

LARGEST_UPLOAD_BYTES: Final = 20_000_000
"""Ofsted's largest file has about a tenth of it."""


class BodyLimit:
    """Ends the reading of any body that is larger than the largest file may be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        read_bytes = 0

        async def bounded() -> Message:
            nonlocal read_bytes
            message = await receive()
            read_bytes += len(message.get("body", b""))
            if read_bytes > LARGEST_UPLOAD_BYTES:
                raise _too_large(LARGEST_UPLOAD_BYTES)
            return message

        await self._app(scope, bounded if scope["type"] == "http" else receive, send)


async def _message_sent(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY_BYTES:
            raise _too_large(LARGEST_BODY_BYTES)
    return bytes(body)


async def _file_sent(request: Request) -> bytes:
    return await request.body()


def _too_large(most_bytes: int) -> HTTPException:
    return HTTPException(413, f"The body is larger than {most_bytes} bytes")


MessageSent = Annotated[bytes, Depends(_message_sent)]
"""A body no larger than what a message may carry."""

FileSent = Annotated[bytes, Depends(_file_sent)]
"""A body that is a file."""
