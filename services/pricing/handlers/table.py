"""What pricing does about each type of event."""

from functools import partial
from typing import Any, Final

from services.pricing.days_told import check_days
from services.pricing.handlers import finance, placements
from services.pricing.handlers.agencies import keep_provider_facts
from services.pricing.shortlist import Need, PricedChild, PricedFee, Quote, quote
from services.pricing.store.fee_book import FeeShelf
from services.pricing.store.review_messages import is_cause
from services.pricing.store.shortlists import shortlist_json, shortlist_row
from services.pricing.store.tables import SHORTLISTS
from shared.contracts import catalogue
from shared.contracts.decision import AgencyDecision, EligibilityDecided
from shared.contracts.event import Event
from shared.contracts.shortlist import (
    ChildFee,
    FeeAdjustment,
    PricedOffer,
    ShortlistPriced,
    UnpricedOffer,
)
from shared.errors import CannotSucceed
from shared.framework.framework import Framework
from shared.messaging.work import Handler, Work

_ADVICE: Final = "Use the words of the framework that both services run on."


def price_shortlist(
    framework: Framework, shelf: FeeShelf, work: Work, event: Event[EligibilityDecided]
) -> None:
    """Price the agencies of a shortlist, in the order of the decision."""
    decision = event.data
    check_days({"start_date": decision.start_date})
    need = _need(framework, decision)
    fees = placements.fees_now(work, shelf)
    offers: list[PricedOffer] = []
    unpriced: list[UnpricedOffer] = []
    for agency in decision.agencies:
        if agency.rank is None or agency.outcome == "not_eligible":
            continue
        quoted = quote(need, agency.agency, fees, framework)
        if quoted.missing:
            unpriced.append(_unpriced(agency, agency.rank, quoted))
        else:
            offers.append(_offer(agency, agency.rank, quoted))
    shortlist = ShortlistPriced(
        decision_id=decision.decision_id,
        referral_id=decision.referral_id,
        purchaser=decision.purchaser,
        placement_type=decision.placement_type,
        need_category=decision.need_category,
        start_date=decision.start_date,
        emergency=decision.emergency,
        spot_purchase_indicated=decision.spot_purchase_indicated,
        pack_digest=framework.digest,
        offers=tuple(offers),
        unpriced=tuple(unpriced),
    )
    key = catalogue.SHORTLIST_PRICED + (catalogue.EMERGENCY if decision.emergency else "")
    told = work.follow(catalogue.SHORTLIST_PRICED, decision.referral_id, shortlist)
    written = shortlist_json(shortlist)
    work.add(SHORTLISTS, shortlist_row(told, written))
    work.send(told, routing_key=key, written=written)


def handlers(framework: Framework) -> dict[str, Handler]:
    """Return what is done about each type of event. They belong to the thread that uses them."""
    shelf = FeeShelf()
    known: dict[str, Handler] = {
        catalogue.ELIGIBILITY_DECIDED: partial(price_shortlist, framework, shelf),
        catalogue.PLACEMENT_STARTED: partial(placements.start, framework, shelf),
        catalogue.PLACEMENT_AMENDED: partial(placements.amend, framework, shelf),
        catalogue.PLACEMENT_ENDED: partial(placements.end, framework, shelf),
        catalogue.PROVIDER_UPDATED: partial(keep_provider_facts, framework),
        catalogue.FINANCE_ACKNOWLEDGED: finance.acknowledge,
    }
    return {type_: partial(_forgetting_on_failure, handler) for type_, handler in known.items()}


def _forgetting_on_failure(handler: Handler, work: Work, event: Event[Any]) -> None:
    """Handle an event; if that fails, forget what was read for it.

    What a message that fails has held is let go of with its savepoint: somebody else may change
    it before the next message of the batch, which has to hold and read it again.
    """
    before = set(work.memory)
    _check_id(event)
    try:
        handler(work, event)
    except Exception:
        for read in work.memory.keys() - before:
            del work.memory[read]
        raise


def _check_id(event: Event[Any]) -> None:
    """Refuse an event whose id a review of ours has: what follows would count as that review's."""
    if is_cause(event.id):
        raise CannotSucceed(
            "the id is one by which this service names the portions of its price reviews",
            field="id",
            advice="Send the event again under an id that does not begin with review:",
        )


def _need(framework: Framework, decision: EligibilityDecided) -> Need:
    if decision.placement_type not in framework.placement_types:
        raise CannotSucceed(
            "the framework has no such placement type", field="data.placement_type", advice=_ADVICE
        )
    children = [child for child in decision.children if not child.with_parent]
    if framework.is_priced_per_unit(decision.placement_type):
        children = [max(children, key=lambda child: child.age)]
    # As case management numbers the children of a group that moves in together: the eldest first.
    by_age = sorted(range(len(children)), key=lambda position: -children[position].age)
    number_of = {position: number for number, position in enumerate(by_age, start=1)}
    return Need(
        purchaser=decision.purchaser,
        placement_type=decision.placement_type,
        need_category=decision.need_category,
        start_date=decision.start_date,
        children=tuple(
            PricedChild(child.child_ref, child.age_band, number_of[position])
            for position, child in enumerate(children)
        ),
        duration=decision.duration,
        solo=decision.solo,
    )


def _offer(agency: AgencyDecision, rank: int, quoted: Quote) -> PricedOffer:
    return PricedOffer(
        rank=rank,
        agency=agency.agency,
        name=agency.name,
        outcome=agency.outcome,  # type: ignore[arg-type]  # not_eligible has no rank
        weekly_total=quoted.total,
        fees=tuple(_child_fee(fee) for fee in quoted.fees),
    )


def _child_fee(fee: PricedFee) -> ChildFee:
    return ChildFee(
        child_ref=fee.child.child_ref,
        age_band=fee.child.age_band,
        weekly=fee.weekly,
        fee_from=fee.point.valid_from,
        cause=fee.point.cause.kind,
        cause_reference=fee.point.cause.reference,
        framework_weekly=fee.point.weekly,
        adjustments=tuple(
            FeeAdjustment(
                id=adjustment.id,
                kind=adjustment.kind,
                name=adjustment.name,
                percent=amount.percent,
                weekly=amount.weekly,
            )
            for adjustment, amount in fee.due
        ),
    )


def _unpriced(agency: AgencyDecision, rank: int, quoted: Quote) -> UnpricedOffer:
    return UnpricedOffer(
        rank=rank,
        agency=agency.agency,
        name=agency.name,
        outcome=agency.outcome,  # type: ignore[arg-type]  # as above
        because=quoted.missing,
    )
