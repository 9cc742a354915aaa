"""The real servers that tests ask for by name."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.absent import absent
from tests.support.postgresql_server import PostgresqlNotInstalled, PostgresqlServer
from tests.support.rabbitmq_server import RabbitmqNotInstalled, RabbitmqServer

# A suite that others inherit shows what it compared only if pytest is told of it.
pytest.register_assert_rewrite("tests.messaging")


def pytest_configure() -> None:
    """Have the servers stopped when somebody ends the run, by whichever of the usual signals."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@dataclass(frozen=True)
class OwnRabbitmq:
    """A virtual host of its own on a broker that the test may kill and start again."""

    url: str
    vhost: str
    server: RabbitmqServer

    def kill(self) -> None:
        self.server.kill()

    def start(self) -> None:
        self.server.start()

    def stop(self) -> None:
        self.server.stop()


@pytest.fixture(scope="session")
def rabbitmq_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitmqServer]:
    """One RabbitMQ for all tests; it is slow to start."""
    try:
        server = RabbitmqServer(tmp_path_factory.mktemp("rabbitmq"))
    except RabbitmqNotInstalled as missing:
        absent(str(missing))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def rabbitmq(rabbitmq_server: RabbitmqServer) -> Iterator[OwnRabbitmq]:
    """A fresh virtual host; whatever the test does to the server, the next test finds it up."""
    rabbitmq_server.start()
    vhost = rabbitmq_server.new_vhost()
    if not rabbitmq_server.dead_letters(vhost):
        rabbitmq_server.stop()
        rabbitmq_server.start()
    yield OwnRabbitmq(rabbitmq_server.url_of(vhost), vhost, rabbitmq_server)
    rabbitmq_server.start()
    rabbitmq_server.delete_vhost(vhost)


@dataclass
class OwnPostgresql:
    """A database of its own on a server that the test may kill and start again."""

    server: PostgresqlServer
    name: str | None = None

    @property
    def url(self) -> str:
        """The address of the database, which is empty unless it was asked for with tables."""
        if self.name is None:
            self.name = self.server.new_database()
        return self.server.url_of(self.name)

    def with_tables(self, migrations: Path) -> str:
        """Return the address of the database, which has the tables of a service from the start."""
        assert self.name is None, "the test has its database already"
        self.name = self.server.new_database_with_tables(migrations)
        return self.url

    def kill(self) -> None:
        self.server.kill()

    def start(self) -> None:
        self.server.start()

    def freeze(self) -> None:
        self.server.freeze()

    def thaw(self) -> None:
        self.server.thaw()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """One PostgreSQL for all tests."""
    try:
        server = PostgresqlServer()
    except PostgresqlNotInstalled as missing:
        absent(str(missing))
    server.start()
    yield server
    server.remove()


@pytest.fixture
def postgresql(postgresql_server: PostgresqlServer) -> Iterator[OwnPostgresql]:
    """A database of its own; whatever the test does to the server, the next test finds it up."""
    postgresql_server.start()
    own = OwnPostgresql(postgresql_server)
    yield own
    postgresql_server.start()
    if own.name is not None:
        postgresql_server.drop_database(own.name)
