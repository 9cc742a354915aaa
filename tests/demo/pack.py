"""The sample pack and its fees, as the demonstration reads them."""

from services.demo.kent_year import tendered_book
from services.pricing.fee_book.prices_csv import read_prices
from shared.framework.pack import load_framework
from shared.settings import settings_from

SETTINGS = settings_from({})
FRAMEWORK = load_framework(SETTINGS.framework)
FEES = tendered_book(read_prices(SETTINGS.framework / "prices.csv", FRAMEWORK))
