"""Examples of what is told of the register over HTTP, for the description of the API."""

from typing import Any, Final

Json = dict[str, Any]

AGENCIES: Final[Json] = {
    "on": "2026-03-02",
    "register_version": "41ebdbe43aeb67458ff07b12a717f7c48244a2841732dba6c79faff9636fdf86",
    "agencies": [
        {
            "agency": "9990004",
            "name": "Pennyfold Families",
            "facts": {
                "on_framework": "yes",
                "registration": "active",
                "ofsted_overall": "good",
                "ofsted_helped_and_protected": "unknown",
                "ofsted_leaders_and_managers": "unknown",
                "suspended": "no",
                "lots": ["core"],
                "bands_served": ["11-15"],
                "needs_served": ["standard"],
                "purchasers_served": ["medway"],
                "largest_group": 1,
                "tier": 2,
                "takes_emergencies": "no",
                "takes_solo": "no",
                "takes_disabled_children": "yes",
                "takes_long_term": "no",
            },
            "holding": [
                {
                    "kind": "name",
                    "recorded_at": "2026-03-02T10:00:05+00:00",
                    "said_at": "2026-03-02T09:58:00+00:00",
                    "told": {"name": "Pennyfold Families"},
                }
            ],
        }
    ],
    "next": "9990004",
}
AGENCY: Final[Json] = {
    "on": "2026-03-02",
    "register_version": "41ebdbe43aeb67458ff07b12a717f7c48244a2841732dba6c79faff9636fdf86",
    "agency": "SC990001",
    "name": "Owlbarrow Fostering",
    "facts": {
        "on_framework": "yes",
        "registration": "active",
        "ofsted_overall": "inadequate",
        "ofsted_helped_and_protected": "unknown",
        "ofsted_leaders_and_managers": "unknown",
        "suspended": "no",
        "lots": ["core"],
        "bands_served": ["11-15"],
        "needs_served": ["enhanced"],
        "purchasers_served": ["kent"],
        "largest_group": 4,
        "tier": 1,
        "takes_emergencies": "yes",
        "takes_solo": "yes",
        "takes_disabled_children": "no",
        "takes_long_term": "yes",
    },
    "holding": [
        {
            "kind": "name",
            "recorded_at": "2026-03-02T10:00:05+00:00",
            "said_at": "2026-03-02T09:58:00+00:00",
            "told": {"name": "Owlbarrow Fostering"},
        }
    ],
}
OVERVIEW: Final[Json] = {
    "register_version": "41ebdbe43aeb67458ff07b12a717f7c48244a2841732dba6c79faff9636fdf86",
    "agencies": [
        {
            "agency": "9990004",
            "name": "Pennyfold Families",
            "joined": "2022-04-01",
            "left": "2028-03-31",
            "facts": 5,
            "known_since": "2026-03-02T10:00:05+00:00",
            "last_word_at": "2026-03-02T10:00:05+00:00",
        }
    ],
    "next": "9990004",
}
HISTORY: Final[Json] = {
    "agency": "SC990001",
    "history": [
        {
            "kind": "name",
            "recorded_at": "2026-03-02T10:00:05+00:00",
            "said_at": "2026-03-02T09:58:00+00:00",
            "told": {"name": "Owlbarrow Fostering"},
        }
    ],
}
CONCERNS: Final[Json] = {
    "concerns": [
        {
            "concern_id": "6e204ce2-a018-503c-a29e-c80b779bb34f",
            "agency": "SC990001",
            "name": "Owlbarrow Fostering",
            "known_at": "2026-03-02T10:00:05Z",
            "because": "Newly known: Ofsted's judgement inadequate, published on "
            "2026-02-20. Told by urn:case-management.",
            "register_version": "41ebdbe43aeb67458ff07b12a717f7c48244a2841732dba6c79faff9636fdf86",
            "standing": [
                {
                    "criterion": "ofsted-quality",
                    "on": "2026-03-02",
                    "was": "met",
                    "verdict": "not_met",
                    "because": "Ofsted's judgement is inadequate.",
                }
            ],
            "placements": [],
            "referrals": [
                {
                    "referral_id": "R-1",
                    "decision_id": "0b7efe59-55d8-58a6-be16-7d5cee500a08",
                    "was": "eligible",
                    "outcome": "not_eligible",
                }
            ],
        }
    ],
    "next": "6e204ce2-a018-503c-a29e-c80b779bb34f",
}
IMPORT_PREVIEW: Final[Json] = {
    "kind": "framework",
    "file": "a.csv",
    "digest": "7aa95ffdc350d5b455f9e9a3bc1640fa9f4c86ba0a3aad63acaee1c6a87f1995",
    "register_version": "41ebdbe43aeb67458ff07b12a717f7c48244a2841732dba6c79faff9636fdf86",
    "agencies": 1,
    "counts": {"added": 5, "changed": 0, "unchanged": 0, "overtaken": 0, "refused": 0},
    "skipped": {},
    "notices": [],
    "facts": [
        {
            "agency": "SC990901",
            "file": "a.csv",
            "line": 2,
            "kind": "name",
            "becomes": "changed",
            "fact": {"name": "Rookwell Fostering"},
            "was": {"name": "Rookwell Carers"},
            "because": "",
        }
    ],
    "refused": [],
    "touched": {
        "agencies": [
            {
                "urn": "SC990901",
                "name": "Rookwell Fostering",
                "standing": [],
                "placements": [],
                "concern_id": "6e204ce2-a018-503c-a29e-c80b779bb34f",
            }
        ],
        "referrals": [
            {
                "referral_id": "R-1",
                "start_date": "2026-03-16",
                "outcomes": [{"agency": "SC990901", "was": "not_eligible", "outcome": "eligible"}],
                "eligible_before": 32,
                "eligible": 33,
                "decision_id": "0b7efe59-55d8-58a6-be16-7d5cee500a08",
            }
        ],
        "undecided": [],
    },
}
IMPORTED: Final[Json] = {
    "agencies": 1,
    "facts_added": 5,
    "facts_changed": 0,
    "facts_known": 0,
    "rows_refused": 0,
    "version": "b62e65cfe0c75cb671a9ceeb6c0610221d9c3b3a1aa1c178c87494aa9a5c3a84",
    "digest": "7aa95ffdc350d5b455f9e9a3bc1640fa9f4c86ba0a3aad63acaee1c6a87f1995",
    "touched": {
        "agencies": [
            {
                "urn": "SC990901",
                "name": "Rookwell Fostering",
                "standing": [],
                "placements": [],
                "concern_id": "6e204ce2-a018-503c-a29e-c80b779bb34f",
            }
        ],
        "referrals": [
            {
                "referral_id": "R-1",
                "start_date": "2026-03-16",
                "outcomes": [{"agency": "SC990901", "was": "not_eligible", "outcome": "eligible"}],
                "eligible_before": 32,
                "eligible": 33,
                "decision_id": "4ed09080-bb23-5ed0-ab94-16824131bf51",
            }
        ],
        "undecided": [],
    },
}
