"""Where the services find their databases, their broker and their framework pack."""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeVar, get_args

from shared.passwords import SettingRefused, refuse_default_password, with_password_from

TopologyMode = Literal["declare", "own"]
MigrateMode = Literal["at-start", "check"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

SERVICES: Final = ("eligibility", "pricing")

_HERE: Final = Path(__file__).resolve().parent.parent

_PREFIX: Final = "FOSTERFRAME_"
_DATABASES: Final = {service: f"{_PREFIX}{service.upper()}_DATABASE" for service in SERVICES}
_WITH_PASSWORD: Final = (f"{_PREFIX}AMQP", f"{_PREFIX}MANAGEMENT", *_DATABASES.values())
_PLAIN: Final = ("STATE", "FRAMEWORK", "NATIONAL", "TOPOLOGY", "MIGRATE", "PROBES", "LOG_LEVEL")
KNOWN: Final = frozenset(
    {f"{_PREFIX}{name}" for name in _PLAIN}
    | {f"{stem}_{end}" for stem in _WITH_PASSWORD for end in ("URL", "PASSWORD_FILE")}
)
"""Every variable of the environment that is read here."""

_OTHERS: Final = re.compile(
    # The tests, docker-compose.yml and tools/up; what Kubernetes tells of services by their names.
    rf"{_PREFIX}(TEST_\w+|SECRETS|VERSION|CLUSTERED|READY_SECONDS|(\w+_)?PORT"
    r"|\w+_PORT_\d+_\w+|\w+_SERVICE_(HOST|PORT\w*))"
)

_A_DATABASE: Final = (
    ("postgresql://", "postgresql+psycopg://", "sqlite:///"),
    "postgresql://USER@HOST/NAME, or sqlite:///FILE",
)
_READS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    f"{_PREFIX}AMQP": (("amqp://", "amqps://"), "amqp://USER@HOST:5672/NAME, or amqps://"),
    f"{_PREFIX}MANAGEMENT": (("http://", "https://"), "http://USER@HOST:15672, or https://"),
    **dict.fromkeys(_DATABASES.values(), _A_DATABASE),
}
"""How each address begins, and how it reads."""

_NO_FILE: Final = frozenset({"sqlite:///", "sqlite:///:memory:"})
_PORTS: Final = range(1, 65536)

Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True)
class Listen:
    """An address of this machine to listen on."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment chooses; everything else is in the framework pack.

    Addresses hold passwords, so they are not shown.

    Args:
        state: the folder of the embedded default's databases.
        database_urls: by service; a service without one keeps a SQLite file in `state`.
        amqp_url: the RabbitMQ; none means the embedded broker.
        framework: the folder of the framework pack.
        national: the folder of the index and wage files as published.
        topology: `declare` makes every party's exchanges and queues; `own` only the service's own.
        migrate: `at-start` brings the database up to date; `check` refuses one that is not.
        probes: where a worker answers its probes; none means nowhere.
        management_url: the broker's management side, with a user who may look at everything.
        log_level: the least that is logged.

    Raises:
        SettingRefused: a server off this machine would be entered with a password that everybody
            knows.
    """

    state: Path
    database_urls: Mapping[str, str] = field(repr=False)
    amqp_url: str | None = field(repr=False)
    framework: Path
    national: Path
    topology: TopologyMode = "declare"
    migrate: MigrateMode = "at-start"
    probes: Listen | None = None
    management_url: str | None = field(default=None, repr=False)
    log_level: LogLevel = "INFO"

    def __post_init__(self) -> None:
        for setting, url in self._servers():
            refuse_default_password(url, setting)

    def database_url(self, service: str) -> str:
        """Return the database of one service."""
        return self.database_urls.get(service) or f"sqlite:///{self.state / service}.sqlite"

    def _servers(self) -> list[tuple[str, str]]:
        named = {
            f"{_PREFIX}AMQP_URL": self.amqp_url,
            f"{_PREFIX}MANAGEMENT_URL": self.management_url,
        }
        named |= {
            f"{_PREFIX}{service.upper()}_DATABASE_URL": url
            for service, url in self.database_urls.items()
        }
        return [(setting, url) for setting, url in named.items() if url is not None]


def settings_from(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that the environment gives, with the embedded default for the rest.

    What is set to nothing counts as not set. Each address may leave its password to a file: for
    FOSTERFRAME_AMQP_URL it is named in FOSTERFRAME_AMQP_PASSWORD_FILE.

    Raises:
        SettingRefused: says which setting, and what is allowed.
    """
    raw = os.environ if environment is None else environment
    given = {name: text for name, text in raw.items() if name.startswith(_PREFIX) and text}
    _refuse_unknown(given)
    urls = {service: _address(given, stem) for service, stem in _DATABASES.items()}
    return Settings(
        state=Path(given.get(f"{_PREFIX}STATE", "var")),
        database_urls={service: url for service, url in urls.items() if url is not None},
        amqp_url=_address(given, f"{_PREFIX}AMQP"),
        framework=Path(
            given.get(f"{_PREFIX}FRAMEWORK", str(_HERE / "deploy/frameworks/kent-medway"))
        ),
        national=Path(given.get(f"{_PREFIX}NATIONAL", str(_HERE / "deploy/national"))),
        topology=_one_of(given, f"{_PREFIX}TOPOLOGY", get_args(TopologyMode), "declare"),
        migrate=_one_of(given, f"{_PREFIX}MIGRATE", get_args(MigrateMode), "at-start"),
        probes=_listen(given, f"{_PREFIX}PROBES"),
        management_url=_address(given, f"{_PREFIX}MANAGEMENT"),
        log_level=_one_of(given, f"{_PREFIX}LOG_LEVEL", get_args(LogLevel), "INFO"),
    )


def _refuse_unknown(given: Mapping[str, str]) -> None:
    """A setting that is misspelt would be as if it were not there, and nobody would know."""
    for name in sorted(set(given) - KNOWN):
        if not _OTHERS.fullmatch(name):
            near = difflib.get_close_matches(name, sorted(KNOWN), n=1)
            meant = f"Is it {near[0]}?" if near else f"There are: {', '.join(sorted(KNOWN))}."
            raise SettingRefused(f"There is no setting {name}. {meant}")


def _address(given: Mapping[str, str], stem: str) -> str | None:
    setting, file_setting = f"{stem}_URL", f"{stem}_PASSWORD_FILE"
    url, file = given.get(setting), given.get(file_setting)
    begins, reads = _READS[stem]
    if url is not None and (not url.startswith(begins) or url in _NO_FILE):
        # What it says is not repeated: it may hold the password.
        raise SettingRefused(f"{setting} reads {reads}.")
    return url if file is None else with_password_from(file, file_setting, url, setting)


def _one_of(
    given: Mapping[str, str], setting: str, allowed: tuple[Word, ...], default: Word
) -> Word:
    said = given.get(setting)
    if said is None:
        return default
    for word in allowed:
        if said.casefold() == word.casefold():
            return word
    raise SettingRefused(f"{setting} is {said!r}; allowed: {', '.join(allowed)}.")


def _listen(given: Mapping[str, str], setting: str) -> Listen | None:
    said = given.get(setting)
    if said is None:
        return None
    host, _, port = said.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or int(port) not in _PORTS:
        raise SettingRefused(f"{setting} is {said!r}; allowed: HOST:PORT, such as 0.0.0.0:9101.")
    return Listen(host, int(port))
