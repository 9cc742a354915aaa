"""Examples of what is told of decisions over HTTP, for the description of the API."""

from typing import Any, Final

Json = dict[str, Any]

DECISION: Final[Json] = {
    "decision_id": "b27ad514-a701-5caa-8afa-c9a7ffec392f",
    "referral_id": "R-1",
    "received_at": "2026-03-02T10:00:00Z",
    "decided_at": "2026-03-02T10:00:05Z",
    "purchaser": "kent",
    "placement_type": "core",
    "need_category": "standard",
    "duration": "short_term",
    "start_date": "2026-03-16",
    "emergency": False,
    "solo": False,
    "uasc": "no",
    "children": [
        {
            "child_ref": "C1",
            "age": 12,
            "age_band": "11-15",
            "disability": False,
            "with_parent": False,
        }
    ],
    "rulebook": {
        "name": "kent-medway",
        "version": "2024.1",
        "digest": "30f01755888fb0d3358d632fbdac855bd8929e7b98d14d2627ab1f4ac2422e00",
    },
    "register_version": "a9a858553ecff456cf76ca9b34891051c734b52c97eac04ad9ec5a90ca93463e",
    "pack_digest": "995eaf33f62a8fefc181ae12926ab221a45002a128501bb847ab03da64a89dc8",
    "criteria": ["on-framework"],
    "gates": [
        {
            "criterion": "in-house-search",
            "verdict": "met",
            "because": "The in-house search is done.",
        }
    ],
    "gate_outcome": "met",
    "spot_purchase_indicated": False,
    "not_met_counts": {"on-framework": 1},
    "version": 1,
    "occasion": {"word": "received", "reference": "event-R-1"},
    "shortlist_order": ["outcome"],
    "drawn": [{"first": 1, "last": 4}],
    "reasons": [
        {
            "criterion": "on-framework",
            "verdict": "not_met",
            "because": "The agency is not on the framework on the start date.",
        }
    ],
    "agencies": [
        {
            "agency": "SC990013",
            "name": "Larkenfell Fostering Partnership",
            "tier": 1,
            "outcome": "eligible",
            "rank": 1,
            "near_miss": False,
            "unmet": [],
        }
    ],
}
_OF_WHAT_IS_KEPT: Final = {"version", "occasion"}
WHAT_IF: Final[Json] = {
    **{name: told for name, told in DECISION.items() if name not in _OF_WHAT_IS_KEPT},
    "decision_id": "what-if-9b2f7c1e-7f0c-4d43-8a56-0f5a0e1d7f11",
}
DECISIONS: Final[Json] = {
    "decisions": [
        {
            "decision_id": "b27ad514-a701-5caa-8afa-c9a7ffec392f",
            "referral_id": "R-1",
            "decided_at": "2026-03-02T10:00:05+00:00",
            "version": 1,
            "occasion": "received",
            "reference": "event-R-1",
            "supersedes": "b27ad514-a701-5caa-8afa-c9a7ffec392f",
            "counts": False,
            "placement_type": "core",
            "start_date": "2026-03-16",
        }
    ],
    "next": "b27ad514-a701-5caa-8afa-c9a7ffec392f",
}
WHY: Final[Json] = {
    "decision_id": "b27ad514-a701-5caa-8afa-c9a7ffec392f",
    "referral_id": "R-1",
    "decided_at": "2026-03-02T10:00:05+00:00",
    "version": 1,
    "occasion": {"word": "received", "reference": "event-R-1"},
    "supersedes": "b27ad514-a701-5caa-8afa-c9a7ffec392f",
    "rulebook": {
        "name": "kent-medway",
        "version": "2024.1",
        "digest": "30f01755888fb0d3358d632fbdac855bd8929e7b98d14d2627ab1f4ac2422e00",
    },
    "register_version": "a9a858553ecff456cf76ca9b34891051c734b52c97eac04ad9ec5a90ca93463e",
    "gates": [
        {
            "criterion": "in-house-search",
            "asks": "Was the council's own fostering service asked first?",
            "verdict": "met",
            "because": "The in-house search is done.",
            "source": "S17, in-house service first; what an emergency allows is a working "
            "assumption",
            "source_in_full": "Kent County Council, report on the future commissioning of "
            "external fostering, 2017",
            "facts": [{"of": "referral", "name": "emergency", "value": "no"}],
        }
    ],
    "gate_outcome": "met",
    "spot_purchase_indicated": False,
    "shortlist_order": ["outcome"],
    "drawn": [{"first": 1, "last": 4}],
    "failures": [
        {
            "criterion": "purchaser",
            "asks": "Did the agency agree to serve the council that buys?",
            "not_met": 6,
            "refer": 0,
        }
    ],
    "near_misses": ["9990004"],
    "nearest": [],
    "each_child": [],
    "agencies": [
        {
            "agency": "SC990013",
            "name": "Larkenfell Fostering Partnership",
            "tier": 1,
            "outcome": "eligible",
            "rank": 1,
            "near_miss": False,
            "criteria": [
                {
                    "criterion": "on-framework",
                    "asks": "Is the agency on the framework on the start date?",
                    "verdict": "met",
                    "because": "The agency is on the framework on the start date.",
                    "source": "S24, new agencies join from 1 April 2024",
                    "source_in_full": "Kent County Council, record of decision "
                    "23-00112, 18 January 2024",
                    "facts": [{"of": "agency", "name": "on_framework", "value": "yes"}],
                }
            ],
        }
    ],
}
VERIFICATION: Final[Json] = {
    "decision_id": "b27ad514-a701-5caa-8afa-c9a7ffec392f",
    "is_same": True,
    "fault": "",
    "body_digest": "059336623b71e77015889733386bd0b29abe81b06a03da80dd29cf9f893fa2d0",
}
VERIFICATIONS: Final[Json] = {
    "verified": 2,
    "altered": [],
    "next": "0b7efe59-55d8-58a6-be16-7d5cee500a08",
}
FAIRNESS: Final[Json] = {
    "since": "2026-01-01",
    "not_counted": "",
    "decisions": 1,
    "lots": {
        "core": {
            "shortlists": 1,
            "agencies": [
                {
                    "agency": "SC990013",
                    "name": "Larkenfell Fostering Partnership",
                    "listed": 1,
                    "among_the_best": 1,
                    "offered_first": 1,
                    "fair_share": 0.33,
                    "chance": 0.94,
                    "within_chance": True,
                }
            ],
        }
    },
}
SUFFICIENCY: Final[Json] = {
    "since": "2026-01-01",
    "not_counted": "",
    "views": [
        {
            "by": ["band"],
            "total": {
                "referrals": 1,
                "stopped": 0,
                "eligible": {"none": 0, "one": 0, "few": 0, "many": 1},
                "person_only": 0,
                "apart": 0,
                "nobody": 0,
                "stopped_at": {},
                "referred_at": {},
                "failed_most": "purchaser",
                "kept_out": {},
            },
            "groups": [
                {
                    "band": "11-15",
                    "referrals": 1,
                    "stopped": 0,
                    "eligible": {"none": 0, "one": 0, "few": 0, "many": 1},
                    "person_only": 0,
                    "apart": 0,
                    "nobody": 0,
                    "stopped_at": {},
                    "referred_at": {},
                    "failed_most": "purchaser",
                    "kept_out": {},
                }
            ],
        }
    ],
}
