"""Bench (b): referral in, decision out, over RabbitMQ with durable state, against bare pika."""

from datetime import date
from statistics import median
from typing import Any, Final

from services.demo.parties import message, publish
from services.demo.samples import good_referrals
from services.eligibility.register.importing import import_register
from services.eligibility.service import EligibilityService
from services.running import open_database
from shared.clock import SystemClock
from shared.contracts.catalogue import ELIGIBILITY_DECIDED, REFERRAL_RECEIVED
from shared.messaging.message import EXCHANGE
from shared.messaging.work import work_on
from shared.settings import settings_from
from tools.bench.bare import BareLoop
from tools.bench.ground import Ground, Watch, worker
from tools.bench.memory import peak_megabytes_of

REFERRALS: Final = 12_000
ROUNDS: Final = 3
_WARM: Final = 1_000
_IN: Final = "eligibility.referrals"
_OUT: Final = "case-management.decisions"


def measure(here: Ground) -> dict[str, Any]:
    """Return referrals a second through one worker on SQLite, and through the bare loop."""
    _import(here)
    pair: list[float] = []
    bare: list[float] = []
    body_bytes = peak = 0
    for seed in range(ROUNDS):
        rate, body_bytes, megabytes = _through_worker(here, seed)
        pair.append(rate)
        peak = max(peak, megabytes)
        bare.append(_through_bare_loop(here, body_bytes, seed))
    ratio = median(one / other for one, other in zip(pair, bare, strict=True))
    return {
        "referrals_a_second": {"pair": pair, "bare": bare},
        "decision_bytes": body_bytes,
        "ratios": {"pipeline_vs_bare_loop": ratio},
        "peak_megabytes": peak,
    }


def _import(here: Ground) -> None:
    settings = settings_from({"FOSTERFRAME_STATE": str(here.state)})
    database = open_database(settings, "eligibility")
    clock = SystemClock()
    service = EligibilityService.open(database, settings.framework, clock)
    with work_on(database, clock, "eligibility", cause_id="bench") as work:
        import_register(work, service.register_desk(), settings.framework, "bench")
    database.close()


def _fill(here: Ground, seed: int) -> None:
    """Put planned referrals into the one queue, as many as are measured."""
    samples = good_referrals(REFERRALS, seed, date(2026, 1, 5), date(2026, 3, 30))
    publish(
        here.broker(),
        [message(REFERRAL_RECEIVED, one.body, one.message_id) for one in samples],
    )


def _through_worker(here: Ground, seed: int) -> tuple[float, int, int]:
    here.purge()
    _fill(here, seed)
    watch = Watch(here.url, _OUT)
    with worker(here, "eligibility") as pid:
        began = watch.until(_WARM)
        already = watch.depth()
        ended = watch.until(REFERRALS)
        megabytes = peak_megabytes_of(pid)
    body_bytes = watch.body_bytes()
    watch.close()
    return (REFERRALS - already) / (ended - began), body_bytes, megabytes


def _through_bare_loop(here: Ground, body_bytes: int, seed: int) -> float:
    here.purge()
    _fill(here, seed)
    loop = BareLoop(
        url=here.url,
        queue=_IN,
        exchange=EXCHANGE,
        routing_key=ELIGIBILITY_DECIDED,
        answer=b"x" * body_bytes,
        count=REFERRALS,
    )
    return loop.run()
