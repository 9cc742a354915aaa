"""Every type of message, with the contract of its data and the parties that speak it."""

from collections.abc import Mapping, Sequence
from typing import Final

from shared.contracts.concern import ProviderConcern
from shared.contracts.decision import EligibilityDecided
from shared.contracts.fields import Data
from shared.contracts.finance import FinanceAcknowledged
from shared.contracts.placement import PlacementAmended, PlacementEnded, PlacementStarted
from shared.contracts.price import PriceChanged, ReviewApplied
from shared.contracts.provider import ProviderUpdated
from shared.contracts.referral import ReferralReceived, ReferralWithdrawn
from shared.contracts.rejection import MessageRejected
from shared.contracts.shortlist import ShortlistPriced

REFERRAL_RECEIVED: Final = "referral.received.v1"
REFERRAL_WITHDRAWN: Final = "referral.withdrawn.v1"
PROVIDER_UPDATED: Final = "provider.updated.v1"
ELIGIBILITY_DECIDED: Final = "eligibility.decided.v1"
PROVIDER_CONCERN: Final = "provider.concern.v1"
SHORTLIST_PRICED: Final = "shortlist.priced.v1"
PLACEMENT_STARTED: Final = "placement.started.v1"
PLACEMENT_AMENDED: Final = "placement.amended.v1"
PLACEMENT_ENDED: Final = "placement.ended.v1"
PRICE_CHANGED: Final = "price.changed.v1"
REVIEW_APPLIED: Final = "review.applied.v1"
FINANCE_ACKNOWLEDGED: Final = "finance.acknowledged.v1"
MESSAGE_REJECTED: Final = "message.rejected.v1"

EMERGENCY: Final = ".emergency"
"""Appended to the routing key of what concerns an emergency."""

FOR_FINANCE: Final = ".finance"
"""Appended to the routing key of a rejection that finance is to hear of."""

CONTRACTS: Final[dict[str, type[Data]]] = {
    REFERRAL_RECEIVED: ReferralReceived,
    REFERRAL_WITHDRAWN: ReferralWithdrawn,
    PROVIDER_UPDATED: ProviderUpdated,
    ELIGIBILITY_DECIDED: EligibilityDecided,
    PROVIDER_CONCERN: ProviderConcern,
    SHORTLIST_PRICED: ShortlistPriced,
    PLACEMENT_STARTED: PlacementStarted,
    PLACEMENT_AMENDED: PlacementAmended,
    PLACEMENT_ENDED: PlacementEnded,
    PRICE_CHANGED: PriceChanged,
    REVIEW_APPLIED: ReviewApplied,
    FINANCE_ACKNOWLEDGED: FinanceAcknowledged,
    MESSAGE_REJECTED: MessageRejected,
}

SENDERS: Final[Mapping[str, Sequence[str]]] = {
    REFERRAL_RECEIVED: ("case-management",),
    REFERRAL_WITHDRAWN: ("case-management",),
    PROVIDER_UPDATED: ("commissioning",),
    ELIGIBILITY_DECIDED: ("eligibility",),
    PROVIDER_CONCERN: ("eligibility",),
    SHORTLIST_PRICED: ("pricing",),
    PLACEMENT_STARTED: ("case-management",),
    PLACEMENT_AMENDED: ("case-management",),
    PLACEMENT_ENDED: ("case-management",),
    PRICE_CHANGED: ("pricing",),
    REVIEW_APPLIED: ("pricing",),
    FINANCE_ACKNOWLEDGED: ("finance",),
    MESSAGE_REJECTED: ("eligibility", "pricing"),
}
"""Who publishes each type of message."""


def type_of(routing_key: str) -> str:
    """Return the type of the messages that carry a routing key."""
    return routing_key.removesuffix(EMERGENCY).removesuffix(FOR_FINANCE)
