"""Takes the steps of the eligibility service's database."""

from services.eligibility.store.tables import metadata
from shared.persistence.migrate import run_migrations

run_migrations(metadata)
