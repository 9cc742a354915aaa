"""Imports into the register over HTTP: previewed, then applied exactly as they were previewed."""

from datetime import date
from typing import Annotated, Final, Literal

from fastapi import FastAPI, Query

from services.eligibility.api import answers_register as api_answers
from services.eligibility.api.bodies import FileSent
from services.eligibility.api.examples import REGISTER_CSV
from services.eligibility.api.words import Json, answers
from services.eligibility.register.files import AgencyFile
from services.eligibility.service import SERVICE, EligibilityService
from shared.caller import Actor
from shared.messaging.work import Work, work_on

_Published = Annotated[
    date | None,
    Query(description="The day on which Ofsted published it, for what no column of it dates."),
]
_Kind = Annotated[
    Literal["framework", "ofsted"],
    Query(description="The framework's own register, or a provider file as Ofsted publishes it."),
]
_Named = Annotated[
    str,
    Query(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._ -]{0,59}$",
        description="What the file is called; its ending tells CSV from a spreadsheet.",
        examples=["register.csv"],
    ),
]
_Expected = Annotated[
    str, Query(pattern=r"^[0-9a-f]{64}$", description="The digest of the preview that was read.")
]
_LeavesRefused = Annotated[
    bool, Query(description="Whether the sound rows are taken without those that are refused.")
]
_SPREADSHEETS: Final = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
)
_BINARY: Final = {"type": "string", "format": "binary"}
_FILE: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": REGISTER_CSV},
            **{media_type: {"schema": _BINARY} for media_type in _SPREADSHEETS},
        },
    }
}


def tell_imports(app: FastAPI, service: EligibilityService) -> None:
    """Add the paths of imports to an application."""
    _tell_preview(app, service)
    _tell_applied(app, service)


def _tell_preview(app: FastAPI, service: EligibilityService) -> None:
    @app.post(
        "/v1/register/imports/preview",
        openapi_extra=_FILE,
        responses=answers(api_answers.IMPORT_PREVIEW, 413),
    )
    def previewed(
        body: FileSent, kind: _Kind, name: _Named, published_on: _Published = None
    ) -> Json:
        """Return what an import would do, row by row, and whom it would touch."""
        file = AgencyFile(kind, name, body, published_on)
        desk = service.register_desk()
        with service.database.reading() as connection:
            work = Work(connection, service.clock, SERVICE)
            preview = desk.preview(work, file)
            return {**preview.told(), "touched": desk.touched(work, preview).told()}


def _tell_applied(app: FastAPI, service: EligibilityService) -> None:
    @app.post(
        "/v1/register/imports",
        status_code=201,
        openapi_extra=_FILE,
        responses=answers(api_answers.IMPORTED, 401, 409, 413, status=201),
    )
    def imported(
        body: FileSent,
        kind: _Kind,
        name: _Named,
        expected: _Expected,
        actor: Actor,
        published_on: _Published = None,
        *,
        leave_refused: _LeavesRefused = False,
    ) -> Json:
        """Take a file into the register, whole or not at all, exactly as it was previewed."""
        file = AgencyFile(kind, name, body, published_on)
        cause = f"register import {file.digest} {service.clock.now().isoformat()}"
        with work_on(service.database, service.clock, SERVICE, cause_id=cause) as work:
            desk = service.register_desk()
            return desk.apply(
                work, file, actor, expected=expected, leaves_refused=leave_refused
            ).told()
