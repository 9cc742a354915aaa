"""The register over HTTP: agencies as they stand, their history, and concerns."""

from datetime import date, datetime
from itertools import islice
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query

from services.eligibility.api import answers_register as api_answers
from services.eligibility.api.words import (
    After,
    Json,
    Limit,
    SinceOrNot,
    Urn,
    answers,
    begin_of,
    page,
)
from services.eligibility.register.register import Register
from services.eligibility.register.view import listed, recorded_told, shown
from services.eligibility.service import EligibilityService
from services.eligibility.store.concerns import concerns_told
from services.eligibility.store.register_store import read_register
from shared.contracts.fields import URN_PATTERN

_On = Annotated[
    date | None, Query(description="The day on which it stands so; today if none is named.")
]
_KnownAt = Annotated[
    datetime | None,
    Query(description="As it was known at that instant, with its offset; as now if none."),
]
_About = Annotated[
    str | None, Query(pattern=URN_PATTERN, description="Of one agency; of all if none is named.")
]


def tell_register(app: FastAPI, service: EligibilityService) -> None:
    """Add the paths of the register to an application."""
    _tell_standing(app, service)
    _tell_past(app, service)
    _tell_concerns(app, service)


def _tell_standing(app: FastAPI, service: EligibilityService) -> None:
    @app.get("/v1/register/agencies", responses=answers(api_answers.AGENCIES))
    def agencies(
        on: _On = None, known_at: _KnownAt = None, after: After = None, limit: Limit = 100
    ) -> Json:
        """Return agencies as they stand on a day, in the order of their numbers, and by what."""
        day, register = on or service.clock.today(), _register(service, known_at)
        urns = islice((urn for urn in register if urn > (after or "")), limit + 1)
        told = _standing(register, set(urns), day)
        return {
            "on": day,
            "register_version": register.version,
            **page("agencies", told, limit, "agency"),
        }

    @app.get("/v1/register/agencies/{urn}", responses=answers(api_answers.AGENCY, 404))
    def agency(urn: Urn, on: _On = None, known_at: _KnownAt = None) -> Json:
        """Return an agency as it stands on a day, as it was known at an instant, and by what."""
        register = _with(service, urn, known_at)
        day = on or service.clock.today()
        [told] = _standing(register, {urn}, day)
        return {"on": day, "register_version": register.version, **told}


def _tell_past(app: FastAPI, service: EligibilityService) -> None:
    @app.get("/v1/register/overview", responses=answers(api_answers.OVERVIEW))
    def overview(after: After = None, limit: Limit = 100) -> Json:
        """Return every agency that the register ever knew, in short and over all time."""
        register = _register(service, None)
        told = [each.told() for each in listed(register) if each.urn > (after or "")]
        version = {"register_version": register.version}
        return version | page("agencies", told[: limit + 1], limit, "agency")

    @app.get("/v1/register/agencies/{urn}/history", responses=answers(api_answers.HISTORY, 404))
    def history(urn: Urn) -> Json:
        """Return everything that was ever recorded of an agency, the oldest word first."""
        register = _with(service, urn, None)
        return {"agency": urn, "history": [*map(recorded_told, register.history(urn))]}


def _tell_concerns(app: FastAPI, service: EligibilityService) -> None:
    @app.get("/v1/register/concerns", responses=answers(api_answers.CONCERNS, 404))
    def concerns(
        agency: _About = None, since: SinceOrNot = None, after: After = None, limit: Limit = 100
    ) -> Json:
        """Return the concerns that commissioners were told of, the latest first."""
        with service.database.reading() as connection:
            found = concerns_told(
                connection,
                agency=agency,
                since=None if since is None else begin_of(since),
                after=after,
                limit=limit + 1,
            )
        told = [each.model_dump(mode="json") for each in found]
        return page("concerns", told, limit, "concern_id")


def _register(service: EligibilityService, known_at: datetime | None) -> Register:
    if known_at is not None and known_at.tzinfo is None:
        raise HTTPException(422, "An instant needs its offset from UTC, such as Z or +01:00")
    with service.database.reading() as connection:
        register = read_register(connection)
    return register if known_at is None else register.as_known_at(known_at)


def _with(service: EligibilityService, urn: str, known_at: datetime | None) -> Register:
    register = _register(service, known_at)
    if urn not in register:
        raise HTTPException(404, f"There is no agency {urn} on the register")
    return register


def _standing(register: Register, urns: set[str], day: date) -> list[Json]:
    """Return some agencies as they stand on a day; of a large register, only these are read."""
    recorded = [each for each in register.recorded if each.urn in urns]
    return [each.told() for each in shown(Register(recorded, version=register.version), day)]
