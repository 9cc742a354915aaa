"""Puts rulebooks in force as an older version of the service may have kept them."""

import json

from services.eligibility.facts import vocabulary
from services.eligibility.rulebooks.rulebook_yaml import rulebook_again
from services.eligibility.store import activations, rulebook_store
from tests.eligibility.builders import policy
from tests.eligibility.running import NOW


def put_in_force(running, *, knows_adequate=True, **in_force):
    """Put the sample rulebook in force for other days, as an older version may have kept it."""
    told_as = json.loads(policy().rulebook.content)
    told_as["in_force"] = in_force
    if not knows_adequate:
        told_as["facts"]["ofsted_overall"]["one_of"].remove("adequate")
        for criterion in told_as["criteria"]:
            if criterion["id"] == "ofsted-quality":
                criterion["refer"]["ofsted_overall"].remove("adequate")
    rulebook = rulebook_again(json.dumps(told_as).encode(), vocabulary(running.service.framework))
    with running.database.transaction() as connection:
        rulebook_store.keep(connection, [rulebook], NOW)
        step = [(rulebook.digest, "in_force")]
        activations.append(connection, step, NOW, actor="a commissioner", reason="for a test")
