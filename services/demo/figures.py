"""The fees of the pack and the national figures, as the demo takes them into a database."""

from typing import Final

from services.pricing.desk import Desk
from services.pricing.fee_book.importing import import_fees
from services.pricing.fee_book.prices_csv import read_prices
from services.pricing.figures.index_table_csv import read_index_file
from services.pricing.figures.wages_csv import read_wages
from services.pricing.store.figures import import_index, import_wages
from shared.settings import Settings

_INDEX_FILES: Final = ("ons_d7g7.csv", "cpi_d7g7_2026.csv")


def import_prices(settings: Settings, desk: Desk) -> dict[str, int]:
    """Import what pricing needs; return how many of each.

    Raises:
        FileRefused: a file of the pack or of the national figures has faults.
    """
    fees = read_prices(settings.framework / "prices.csv", desk.framework)
    values = [read_index_file(settings.national / name) for name in _INDEX_FILES]
    rates = read_wages(settings.national / "minimum_wage.csv")
    with desk.database.transaction() as connection:
        indexed = [import_index(connection, each, desk.clock.now()) for each in values]
        waged = import_wages(connection, rates, desk.clock.now())
    imported = import_fees(desk, fees, cause_id=desk.framework.digest)
    return {
        "fees": imported.recorded,
        "CPI values": sum(len(each.new) for each in indexed),
        "wage rates": len(waged.new),
    }
