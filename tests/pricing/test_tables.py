"""The migrations make the tables that the code expects."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.pricing.store.review_tables import REVIEWS


def test_the_migrations_make_the_tables_that_the_code_expects(pricing):
    with pricing.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, REVIEWS.metadata)

    assert not differences
