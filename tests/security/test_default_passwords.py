"""A password that everybody knows opens nothing that others can reach, and none is ever shown."""

import logging
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from services.running import broker_of
from shared.errors import FosterframeError
from shared.passwords import WELL_KNOWN, SettingRefused, is_loopback
from shared.persistence.database import Database
from shared.settings import settings_from
from tests.security.secured import make_secrets, typer_app

MARKER = "marker-9d1f-of-a-password"
AMQP = "FOSTERFRAME_AMQP_URL"
DATABASE = "FOSTERFRAME_PRICING_DATABASE_URL"
MANAGEMENT = "FOSTERFRAME_MANAGEMENT_URL"

SERVERS = [
    (AMQP, "amqp://{}@{}:5672/fosterframe"),
    (AMQP, "amqps://{}@{}/fosterframe"),
    (DATABASE, "postgresql://{}@{}/pricing"),
    (DATABASE, "postgresql+psycopg://{}@{}:5432/pricing"),
    (MANAGEMENT, "http://{}@{}:15672"),
]


@pytest.mark.parametrize(("setting", "url"), SERVERS)
@pytest.mark.parametrize("password", [*sorted(WELL_KNOWN), "GUEST", "PassWord", "someone"])
def test_a_password_that_everybody_knows_is_refused_off_this_machine(setting, url, password):
    address = url.format(f"someone:{password}", "server.internal")

    with pytest.raises(SettingRefused, match=setting) as refused:
        settings_from({setting: address})

    assert setting.replace("_URL", "_PASSWORD_FILE") in str(refused.value)


@pytest.mark.parametrize(("setting", "url"), SERVERS)
@pytest.mark.parametrize("user", ["someone:", "someone"])
def test_no_password_is_refused_off_this_machine(setting, url, user):
    with pytest.raises(SettingRefused, match=f"{setting} has no password"):
        settings_from({setting: url.format(user, "10.0.0.7")})


def test_an_address_without_a_user_stands_for_the_user_that_rabbitmq_ships_with():
    with pytest.raises(SettingRefused, match="everybody knows"):
        settings_from({AMQP: "amqp://rabbitmq:5672/fosterframe"})


@pytest.mark.parametrize(("setting", "url"), SERVERS)
@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "[::1]"])
def test_on_this_machine_any_password_will_do(setting, url, host):
    assert settings_from({setting: url.format("guest:guest", host)})


@pytest.mark.parametrize(("setting", "url"), SERVERS)
def test_a_password_that_nobody_guesses_is_taken_anywhere(setting, url):
    assert settings_from({setting: url.format("someone:Zx9-long-and-random", "10.0.0.7")})


def test_a_database_over_a_socket_or_with_a_certificate_needs_no_password():
    for url in (
        "postgresql:///pricing",
        "postgresql:///pricing?host=/var/run/postgresql",
        "postgresql://pricing@db/pricing?sslmode=verify-full&sslcert=/run/secrets/pricing.crt",
        "sqlite:////srv/pricing.sqlite",
    ):
        assert settings_from({DATABASE: url})


def test_a_host_is_looked_for_wherever_an_address_of_postgresql_may_name_it():
    for url in (
        "postgresql:///pricing?host=db.internal&password=postgres",
        "postgresql://pricing:postgres@localhost:5432,db.internal:5432/pricing",
        "postgresql://pricing:postgres@localhost/pricing?hostaddr=10.0.0.7",
        "postgresql://pricing:Zx9-long-and-random@db.internal/pricing?password=postgres",
        "postgresql://db.internal/pricing?user=someone&password=someone",
    ):
        with pytest.raises(SettingRefused, match="everybody knows"):
            settings_from({DATABASE: url})


@pytest.mark.parametrize("host", ["0.0.0.0", "localhost.example.org", "127.0.0.1.nip.io", "1.1"])  # noqa: S104 - it is only looked at
def test_what_only_looks_like_this_machine_is_not_it(host):
    assert not is_loopback(host)


