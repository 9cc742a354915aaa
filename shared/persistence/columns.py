"""How instants, money and percentages stand in a database: exact, and alike in both kinds."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, TypeDecorator
from sqlalchemy.types import TypeEngine

from shared.money import Money, Percentage, percentage, percentage_text

_PENCE_IN_POUND = 100

RisingNumber = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database gives to each new row, rising."""


class Instant(TypeDecorator[datetime]):
    """An instant, kept in UTC; one without its offset is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return text of a fixed width for SQLite, which knows no instants."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - text or datetime, as the driver wants it
        """Return what is written."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must carry its offset from UTC")
        return _text(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - as above; SQLAlchemy passes the dialect by position
        """Return the instant that was kept."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


@lru_cache(maxsize=256)
def _text(instant: datetime) -> str:
    """Return an instant as SQLite keeps it; all rows of one transaction have the same."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


class Pounds(TypeDecorator[Money]):
    """Money, kept as whole pence, so that the database adds it up exactly."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Return the pence that are written."""
        if value is None:
            return None
        pence = value * _PENCE_IN_POUND
        if pence != int(pence):
            raise ValueError("money must be rounded to the penny before it is kept")
        return int(pence)

    def process_result_value(self, value: Any, dialect: Dialect) -> Money | None:  # noqa: ANN401, ARG002 - an int, or a Decimal where PostgreSQL added up
        """Return the pounds that were kept."""
        return None if value is None else Money(Decimal(int(value)).scaleb(-2))


class ExactPounds(TypeDecorator[Decimal]):
    """Pounds that are not rounded to the penny, kept as a plain decimal."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Return the text that is written."""
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Return the pounds that were kept."""
        return None if value is None else Decimal(value)


class PerCent(TypeDecorator[Percentage]):
    """A percentage, kept as the plain decimal that it is written as."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: Percentage | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Return the text that is written."""
        return None if value is None else percentage_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Percentage | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Return the percentage that was kept."""
        return None if value is None else percentage(value)
