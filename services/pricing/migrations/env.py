"""Takes the steps of the pricing service's database."""

from services.pricing.store.review_tables import REVIEWS
from shared.persistence.migrate import run_migrations

run_migrations(REVIEWS.metadata)