def test_settings_that_are_changed_afterwards_are_looked_at_again():
    with pytest.raises(SettingRefused, match="everybody knows"):
        replace(settings_from({}), amqp_url="amqp://guest:guest@rabbitmq/")


def test_a_default_password_in_a_file_is_refused_too(tmp_path):
    (tmp_path / "password").write_text("guest\n")
    given = {AMQP: "amqp://guest@rabbitmq/", AMQP.replace("URL", "PASSWORD_FILE"): "password"}
    given = {
        name: value.replace("password", str(tmp_path / "password")) for name, value in given.items()
    }

    with pytest.raises(SettingRefused, match="everybody knows"):
        settings_from(given)


def test_no_definitions_are_made_of_a_password_that_everybody_knows(tmp_path):
    make_secrets(tmp_path)
    (tmp_path / "rabbitmq-finance.password").write_text("finance\n")

    ran = CliRunner().invoke(typer_app(), ["broker", "definitions", "--secrets", str(tmp_path)])

    assert isinstance(ran.exception, SettingRefused)
    assert "The password of finance" in str(ran.exception)


def test_a_worker_does_not_start_with_a_default_password(tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FOSTERFRAME_")}
    told = {AMQP: "amqp://guest:guest@rabbitmq.internal/", "FOSTERFRAME_STATE": str(tmp_path)}

    ran = subprocess.run(
        [sys.executable, "-m", "services", "worker", "pricing"],
        env=environment | told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1, ran.stderr
    assert "FOSTERFRAME_AMQP_PASSWORD_FILE" in ran.stderr


# Nothing shows a password.


def all_with_marker(tmp_path):
    (tmp_path / "secret").write_text(f"{MARKER}\n")
    return {
        AMQP: "amqp://pricing@127.0.0.1:1/fosterframe",
        "FOSTERFRAME_AMQP_PASSWORD_FILE": str(tmp_path / "secret"),
        DATABASE: f"postgresql://pricing:{MARKER}@127.0.0.1:1/pricing",
        MANAGEMENT: f"http://monitoring:{MARKER}@127.0.0.1:1",
        "FOSTERFRAME_STATE": str(tmp_path),
    }


def test_settings_do_not_show_a_password(tmp_path):
    settings = settings_from(all_with_marker(tmp_path))

    assert MARKER in settings.database_url("pricing")
    assert MARKER not in f"{settings} {settings!r}"


def test_neither_broker_nor_database_shows_a_password_when_it_is_away(tmp_path, caplog):
    settings = settings_from(all_with_marker(tmp_path))
    broker = broker_of(settings, "test")
    database = Database.open(settings.database_url("pricing"))

    with caplog.at_level(logging.DEBUG):
        with pytest.raises(FosterframeError) as broker_away:
            broker.connect()
        with pytest.raises(FosterframeError) as database_away, database.reading():
            pass

    shown = f"{broker_away.value} {database_away.value} {broker} {broker!r} {caplog.text}"
    assert MARKER not in shown


@pytest.mark.parametrize(
    "given",
    [
        {AMQP: f"amqp://pricing:{MARKER}/x@rabbitmq/"},
        {AMQP: f"amqp://pricing:{MARKER}@[bad/"},
        {AMQP: f"pricing:{MARKER}@rabbitmq"},
        {DATABASE: f"postgresql://pricing:{MARKER}/x@db/pricing"},
        {MANAGEMENT: f"ftp://monitoring:{MARKER}@rabbitmq"},
    ],
)
def test_an_address_that_is_refused_is_not_repeated(given):
    with pytest.raises(SettingRefused) as refused:
        settings_from(given)

    assert MARKER not in str(refused.value)


def test_commands_that_cannot_reach_their_servers_print_no_password(tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FOSTERFRAME_")}
    environment |= all_with_marker(tmp_path)
    for command in (["queues"], ["broker", "check"], ["broker", "declare"]):
        ran = subprocess.run(
            [sys.executable, "-m", "services", *command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert ran.returncode == 1
        assert "away" in ran.stderr
        assert MARKER not in ran.stdout + ran.stderr
