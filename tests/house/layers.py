"""Where each module stands, so that imports can point one way: down."""

from fnmatch import fnmatch

GROUND, FIELD, CONTRACTS, READERS, TRAVEL, EDGES, HANDLERS, DOORS, ROOT = range(9)
"""GROUND is money and days; FIELD the field modules; READERS what reads a pack's files; TRAVEL
persistence and messaging; EDGES a service's store, engine and files; HANDLERS what a message or a
person sets in motion; DOORS API and CLI; ROOT where everything is built by hand."""

SHARED = [
    ("shared.money", GROUND),
    ("shared.days", GROUND),
    ("shared.clock", GROUND),
    ("shared.errors", GROUND),
    ("shared.logs", GROUND),
    ("shared.passwords", GROUND),
    ("shared.settings", GROUND),
    ("shared.health", GROUND),
    ("shared.version", GROUND),
    ("shared.tracing", TRAVEL),
    ("shared.tracing_export", TRAVEL),
    ("shared.framework.framework", FIELD),
    ("shared.framework.adjustments", FIELD),
    ("shared.framework.age_bands", FIELD),
    ("shared.framework", READERS),
    ("shared.framework.*", READERS),
    ("shared.contracts", CONTRACTS),
    ("shared.contracts.*", CONTRACTS),
    ("shared.persistence", TRAVEL),
    ("shared.persistence.*", TRAVEL),
    ("shared.messaging", TRAVEL),
    ("shared.messaging.*", TRAVEL),
    ("shared", GROUND),
    ("shared.*", DOORS),
]

FIELD_MODULES = {
    "eligibility": [
        "changed_agencies",
        "coding",
        "columns",
        "condensed",
        "criteria",
        "crosscheck",
        "decided_otherwise",
        "deciding",
        "decision",
        "difference_words",
        "dimensions",
        "examples",
        "explanation",
        "fact_words",
        "facts",
        "fairness",
        "grouping",
        "nearest",
        "occasion",
        "ofsted_words",
        "panel",
        "periods",
        "policy",
        "proofs",
        "provider",
        "referral",
        "register",
        "register_changes",
        "register_preview",
        "register_view",
        "register_words",
        "rewording",
        "rulebook",
        "rulebook_diff",
        "rulebook_told",
        "rulebook_words",
        "shadow_difference",
        "shortlist",
        "sound_workbook",
        "simulation",
        "standing",
        "stays",
        "sufficiency",
        "tables",
        "touched",
        "whole_outcomes",
        "why",
        "without_effect",
    ],
    "pricing": [
        "acknowledgement",
        "adjusting",
        "awarded",
        "changes",
        "compounding",
        "days_told",
        "explain",
        "explain_links",
        "explain_sentences",
        "fees",
        "figures_judged",
        "figures_needed",
        "indices",
        "membership",
        "months",
        "placement",
        "reconcile",
        "review",
        "review_body",
        "review_compare",
        "review_distribution",
        "review_reconcile",
        "review_totals",
        "shortlist",
        "spot",
        "spot_fee",
        "statement",
        "terms",
        "terms_in_force",
        "terms_varied",
        "timeline",
        "tracks",
        "volume",
        "wages",
    ],
}
"""What each service knows of its field, and nothing of databases, brokers, files or frameworks."""

OF_A_SERVICE = [
    ("__main__", ROOT),
    ("settings", ROOT),
    ("migrations*", ROOT),
    ("worker*", ROOT),
    ("api*", DOORS),
    ("cli*", DOORS),
    ("store*", EDGES),
    ("*_store", EDGES),
    ("engine", EDGES),
    ("*_yaml", EDGES),
    ("*_csv", EDGES),
    ("*_xlsx", EDGES),
    ("*", HANDLERS),
]
"""By the name of the module in its service, where it is no field module: what has a name of its
own does one piece of the service's work, as the handlers do."""

SERVICES = ("eligibility", "pricing")


def layer_of(module):
    """Return the layer in which a module of ours stands."""
    parts = module.split(".")
    if parts[0] == "shared":
        return next(layer for pattern, layer in SHARED if fnmatch(module, pattern))
    if parts[0] != "services" or len(parts) < 2 or parts[1] not in SERVICES:
        return ROOT
    if len(parts) == 2:
        return GROUND
    if parts[2] in FIELD_MODULES[parts[1]]:
        return FIELD
    return next(layer for pattern, layer in OF_A_SERVICE if fnmatch(parts[2], pattern))
