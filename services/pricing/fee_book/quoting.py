"""Says what a week with an agency would cost a purchaser, before anybody is placed there."""

from datetime import date
from typing import NamedTuple

from services.pricing.desk import Desk
from services.pricing.fees import FeeBook, FeeKey
from services.pricing.shortlist import Need, PricedChild, PricedFee, quote
from services.pricing.store.fee_book import complete
from services.pricing.store.fees import add_points_of_family
from shared.errors import FosterframeError
from shared.framework.framework import Framework


class Enquiry(NamedTuple):
    """What somebody asks the weekly fee of: a child with an agency, who moves in on a day.

    Args:
        sibling_number: which child of a group in one home it would be.
    """

    key: FeeKey
    on: date
    solo: bool = False
    sibling_number: int = 1


class NotInFramework(FosterframeError):  # noqa: N818 - the lookup's answer
    """The framework does not know some of the words.

    Args:
        words: which words it knows, by what was asked.
    """

    def __init__(self, words: dict[str, tuple[str, ...]]) -> None:
        super().__init__(
            "; ".join(f"{what} is one of {', '.join(known)}" for what, known in words.items())
        )
        self.words = words


class NoQuote(FosterframeError):  # noqa: N818 - the lookup's answer
    """The framework holds no such fee on that day, or the agency has left it."""


def quoted(desk: Desk, enquiry: Enquiry) -> PricedFee:
    """Return what a week would cost from its first day on, and how that is made.

    Raises:
        NotInFramework: a word is none of the framework's.
        NoQuote: there is no fee.
    """
    check_words(desk.framework, enquiry.key)
    agency, purchaser, placement_type, need_category, age_band = enquiry.key
    child = PricedChild("", age_band, enquiry.sibling_number)
    need = Need(purchaser, placement_type, need_category, enquiry.on, (child,), solo=enquiry.solo)
    with desk.database.reading() as connection:
        fees = complete(connection, FeeBook())
        add_points_of_family(connection, fees, enquiry.key.family)
    found = quote(need, agency, fees, desk.framework)
    if found.missing:
        raise NoQuote(found.missing)
    return found.fees[0]


def check_words(framework: Framework, key: FeeKey) -> None:
    """Refuse words that no fee of the framework can have.

    Raises:
        NotInFramework: with what the framework knows instead.
    """
    known = {
        "purchaser": tuple(framework.purchasers),
        "placement_type": tuple(framework.placement_types),
        "need_category": tuple(framework.need_categories),
        "age_band": framework.age_bands.labels,
    }
    said = key._asdict()
    strange = {what: words for what, words in known.items() if said[what] not in words}
    if strange:
        raise NotInFramework(strange)
