"""Rulebooks put in use over HTTP: in force or in shadow, each by somebody and for a reason."""

from fastapi import FastAPI, Response
from sqlalchemy import Connection

from services.eligibility.api import answers_rulebooks as api_answers
from services.eligibility.api.rulebook_bodies import ActivationAsked, ShadowEnd, WithdrawalAsked
from services.eligibility.api.words import Json, answers
from services.eligibility.rulebooks.activation import end_shadow, take_steps
from services.eligibility.rulebooks.compared import changes
from services.eligibility.rulebooks.examining import Examined, ProvedFile, examine, prove_file
from services.eligibility.rulebooks.withdrawing import Withdrawal, examine_withdrawal, withdraw
from services.eligibility.service import SERVICE, EligibilityService
from services.eligibility.trials.shadow_report import shadow_report
from shared.caller import Actor
from shared.messaging.work import work_on


def tell_rulebook_use(app: FastAPI, service: EligibilityService) -> None:
    """Add the paths that put rulebooks in use to an application."""
    _tell_activation(app, service)
    _tell_withdrawal(app, service)
    _tell_shadow(app, service)


def _tell_activation(app: FastAPI, service: EligibilityService) -> None:
    @app.post(
        "/v1/rulebooks/activations/preview",
        responses=answers(api_answers.ACTIVATION_PREVIEW, 409, 413),
    )
    def previewed(asked: ActivationAsked) -> Json:
        """Return what putting a rulebook in force, or in shadow, would do; nothing is changed."""
        proved = _proved(service, asked)
        with service.database.reading() as connection:
            examined = examine(connection, proved, service.framework, asked.wanted)
            first, *others = (
                each.told() | {"changes": _changes(connection, service, each)}
                for each in sorted(examined, key=lambda each: each.proved is not proved[0])
            )
        return first | {"beside": others}

    @app.post(
        "/v1/rulebooks/activations",
        status_code=201,
        responses=answers(api_answers.ACTIVATED, 401, 409, 413, status=201),
    )
    def activated(asked: ActivationAsked, actor: Actor, response: Response) -> Json:
        """Put a rulebook in force, or in shadow: proved and tried, all of it or nothing.

        Others may take effect beside it; they are told of in the order of their first days. What
        is so already is answered with 200, and nothing is changed.
        """
        proved, clock = _proved(service, asked), service.clock
        digest = proved[0].policy.rulebook.digest
        cause = f"rulebook {asked.wanted} {digest} {clock.now().isoformat()}"
        with work_on(service.database, clock, SERVICE, cause_id=cause) as work:
            done = take_steps(
                work, proved, service.framework, asked.wanted, actor=actor, reason=asked.reason
            )
        first, *others = sorted(done, key=lambda each: each.examined.proved is not proved[0])
        if not any(each.steps for each in (first, *others)):
            response.status_code = 200
        return first.told() | {"beside": [each.told() for each in others]}


def _tell_withdrawal(app: FastAPI, service: EligibilityService) -> None:
    @app.post(
        "/v1/rulebooks/withdrawals/preview",
        responses=answers(api_answers.WITHDRAWAL_PREVIEW, 404, 409, 413),
    )
    def previewed(asked: WithdrawalAsked) -> Json:
        """Return what taking back a rulebook that is to come would do; nothing is changed."""
        today = service.clock.today()
        with service.database.reading() as connection:
            seen = examine_withdrawal(connection, asked.rulebook, service.policy_of, today)
            return seen.told() | {"changes": _changes_back(connection, service, seen)}

    @app.post(
        "/v1/rulebooks/withdrawals",
        status_code=201,
        responses=answers(api_answers.WITHDRAWN, 401, 404, 409, 413, status=201),
    )
    def withdrawn(asked: WithdrawalAsked, actor: Actor) -> Json:
        """Take back a rulebook before its first day: what it replaced or cut short holds again."""
        clock = service.clock
        cause = f"rulebook withdrawn {asked.rulebook} {clock.now().isoformat()}"
        with work_on(service.database, clock, SERVICE, cause_id=cause) as work:
            done = withdraw(
                work, asked.rulebook, service.policy_of, actor=actor, reason=asked.reason
            )
        return done.told()


def _tell_shadow(app: FastAPI, service: EligibilityService) -> None:
    @app.get("/v1/rulebooks/shadow", responses=answers(api_answers.SHADOW, 404))
    def shadow() -> Json:
        """Return what the trial that runs came to so far, or else the last one."""
        with service.database.reading() as connection:
            return shadow_report(connection).told()

    @app.post(
        "/v1/rulebooks/shadow/end", responses=answers(api_answers.SHADOW_ENDED, 401, 409, 413)
    )
    def ended(asked: ShadowEnd, actor: Actor) -> Json:
        """End the trial of the rulebook that is in shadow."""
        clock = service.clock
        cause = f"rulebook shadow ended {clock.now().isoformat()}"
        with work_on(service.database, clock, SERVICE, cause_id=cause) as work:
            step = end_shadow(work, actor, asked.reason)
        return {"digest": step.digest, "state": step.state, "number": step.number}


def _proved(service: EligibilityService, asked: ActivationAsked) -> list[ProvedFile]:
    # Before the database is held: whoever decides meanwhile waits for nothing.
    proved = []
    for position, each in enumerate((asked, *asked.beside)):
        with each.as_files(f"beside-{position}" if position else "rulebook") as path:
            proved.append(prove_file(path, service.framework))
    return proved


def _changes(connection: Connection, service: EligibilityService, examined: Examined) -> list[str]:
    """Return in what a rulebook differs from the one whose place it takes, if there is one."""
    other = examined.replaced or examined.before
    if other is None or examined.is_so_already:
        return []
    return changes(
        lambda: service.policy_of(connection, other.digest), lambda: examined.proved.policy
    )


def _changes_back(
    connection: Connection, service: EligibilityService, seen: Withdrawal
) -> list[str]:
    """Return in what the rulebook that decides then differs from the one that is withdrawn."""
    return changes(
        lambda: service.policy_of(connection, seen.rulebook.digest),
        lambda: service.policy_of(connection, seen.instead.digest),
    )
