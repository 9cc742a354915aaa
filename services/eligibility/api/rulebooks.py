"""Rulebooks over HTTP: which there are, which is in force, and what each of them says."""

from datetime import date
from typing import Annotated

from fastapi import FastAPI, HTTPException, Path, Query

from services.eligibility.api import answers_rulebooks as api_answers
from services.eligibility.api.rulebook_meant import policy_known
from services.eligibility.api.words import Id, Json, answers
from services.eligibility.rulebooks.listed import rulebooks_listed
from services.eligibility.rulebooks.named import IN_FORCE
from services.eligibility.rulebooks.schema import rulebook_schema
from services.eligibility.rulebooks.told import combination_total, told_table
from services.eligibility.service import EligibilityService
from services.eligibility.verdicts.policy import Policy

_Which = Annotated[
    str,
    Path(
        pattern=rf"^({IN_FORCE}|[0-9a-f]{{64}})$",
        description=f"`{IN_FORCE}`, or the digest of a rulebook that is kept.",
        examples=[IN_FORCE],
    ),
]
_On = Annotated[
    date | None,
    Query(description=f"With `{IN_FORCE}`: on which day; today if none is named."),
]
_Every = Annotated[
    bool, Query(description="Whether each combination of facts is told, and not the fewest lines.")
]


def tell_rulebooks(app: FastAPI, service: EligibilityService) -> None:
    """Add the paths of the rulebooks that are kept to an application."""
    _tell_known(app, service)
    _tell_tables(app, service)


def _tell_known(app: FastAPI, service: EligibilityService) -> None:
    @app.get("/v1/rulebooks", responses=answers(api_answers.RULEBOOKS))
    def rulebooks() -> Json:
        """Return every rulebook that is kept: what it is today, since when, by whom and why."""
        with service.database.reading() as connection:
            listed = rulebooks_listed(connection, service.clock.today())
        return {"rulebooks": [each.told() for each in listed]}

    @app.get("/v1/rulebooks/schema", responses=answers(api_answers.SCHEMA))
    def schema() -> Json:
        """Return the JSON Schema of the rulebooks of the framework, for the editors of authors."""
        return rulebook_schema(service.framework)

    @app.get("/v1/rulebooks/{rulebook}", responses=answers(api_answers.RULEBOOK, 404))
    def one(rulebook: _Which, on: _On = None) -> Json:
        """Return a rulebook in short: the one in force, or one that is kept."""
        return _in_short(_known(service, rulebook, on))


def _tell_tables(app: FastAPI, service: EligibilityService) -> None:
    @app.get("/v1/rulebooks/{rulebook}/tables", responses=answers(api_answers.TABLES, 404))
    def tables(rulebook: _Which, on: _On = None) -> Json:
        """Return what each criterion of a rulebook says, condensed to the fewest lines."""
        policy = _known(service, rulebook, on)
        sources = policy.rulebook.sources
        told = [told_table(each, sources) for each in policy.tables]
        return {"rulebook": str(policy.rulebook), "tables": told}

    @app.get(
        "/v1/rulebooks/{rulebook}/tables/{criterion}",
        responses=answers(api_answers.TABLES["tables"][0], 404),
    )
    def table(rulebook: _Which, criterion: Id, on: _On = None, *, every: _Every = False) -> Json:
        """Return what one criterion of a rulebook says, with its texts and its source."""
        policy = _known(service, rulebook, on)
        for each in policy.tables:
            if each.criterion.id == criterion:
                return told_table(each, policy.rulebook.sources, every=every)
        known = ", ".join(each.criterion.id for each in policy.tables)
        raise HTTPException(404, f"Rulebook {policy.rulebook} has only the criteria {known}")


def _known(service: EligibilityService, rulebook: str, on: date | None) -> Policy:
    with service.database.reading() as connection:
        return policy_known(service, connection, rulebook, on)


def _in_short(policy: Policy) -> Json:
    rulebook = policy.rulebook
    end = rulebook.in_force.end
    return {
        "rulebook": rulebook.name,
        "version": rulebook.version,
        "digest": rulebook.digest,
        "from": rulebook.in_force.start.isoformat(),
        "to": end.isoformat() if end else None,
        "sources": dict(rulebook.sources),
        "criteria": [
            {"criterion": each.criterion.id, "asks": each.criterion.asks, "is_gate": each.is_gate}
            for each in policy.tables
        ],
        "combinations": combination_total(policy.tables),
        "promises": len(rulebook.never),
    }
