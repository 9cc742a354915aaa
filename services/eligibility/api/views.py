"""What all decisions together say, over HTTP: whose turn it was, and who had too few agencies."""

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query

from services.eligibility.api import answers_decisions as api_answers
from services.eligibility.api.words import Json, Since, answers
from services.eligibility.decisions.archive import Archive
from services.eligibility.service import EligibilityService
from services.eligibility.trials.looking_back import fairness, sufficiency
from services.eligibility.views.grouping import DIMENSIONS, Dimension
from shared.contracts.fields import Word

_Lots = Annotated[
    list[Word] | None, Query(alias="lot", description="Placement types; all if none is named.")
]
_By = Annotated[
    list[Dimension] | None,
    Query(description="Groups by these together; each on its own if none is named."),
]


def tell_views(app: FastAPI, service: EligibilityService, archive: Archive) -> None:
    """Add the paths of what all decisions together say to an application."""

    @app.get("/v1/register/fairness", responses=answers(api_answers.FAIRNESS, 409))
    def fair(since: Since, lots: _Lots = None) -> Json:
        """Return how often each agency was offered first, beside its fair share, by lot."""
        unknown = [lot for lot in lots or () if lot not in service.framework.placement_types]
        if unknown:
            known = ", ".join(service.framework.placement_types)
            raise HTTPException(422, f"The framework has the lots {known}, and no other")
        with service.database.reading() as connection:
            found = fairness(archive, connection, since, lots or ())
        return {"since": found.since, "not_counted": found.not_counted, **found.counts.told()}

    @app.get("/v1/sufficiency", responses=answers(api_answers.SUFFICIENCY, 409))
    def enough(since: Since, by: _By = None) -> Json:
        """Return how many referrals had 0, 1, 2-4, 5+ eligible agencies, and what failed most."""
        dimensions = [each for each in DIMENSIONS if each in (by or ())]
        with service.database.reading() as connection:
            found = sufficiency(archive, connection, since, dimensions)
        views = [each.told() for each in found.counts]
        return {"since": found.since, "not_counted": found.not_counted, "views": views}
