"""Examples of what is told of rulebooks over HTTP, for the description of the API."""

from typing import Any, Final

Json = dict[str, Any]

RULEBOOKS: Final[Json] = {
    "rulebooks": [
        {
            "rulebook": "kent-medway",
            "version": "2024.1",
            "digest": "30f01755888fb0d3358d632fbdac855bd8929e7b98d14d2627ab1f4ac2422e00",
            "standing": "in force",
            "decides_from": "2022-04-01",
            "decides_to": "2030-04-01",
            "by": "framework pack kent-medway",
            "reason": "the first start on this database, with the pack 995eaf33f62a",
            "at": "2026-03-02T10:00:05+00:00",
        }
    ]
}
SCHEMA: Final[Json] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:fosterframe:rulebook:kent-medway",
    "$defs": {},
    "additionalProperties": False,
    "description": "A rulebook: the councils' policy on which agencies may be offered a child. "
    "With the facts of the framework kent-medway.",
    "properties": {},
    "required": ["rulebook"],
    "type": "object",
}
RULEBOOK: Final[Json] = {
    "rulebook": "kent-medway",
    "version": "2024.1",
    "digest": "30f01755888fb0d3358d632fbdac855bd8929e7b98d14d2627ab1f4ac2422e00",
    "from": "2022-04-01",
    "to": "2032-04-01",
    "sources": {"S24": "Kent County Council, record of decision 23-00112, 18 January 2024"},
    "criteria": [
        {
            "criterion": "in-house-search",
            "asks": "Was the council's own fostering service asked first?",
            "is_gate": True,
        }
    ],
    "combinations": 548,
    "promises": 6,
}
TABLES: Final[Json] = {
    "rulebook": "kent-medway 2024.1",
    "tables": [
        {
            "criterion": "in-house-search",
            "asks": "Was the council's own fostering service asked first?",
            "is_gate": True,
            "source": "S17, in-house service first; what an emergency allows is a working "
            "assumption",
            "source_in_full": "Kent County Council, report on the future commissioning of "
            "external fostering, 2017",
            "reads": ["emergency"],
            "says": {
                "met": "The in-house search is {in_house_search}.",
                "refer": "The in-house search is {in_house_search}; a person decides "
                "whether to go outside.",
                "not_met": "The in-house search is {in_house_search}; search there first.",
            },
            "combinations": 6,
            "lines": [
                {
                    "when": "emergency is yes, and in house search is done or not possible",
                    "verdict": "met",
                    "combinations": 2,
                }
            ],
        }
    ],
}
CHECK: Final[Json] = {
    "rulebook": "kent-medway",
    "version": "2030.1",
    "digest": "74ff1e120f1ea8b4104c22a341489cc4b4b69bdecb040992a676f494c769fc3c",
    "from": "2030-04-01",
    "to": "2032-04-01",
    "sound": True,
    "criteria": 1,
    "combinations": 2,
    "promises": 1,
    "examples": {
        "cases": 2,
        "verdicts": 2,
        "verdicts_covered": 2,
        "is_complete": True,
        "failures": [],
        "uncovered": [],
    },
}
TEST: Final[Json] = {
    "cases": 2,
    "verdicts": 2,
    "verdicts_covered": 2,
    "is_complete": True,
    "failures": [],
    "uncovered": [],
}
DIFFERENCE: Final[Json] = {
    "old": "kent-medway 2024.1",
    "new": "kent-medway 2030.1",
    "is_none": False,
    "judges_alike": False,
    "criteria": [
        {
            "criterion": "not-suspended",
            "kind": "changed",
            "was_called": "suspended",
            "asks": "Is the agency free of a suspension?",
            "is_gate": False,
            "combinations": 2,
            "lines": [],
            "reworded": [
                {
                    "what": "question",
                    "was": "Do the councils offer the agency new placements?",
                    "now": "Is the agency free of a suspension?",
                }
            ],
        }
    ],
    "reworded": [{"what": "days in force", "was": "from 2022-04-01", "now": "from 2030-04-01"}],
    "outcomes": [
        {
            "was": "not_eligible",
            "now": "eligible",
            "such_as": {"suspended": "no", "ofsted_overall": "inadequate"},
        }
    ],
    "sentences": ["From rulebook kent-medway 2024.1 to kent-medway 2030.1:"],
}
SIMULATION: Final[Json] = {
    "rulebook": "kent-medway 2030.1",
    "against": "kent-medway 2024.1",
    "since": "2026-01-01",
    "as_if_in_force_throughout": True,
    "not_counted": "",
    "referrals": 1,
    "changes": {
        "loses_last_eligible": {"count": 0, "referrals": []},
        "gains_first_eligible": {"count": 0, "referrals": []},
        "first_changes": {"count": 0, "referrals": []},
        "shortlist_changes": {"count": 1, "referrals": ["R-1"]},
    },
    "by_band": {
        "11-15": {
            "referrals": 1,
            "loses_last_eligible": 0,
            "gains_first_eligible": 0,
            "first_changes": 0,
            "shortlist_changes": 1,
        }
    },
    "by_type": {
        "core": {
            "referrals": 1,
            "loses_last_eligible": 0,
            "gains_first_eligible": 0,
            "first_changes": 0,
            "shortlist_changes": 1,
        }
    },
    "agencies": [
        {
            "agency": "9990004",
            "name": "Pennyfold Families",
            "gains": 1,
            "loses": 0,
            "became": {"not_eligible": 0, "refer": 0, "eligible": 1},
        }
    ],
}
ACTIVATION_PREVIEW: Final[Json] = {
    "rulebook": "kent-medway",
    "version": "2030.1",
    "digest": "74ff1e120f1ea8b4104c22a341489cc4b4b69bdecb040992a676f494c769fc3c",
    "wanted": "in_force",
    "is_so_already": False,
    "from": "2030-04-01",
    "to": "2032-04-01",
    "replaces": "kent-medway 2024.1",
    "before": "kent-medway 2024.1",
    "ends_shadow": False,
    "criteria": 1,
    "promises": 1,
    "examples": 2,
    "verdicts_covered": 2,
    "changes": ["From rulebook kent-medway 2024.1 to kent-medway 2030.1:"],
    "beside": [],
}
ACTIVATED: Final[Json] = {
    "rulebook": "kent-medway",
    "version": "2030.1",
    "digest": "74ff1e120f1ea8b4104c22a341489cc4b4b69bdecb040992a676f494c769fc3c",
    "wanted": "in_force",
    "is_so_already": False,
    "from": "2030-04-01",
    "to": "2032-04-01",
    "replaces": "kent-medway 2024.1",
    "before": "kent-medway 2024.1",
    "ends_shadow": False,
    "criteria": 1,
    "promises": 1,
    "examples": 2,
    "verdicts_covered": 2,
    "steps": [4],
    "beside": [],
}
WITHDRAWAL_PREVIEW: Final[Json] = {
    "rulebook": "kent-medway",
    "version": "2030.1",
    "digest": "74ff1e120f1ea8b4104c22a341489cc4b4b69bdecb040992a676f494c769fc3c",
    "from": "2030-04-01",
    "to": "2032-04-01",
    "instead": "kent-medway 2024.1",
    "instead_digest": "30f01755888fb0d3358d632fbdac855bd8929e7b98d14d2627ab1f4ac2422e00",
    "comes_back": False,
    "instead_to": "2032-04-01",
    "ends_shadow": False,
    "changes": ["From rulebook kent-medway 2030.1 to kent-medway 2024.1:"],
}
WITHDRAWN: Final[Json] = {
    "rulebook": "kent-medway",
    "version": "2030.1",
    "digest": "74ff1e120f1ea8b4104c22a341489cc4b4b69bdecb040992a676f494c769fc3c",
    "from": "2030-04-01",
    "to": "2032-04-01",
    "instead": "kent-medway 2024.1",
    "instead_digest": "30f01755888fb0d3358d632fbdac855bd8929e7b98d14d2627ab1f4ac2422e00",
    "comes_back": False,
    "instead_to": "2032-04-01",
    "ends_shadow": False,
    "steps": [5],
}
SHADOW: Final[Json] = {
    "rulebook": "kent-medway",
    "version": "2030.1",
    "digest": "74ff1e120f1ea8b4104c22a341489cc4b4b69bdecb040992a676f494c769fc3c",
    "began_at": "2026-03-02T10:00:05+00:00",
    "began_by": "a.commissioner",
    "reason": "Record 29/00012",
    "ended_at": "2026-04-02T09:00:00+00:00",
    "decisions": 3,
    "differ": 0,
    "only_reordered": 0,
    "failed": 0,
    "by_agency": {},
    "by_criterion": {},
    "examples": [],
}
SHADOW_ENDED: Final[Json] = {
    "digest": "74ff1e120f1ea8b4104c22a341489cc4b4b69bdecb040992a676f494c769fc3c",
    "state": "shadow_ended",
    "number": 3,
}
