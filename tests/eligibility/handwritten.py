"""The sample rulebook written by hand in plain Python, to compare answers and speed with.

It is written as one who wants speed would write it: no tables, no objects, every comparison once.
"""

MET, REFER, NOT_MET = "met", "refer", "not_met"
ELIGIBLE, PERSON, NOT_ELIGIBLE = "eligible", "refer", "not_eligible"
CRITERIA = (
    "on-framework",
    "ofsted-registration",
    "ofsted-quality",
    "not-suspended",
    "purchaser",
    "placement-type",
    "age-band",
    "need-category",
    "emergency",
    "solo",
    "keeps-siblings-together",
    "disabled-child",
    "parent-and-child",
    "long-term",
)
_GOOD = frozenset(("outstanding", "good"))


def gates(units):
    """Return the verdicts of the two gates on a referral, by the facts of its units."""
    first = units[0]
    search, is_emergency = first["in_house_search"], first["emergency"] == "yes"
    if search == "done" or (search == "not_possible" and is_emergency):
        searched = MET
    elif search == "not_possible" or is_emergency:
        searched = REFER
    else:
        searched = NOT_MET
    is_exception = first["placement_type"] != "parent_and_child" and any(
        unit["age"] < 5 for unit in units
    )
    return searched, REFER if is_exception else MET


def judge(units, agencies):
    """Return the outcome of each agency, and its verdicts in the order of `CRITERIA`.

    Args:
        units: the facts of each unit of the referral; those of the referral are the same in all.
        agencies: the facts of each agency.
    """
    gate = gates(units)
    is_stopped, is_referred = NOT_MET in gate, REFER in gate
    purchaser, placement_type, need_category, group_size, bands = _words(units)
    is_emergency, is_solo, is_long_term, is_parent, is_any_size, is_disabled = _answers(units)
    outcomes = []
    verdicts = []
    for agency in agencies:
        overall = agency["ofsted_overall"]
        lots = agency["lots"]
        told = (
            MET if agency["on_framework"] == "yes" else NOT_MET,
            MET if agency["registration"] == "active" else NOT_MET,
            MET if overall in _GOOD else NOT_MET if overall == "inadequate" else REFER,
            MET if agency["suspended"] == "no" else NOT_MET,
            MET if purchaser in agency["purchasers_served"] else NOT_MET,
            MET if placement_type in lots else NOT_MET,
            MET if bands <= agency["bands_served"] else NOT_MET,
            MET if need_category in agency["needs_served"] else NOT_MET,
            _stated(agency["takes_emergencies"]) if is_emergency else MET,
            _stated(agency["takes_solo"]) if is_solo else MET,
            MET if is_any_size or group_size <= agency["largest_group"] else NOT_MET,
            _stated(agency["takes_disabled_children"]) if is_disabled else MET,
            MET if not is_parent or "parent_and_child" in lots else NOT_MET,
            _stated(agency["takes_long_term"]) if is_long_term else MET,
        )
        verdicts.append(told)
        if is_stopped or NOT_MET in told:
            outcomes.append(NOT_ELIGIBLE)
        else:
            outcomes.append(PERSON if is_referred or REFER in told else ELIGIBLE)
    return outcomes, verdicts


def _words(units):
    first = units[0]
    return (
        first["purchaser"],
        first["placement_type"],
        first["need_category"],
        first["group_size"],
        {unit["age_band"] for unit in units},
    )


def _answers(units):
    first = units[0]
    return (
        first["emergency"] == "yes",
        first["solo"] == "yes",
        first["duration"] == "long_term",
        first["parent_with_child"] == "yes" or first["placement_type"] == "parent_and_child",
        first["keep_together"] == "no" or first["group_size"] == 1,
        any(unit["disability"] == "yes" for unit in units),
    )


def _stated(answer):
    return MET if answer == "yes" else NOT_MET if answer == "no" else REFER
