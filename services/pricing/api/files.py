"""A file that is handed in as the body of a request, and how a faulty one is refused."""

from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

from shared.errors import FileRefused
from shared.framework.faults import text_of
from shared.problems import problem

Json = dict[str, Any]

CSV: Final = "text/csv"


def tell_refused_files(app: FastAPI) -> None:
    """Tell a file that is refused as a problem with every fault and its line."""
    app.add_exception_handler(FileRefused, _file_refused)


async def text_handed_in(request: Request, path: Path, largest_bytes: int) -> str:
    """Return the text of the file that is the request's body; `path` is what it is called.

    Raises:
        HTTPException: it is not said to be CSV, or it is too large.
        FileRefused: it is empty or no UTF-8.
    """
    said = request.headers.get("content-type", "")
    if said.split(";", 1)[0].strip().lower() != CSV:
        raise HTTPException(415, f"Send the file itself, with Content-Type: {CSV}")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > largest_bytes:
            raise HTTPException(413, f"The file is larger than {largest_bytes} bytes")
    return text_of(path, bytes(body))


def csv_body(example: str) -> Json:
    """Return how such a body is described."""
    content = {CSV: {"schema": {"type": "string"}, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


async def _file_refused(_: Request, error: Exception) -> JSONResponse:
    faults = error.faults if isinstance(error, FileRefused) else ()
    errors = [
        {
            "file": one.file,
            "line": one.line,
            "field": one.key,
            "reason": f"found {one.found}; allowed: {one.allowed}",
        }
        for one in faults
    ]
    return problem(422, "The file is refused", errors=errors)
