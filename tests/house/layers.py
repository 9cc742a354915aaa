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
        "concerns.standing",
        "concerns.stays",
        "concerns.touched",
        "decision",
        "decisions.decided_otherwise",
        "decisions.deciding",
        "decisions.nearest",
        "decisions.why",
        "differences.rewording",
        "differences.rulebook_diff",
        "differences.whole_outcomes",
        "differences.words",
        "explanation",
        "fact_words",
        "facts",
        "occasion",
        "ofsted.sound_workbook",
        "ofsted.words",
        "panel",
        "provider",
        "referral",
        "register.changed_agencies",
        "register.changes",
        "register.preview",
        "register.register",
        "register.view",
        "register.words",
        "rulebooks.compared",
        "rulebooks.criteria",
        "rulebooks.periods",
        "rulebooks.rulebook",
        "rulebooks.told",
        "rulebooks.words",
        "shortlist",
        "trials.examples",
        "trials.shadow_difference",
        "trials.simulation",
        "verdicts.coding",
        "verdicts.columns",
        "verdicts.condensed",
        "verdicts.crosscheck",
        "verdicts.dimensions",
        "verdicts.policy",
        "verdicts.proofs",
        "verdicts.tables",
        "verdicts.without_effect",
        "views.fairness",
        "views.grouping",
        "views.sufficiency",
    ],
    "pricing": [
        "adjusting",
        "changes",
        "days_told",
        "explaining.explain",
        "explaining.links",
        "explaining.sentences",
        "fee_book.awarded",
        "fee_book.compounding",
        "fee_book.spot_fee",
        "fees",
        "figures.judged",
        "figures.needed",
        "finance.acknowledgement",
        "finance.reconcile",
        "finance.review_reconcile",
        "finance.statement",
        "indices",
        "membership",
        "months",
        "placement",
        "reviews.body",
        "reviews.compare",
        "reviews.distribution",
        "reviews.review",
        "reviews.spot",
        "reviews.totals",
        "reviews.tracks",
        "shortlist",
        "terms.agreed",
        "terms.in_force",
        "terms.varied",
        "timeline",
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
    ("verdicts.engine", EDGES),
    ("*_yaml", EDGES),
    ("*_csv", EDGES),
    ("*_xlsx", EDGES),
    ("*", HANDLERS),
]
"""By the path of the module in its service, where it is no field module: what has a name of its
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
    within = ".".join(parts[2:])
    if within in FIELD_MODULES[parts[1]]:
        return FIELD
    return next(layer for pattern, layer in OF_A_SERVICE if fnmatch(within, pattern))
