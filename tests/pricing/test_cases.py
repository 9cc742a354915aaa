"""What finance is told, case by case, against pennies that were worked out by hand."""

import pytest

from services.pricing.fees import FeeFamily, FeeKey
from services.pricing.terms.agreed import Exclusion
from shared.money import NOTHING, money_text, percentage, pounds
from tests.pricing.builders import URN
from tests.pricing.cases.life import Life, agreement
from tests.pricing.cases.reading import CASES


def life_of(case):
    told = dict(case.get("placement", {}))
    if "born" in told:
        told["date_of_birth"] = told.pop("born")
    if "agreed_weekly" in told:
        told["agreed_weekly"] = pounds(told["agreed_weekly"])
    return Life(
        agreement(case.get("conventions"), case.get("sibling_percent")),
        fees=case.get("fees"),
        **told,
    )


def happens(life, step):
    """Let happen what a step says; return what finance is told as its cause."""
    if "amended" in step:
        told = dict(step["amended"])
        if "agreed_weekly" in told:
            told["agreed_weekly"] = pounds(told["agreed_weekly"])
        return life.amend(told.pop("effective_from"), **told)
    if "ended" in step:
        return life.end(step["ended"])
    if "corrected" in step:
        told = step["corrected"]
        key = FeeKey(*FeeFamily(URN, "kent", "core", "standard"), told["band"])
        return life.correct(key, told["from"], pounds(told["weekly"]))
    if "review" in step:
        return reviewed(life, step["today"], dict(step["review"]))
    if "volume" in step:
        return life.count(URN, step["volume"]["from"], step["volume"]["placements"])
    return life.leave(URN, step["left"]) if "left" in step else None


def reviewed(life, today, told):
    terms = {}
    if "weekly_over" in told:
        because = "the fee is over the limit"
        terms["exclude"] = (Exclusion("weekly_over", told["weekly_over"], because),)
    if "floor" in told:
        terms["floor"] = percentage(told["floor"])
    if "first_uplift_after_months" in told:
        terms["first_uplift_after_months"] = told["first_uplift_after_months"]
    return life.review(
        told["from"],
        percentage(told.get("rate", "0")),
        today,
        award=told.get("award", "final"),
        spot_stays=told.get("spot") != "uplifted",
        compounds_unrounded=told.get("compound_on") == "unrounded",
        **terms,
    )


def written(life, change):
    """Return a change as the cases write it."""
    days = f"from {change.start}" + (f" to {change.end}" if change.end else "")
    text = f"{days}: {money_text(change.old_weekly)} -> {money_text(change.new_weekly)}"
    owed = sum((line.amount for line in change.arrears), NOTHING)
    if owed:
        text += f"; arrears {money_text(owed)}"
    text += "; " + ", ".join(cause.word for cause in change.causes)
    first = life.placement.terms[0].account
    other = [
        f"{name} {value}"
        for name, value in change.account._asdict().items()
        if value != getattr(first, name)
    ]
    return text + (f" [{', '.join(other)}]" if other else "")


@pytest.mark.parametrize("case", CASES, ids=[one["case"] for one in CASES])
def test_finance_is_told_in_the_case_that(case):
    life = life_of(case)

    told = []
    for number, step in enumerate(case["steps"]):
        because = happens(life, step)
        told.append(life.tell(step["today"], because if number else None))

    assert [[written(life, one) for one in each] for each in told] == [
        step["tells"] for step in case["steps"]
    ]
