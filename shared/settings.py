"""Where the services find their databases, their broker and their framework pack."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment chooses; everything else is in the framework pack.

    Args:
        state: the folder of the embedded default's databases.
        database_urls: by service; a service without one keeps a SQLite file in `state`.
        amqp_url: the RabbitMQ; none means the embedded broker.
        framework: the folder of the framework pack.
        national: the folder of the index and wage files as published.
    """

    state: Path
    database_urls: Mapping[str, str]
    amqp_url: str | None
    framework: Path
    national: Path

    def database_url(self, service: str) -> str:
        """Return the database of one service."""
        return self.database_urls.get(service) or f"sqlite:///{self.state / service}.sqlite"


def settings_from(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that the environment gives, with the embedded default for the rest.

    Read are FOSTERFRAME_STATE, FOSTERFRAME_AMQP_URL, FOSTERFRAME_FRAMEWORK, FOSTERFRAME_NATIONAL,
    FOSTERFRAME_ELIGIBILITY_DATABASE_URL and FOSTERFRAME_PRICING_DATABASE_URL.
    """
    given = os.environ if environment is None else environment
    urls = {
        service: given[name]
        for service in ("eligibility", "pricing")
        if (name := f"FOSTERFRAME_{service.upper()}_DATABASE_URL") in given
    }
    return Settings(
        state=Path(given.get("FOSTERFRAME_STATE", "var")),
        database_urls=urls,
        amqp_url=given.get("FOSTERFRAME_AMQP_URL"),
        framework=Path(
            given.get("FOSTERFRAME_FRAMEWORK", str(_HERE / "deploy/frameworks/kent-medway"))
        ),
        national=Path(given.get("FOSTERFRAME_NATIONAL", str(_HERE / "deploy/national"))),
    )
