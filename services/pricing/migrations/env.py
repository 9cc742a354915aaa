"""Takes the steps of the pricing service's database."""

from services.pricing.store.tables import METADATA
from shared.persistence.migrate import run_migrations

run_migrations(METADATA)
