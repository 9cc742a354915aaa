"""The HTTP side of eligibility: decisions, the register, rulebooks, and what all of them say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.eligibility.api.bodies import BodyLimit
from services.eligibility.api.decisions import tell_decisions
from services.eligibility.api.imports import tell_imports
from services.eligibility.api.problems import tell_problems
from services.eligibility.api.register import tell_register
from services.eligibility.api.rulebook_trials import tell_rulebook_trials
from services.eligibility.api.rulebook_use import tell_rulebook_use
from services.eligibility.api.rulebooks import tell_rulebooks
from services.eligibility.api.verification import tell_verification
from services.eligibility.api.views import tell_views
from services.eligibility.api.why import tell_why
from services.eligibility.service import EligibilityService


def api(service: EligibilityService) -> FastAPI:
    """Return the application; the composition root serves it, and adds the probes."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.database.close()

    app = FastAPI(title="Fosterframe eligibility", version="1", lifespan=lifespan)
    app.add_middleware(BodyLimit)
    tell_problems(app)
    # One for all paths and threads: a rulebook that is activated later is read when a decision
    # needs it, and at worst proved by two threads at once.
    archive = service.archive()
    tell_why(app, service, archive)
    tell_verification(app, service)
    tell_decisions(app, service, archive)
    tell_register(app, service)
    tell_imports(app, service)
    tell_rulebook_trials(app, service, archive)
    tell_rulebook_use(app, service)
    tell_rulebooks(app, service)
    tell_views(app, service, archive)
    return app
