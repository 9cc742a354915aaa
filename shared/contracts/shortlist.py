"""What the agencies of a shortlist would cost, and how each fee was made."""

from datetime import date
from typing import Literal

from shared.contracts.fields import (
    AgeBand,
    AgencyUrn,
    Data,
    Reference,
    Sentence,
    WireMoney,
    WirePercentage,
    Word,
)


class FeeAdjustment(Data):
    """A discount or supplement of the framework in a fee: per cent of it, or pounds a week."""

    id: Word
    kind: Literal["discount", "supplement"]
    name: Sentence
    percent: WirePercentage | None = None
    weekly: WireMoney | None = None


class ChildFee(Data):
    """The weekly fee for one child, or for the unit of a parent and child.

    Args:
        weekly: what the first week costs.
        framework_weekly: the framework's fee before what is due on top of it or off it.
        adjustments: what is due on it, in the order of the framework pack.
    """

    child_ref: Reference
    age_band: AgeBand
    weekly: WireMoney
    fee_from: date
    cause: Word
    cause_reference: Reference
    framework_weekly: WireMoney | None = None
    adjustments: tuple[FeeAdjustment, ...] = ()


class PricedOffer(Data):
    """One agency of the shortlist with its weekly fee."""

    rank: int
    agency: AgencyUrn
    name: str
    outcome: Literal["eligible", "refer"]
    weekly_total: WireMoney
    fees: tuple[ChildFee, ...]


class UnpricedOffer(Data):
    """An agency of the shortlist for which the framework holds no fee, and which is missing."""

    rank: int
    agency: AgencyUrn
    name: str
    outcome: Literal["eligible", "refer"]
    because: Sentence


class ShortlistPriced(Data):
    """The shortlist of a referral, in the order of the decision."""

    decision_id: Reference
    referral_id: Reference
    purchaser: Word
    placement_type: Word
    need_category: Word
    start_date: date
    emergency: bool
    spot_purchase_indicated: bool
    pack_digest: str
    offers: tuple[PricedOffer, ...]
    unpriced: tuple[UnpricedOffer, ...]
