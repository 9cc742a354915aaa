"""Bench (a): deciding a referral by table, by durable-rules fact by fact, and by hand."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from services.demo.samples import good_referrals
from services.eligibility.decision import decide
from services.eligibility.panel import Panel
from services.eligibility.received import referral_from
from services.eligibility.referral import Referral
from services.eligibility.register.pack_csv import REGISTER_FILE, read_register
from services.eligibility.register.register import Recorded, Register
from services.eligibility.service import read_policies
from services.eligibility.verdicts.policy import Policy
from shared.contracts.referral import ReferralReceived
from shared.framework.framework import Framework
from shared.framework.pack import load_framework
from tests.eligibility.handwritten import gates, judge
from tools.bench.memory import peak_megabytes

REFERRALS = 2_000
ROUNDS = 5
FACT_BY_FACT_REFERRALS = 3
AGENCY_COUNTS = (45, 300)
_KNOWN_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Deciding:
    """Microseconds a referral, by way of deciding; every way gives outcomes and all verdicts."""

    agencies: int
    table: float
    by_hand: float
    fact_by_fact: float

    def ratios(self) -> dict[str, float]:
        """Return how many times as fast the table is."""
        return {
            f"table_vs_by_hand_{self.agencies}_agencies": self.by_hand / self.table,
            f"table_vs_fact_by_fact_{self.agencies}_agencies": self.fact_by_fact / self.table,
        }


def measure(pack: Path) -> dict[str, Any]:
    """Return the microseconds of each way, and the ratios between them."""
    framework = load_framework(pack)
    policies = read_policies(pack, framework)
    # No referral is asked about twice, so that what is remembered of one helps only others.
    asked = [_referrals(framework, seed) for seed in range(ROUNDS + 1)]
    policy = policies.in_force(asked[0][0].received_at)
    told = read_register(pack / REGISTER_FILE, framework)
    results = [_deciding(_register(told, count), asked, policy) for count in AGENCY_COUNTS]
    ratios = {name: value for one in results for name, value in one.ratios().items()}
    return {
        "microseconds_a_referral": {
            str(one.agencies): {
                "table": one.table,
                "by_hand": one.by_hand,
                "fact_by_fact": one.fact_by_fact,
            }
            for one in results
        },
        "ratios": ratios,
        "peak_megabytes": peak_megabytes(),
    }


def _register(told: Sequence[tuple[str, Any]], count: int) -> Register:
    """Return a register of so many agencies: those of the pack, again under other numbers."""
    recorded = []
    for number in range(count):
        urn, facts = told[number % len(told)]
        name = urn if number < len(told) else f"{7_000_000 + number}"
        recorded += [Recorded(name, fact, _KNOWN_AT) for fact in facts]
    return Register(recorded)


def _referrals(framework: Framework, seed: int) -> list[Referral]:
    samples = good_referrals(REFERRALS, seed, date(2026, 1, 5), date(2026, 3, 30))
    return [
        referral_from(sample.data, framework)
        for sample in samples
        if isinstance(sample.data, ReferralReceived)
    ]


def _deciding(register: Register, asked: Sequence[Sequence[Referral]], policy: Policy) -> Deciding:
    days = {one.start_date for some in asked for one in some}
    panels = {day: register.panel(day) for day in days}
    agencies = {id(panel): [agency.facts for agency in panel.agencies] for panel in panels.values()}

    def by_table(referrals: Sequence[Referral]) -> None:
        for one in referrals:
            decision = decide(one, register.panel(one.start_date), policy)
            decision.outcomes()
            decision.verdicts()

    def by_hand(referrals: Sequence[Referral]) -> None:
        for one in referrals:
            facts = one.facts
            gates(facts)
            judge(facts, agencies[id(panels[one.start_date])])

    def fact_by_fact(referrals: Sequence[Referral]) -> None:
        for one in referrals[:FACT_BY_FACT_REFERRALS]:
            _ask_engine(one, panels[one.start_date], policy)

    for some in asked:
        for one in some:
            len(one.facts)  # derived once, whichever way comes first
    by_table(asked[0])
    table, hand = _best_in_turn((by_table, by_hand), asked[1:], REFERRALS)
    [engine] = _best_in_turn((fact_by_fact,), asked[1:], FACT_BY_FACT_REFERRALS)
    count = len(next(iter(panels.values())).agencies)
    return Deciding(agencies=count, table=table, by_hand=hand, fact_by_fact=engine)


def _ask_engine(referral: Referral, panel: Panel, policy: Policy) -> None:
    """Have durable-rules judge each criterion for each agency, one fact asserted at a time."""
    for table in policy.tables:
        held = [agency.facts for agency in panel.agencies] if table.held else [{}]
        for unit in referral.facts:
            for agency in held:
                policy.evaluator.holding(table.criterion.id, [{**unit, **agency}])


def _best_in_turn(
    ways: Sequence[Callable[[Sequence[Referral]], None]],
    asked: Sequence[Sequence[Referral]],
    count: int,
) -> list[float]:
    """Return the best microseconds of each way, measured by turns so that noise hits all."""
    best = [float("inf")] * len(ways)
    for referrals in asked:
        for position, way in enumerate(ways):
            began = time.perf_counter()
            way(referrals)
            best[position] = min(best[position], (time.perf_counter() - began) / count * 1e6)
    return best
