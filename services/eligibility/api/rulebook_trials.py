"""Rulebooks that are tried over HTTP: proved, tested, compared, simulated; nothing is kept."""

from fastapi import FastAPI

from services.eligibility.api import answers_rulebooks as api_answers
from services.eligibility.api.rulebook_bodies import (
    RulebookPair,
    RulebookText,
    SimulationAsked,
)
from services.eligibility.api.rulebook_meant import policy_meant
from services.eligibility.api.words import Json, answers
from services.eligibility.decisions.archive import Archive
from services.eligibility.differences.rulebook_diff import difference
from services.eligibility.rulebooks.examining import prove_file
from services.eligibility.rulebooks.proving import proved
from services.eligibility.rulebooks.told import told_check, told_difference, told_tried
from services.eligibility.service import EligibilityService
from services.eligibility.trials.looking_back import simulate


def tell_rulebook_trials(app: FastAPI, service: EligibilityService, archive: Archive) -> None:
    """Add the paths that try rulebooks to an application."""
    _tell_examined(app, service)
    _tell_compared(app, service, archive)


def _tell_examined(app: FastAPI, service: EligibilityService) -> None:
    @app.post("/v1/rulebooks/check", responses=answers(api_answers.CHECK, 413))
    def check(asked: RulebookText) -> Json:
        """Read and prove a rulebook, and try its examples if it has any; nothing is kept."""
        with asked.as_files() as path:
            if asked.examples is None:
                return told_check(proved(path, service.framework))
            found = prove_file(path, service.framework)
            return told_check(found.policy, found.examples)

    @app.post("/v1/rulebooks/test", responses=answers(api_answers.TEST, 413))
    def test(asked: RulebookText) -> Json:
        """Try the examples of a rulebook; says which fail, and which verdicts have none."""
        with asked.as_files() as path:
            return told_tried(prove_file(path, service.framework).examples)


def _tell_compared(app: FastAPI, service: EligibilityService, archive: Archive) -> None:
    @app.post("/v1/rulebooks/difference", responses=answers(api_answers.DIFFERENCE, 404, 413))
    def diff(asked: RulebookPair) -> Json:
        """Return in English which combinations of facts another rulebook judges otherwise."""
        with service.database.reading() as connection:
            old = policy_meant(service, connection, asked.old)
            new = policy_meant(service, connection, asked.new)
        return told_difference(difference(old, new))

    @app.post("/v1/rulebooks/simulation", responses=answers(api_answers.SIMULATION, 404, 409, 413))
    def simulated(asked: SimulationAsked) -> Json:
        """Return what a rulebook would have made of the referrals decided since a day.

        Each is replayed, so that many of them take their time: about 3 seconds for 1,000.
        """
        with service.database.reading() as connection:
            candidate = policy_meant(service, connection, asked.rulebook)
            against = None
            if asked.against is not None:
                against = policy_meant(service, connection, asked.against)
            found = simulate(archive, connection, candidate, asked.since, against=against)
        return {
            "rulebook": str(candidate.rulebook),
            "against": str(against.rulebook) if against else None,
            "since": found.since,
            "as_if_in_force_throughout": True,
            "not_counted": found.not_counted,
            **found.counts.told(),
        }
