"""What a deployment may set, and what is refused with a sentence that helps."""

import pytest

from shared.passwords import SettingRefused
from shared.persistence.database import Database, NoDatabase
from shared.settings import KNOWN, Listen, settings_from


def test_nothing_set_is_the_embedded_default():
    settings = settings_from({})

    assert settings.amqp_url is None
    assert settings.topology == "declare"
    assert settings.migrate == "at-start"
    assert settings.probes is None
    assert settings.management_url is None
    assert settings.log_level == "INFO"
    assert settings.database_url("pricing") == "sqlite:///var/pricing.sqlite"


def test_what_a_container_sets_is_taken():
    settings = settings_from(
        {
            "FOSTERFRAME_TOPOLOGY": "own",
            "FOSTERFRAME_MIGRATE": "check",
            "FOSTERFRAME_PROBES": "0.0.0.0:9101",
            "FOSTERFRAME_LOG_LEVEL": "debug",
        }
    )

    assert (settings.topology, settings.migrate) == ("own", "check")
    assert settings.probes == Listen("0.0.0.0", 9101)  # noqa: S104 - in a container
    assert settings.log_level == "DEBUG"


def test_probes_may_listen_on_an_address_of_the_new_kind():
    assert settings_from({"FOSTERFRAME_PROBES": "[::1]:9101"}).probes == Listen("::1", 9101)


def test_what_is_set_to_nothing_counts_as_not_set():
    assert settings_from(dict.fromkeys(KNOWN, "")) == settings_from({})


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("FOSTERFRAME_TOPOLOGY", "mine", "declare, own"),
        ("FOSTERFRAME_MIGRATE", "yes", "at-start, check"),
        ("FOSTERFRAME_LOG_LEVEL", "loud", "DEBUG, INFO, WARNING, ERROR"),
        ("FOSTERFRAME_PROBES", "9101", "HOST:PORT"),
        ("FOSTERFRAME_PROBES", "0.0.0.0:99999", "HOST:PORT"),
        ("FOSTERFRAME_PROBES", ":9101", "HOST:PORT"),
        ("FOSTERFRAME_MANAGEMENT_URL", "amqp://m:x-9@127.0.0.1:15672", "http://"),
        ("FOSTERFRAME_AMQP_URL", "http://m:x-9@127.0.0.1:15672", "amqp://"),
        ("FOSTERFRAME_PRICING_DATABASE_URL", "mysql://p:x-9@127.0.0.1/pricing", "postgresql://"),
        ("FOSTERFRAME_PRICING_DATABASE_URL", "postgres://p:x-9@127.0.0.1/pricing", "postgresql://"),
        ("FOSTERFRAME_PRICING_DATABASE_URL", "pricing.sqlite", "sqlite:///FILE"),
        ("FOSTERFRAME_PRICING_DATABASE_URL", "sqlite:///:memory:", "sqlite:///FILE"),
        ("FOSTERFRAME_ELIGIBILITY_DATABASE_URL", "sqlite:///", "sqlite:///FILE"),
    ],
)
def test_a_value_that_is_not_known_is_refused_with_what_is_allowed(name, value, allowed):
    with pytest.raises(SettingRefused, match=name) as refused:
        settings_from({name: value})

    assert allowed in str(refused.value)
    assert "x-9" not in str(refused.value)


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("FOSTERFRAME_AMQP_PASSWORDFILE", "FOSTERFRAME_AMQP_PASSWORD_FILE"),
        ("FOSTERFRAME_PRICING_DATABASE_PASSWORD", "FOSTERFRAME_PRICING_DATABASE_PASSWORD_FILE"),
        ("FOSTERFRAME_AMPQ_URL", "FOSTERFRAME_AMQP_URL"),
    ],
)
def test_a_setting_that_is_misspelt_is_refused_and_the_right_one_is_named(misspelt, meant):
    with pytest.raises(SettingRefused, match=f"no setting {misspelt}. Is it {meant}"):
        settings_from({misspelt: "x"})


@pytest.mark.parametrize(
    "name",
    [
        "FOSTERFRAME_TEST_RABBITMQ_IMAGE",
        "FOSTERFRAME_SECRETS",
        "FOSTERFRAME_VERSION",
        "FOSTERFRAME_READY_SECONDS",
        "FOSTERFRAME_RABBITMQ_PORT",
        "FOSTERFRAME_ELIGIBILITY_SERVICE_HOST",
        "FOSTERFRAME_ELIGIBILITY_SERVICE_PORT_HTTP",
        "FOSTERFRAME_ELIGIBILITY_PORT_8101_TCP_ADDR",
        "SOMETHING_ELSE",
    ],
)
def test_what_others_set_is_let_be(name):
    assert settings_from({name: "tcp://10.0.0.1:8101"}) == settings_from({})


def test_a_folder_that_cannot_be_made_is_named_with_what_to_do(tmp_path):
    (tmp_path / "a-file").write_text("")
    settings = settings_from({"FOSTERFRAME_STATE": str(tmp_path / "a-file" / "state")})

    with pytest.raises(NoDatabase, match="a-file/state of a SQLite database cannot be made"):
        Database.open(settings.database_url("pricing"))


def test_a_file_of_another_kind_is_named_as_no_database_and_left_as_it_is(tmp_path):
    (tmp_path / "fees.csv").write_text("agency,placement_type\n")

    with pytest.raises(NoDatabase, match=r"fees\.csv is not a SQLite database"):
        Database.open(f"sqlite:///{tmp_path / 'fees.csv'}")

    assert (tmp_path / "fees.csv").read_text() == "agency,placement_type\n"


# Passwords in files.


@pytest.fixture
def file(tmp_path):
    def write(content, name="password"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


@pytest.mark.parametrize(
    ("stem", "url", "taken"),
    [
        ("AMQP", "amqp://pricing@rabbitmq:5672/fosterframe", "amqp_url"),
        ("MANAGEMENT", "https://monitoring@rabbitmq:15671", "management_url"),
    ],
)
def test_a_password_comes_from_its_file_into_the_address(file, stem, url, taken):
    given = {
        f"FOSTERFRAME_{stem}_URL": url,
        f"FOSTERFRAME_{stem}_PASSWORD_FILE": file("p@s/s:w%rd 7\n"),
    }

    settings = settings_from(given)

    assert getattr(settings, taken) == url.replace("@", ":p%40s%2Fs%3Aw%25rd%207@")


def test_a_database_of_a_service_has_its_own_password_file(file):
    settings = settings_from(
        {
            "FOSTERFRAME_PRICING_DATABASE_URL": "postgresql://pricing@postgres/pricing",
            "FOSTERFRAME_PRICING_DATABASE_PASSWORD_FILE": file("Zx9-long-and-random"),
        }
    )

    assert (
        settings.database_url("pricing")
        == "postgresql://pricing:Zx9-long-and-random@postgres/pricing"
    )


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_one_line_break_at_the_end_does_not_belong_to_the_password(file, ending):
    settings = settings_from(
        {
            "FOSTERFRAME_AMQP_URL": "amqp://pricing@rabbitmq/",
            "FOSTERFRAME_AMQP_PASSWORD_FILE": file(f" with spaces {ending}"),
        }
    )

    assert settings.amqp_url == "amqp://pricing:%20with%20spaces%20@rabbitmq/"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("\n", "is empty"),
        ("one\ntwo\n", "one line"),
        ("one\n\n", "one line"),
        ("x" * 5000, "one line"),
        ("\ufeffmarked-by-an-editor\n", "cannot be seen"),
        ("half\rhalf\n", "cannot be seen"),
        ("half\0half\n", "cannot be seen"),
        (b"\xff\xfe", "not text"),
    ],
)
def test_a_file_that_holds_no_password_is_refused(file, content, reason):
    given = {
        "FOSTERFRAME_AMQP_URL": "amqp://pricing@rabbitmq/",
        "FOSTERFRAME_AMQP_PASSWORD_FILE": file(content),
    }

    with pytest.raises(SettingRefused, match=reason) as refused:
        settings_from(given)

    assert "FOSTERFRAME_AMQP_PASSWORD_FILE" in str(refused.value)


def test_a_file_that_is_not_there_or_cannot_be_read_is_refused(tmp_path):
    for path, reason in [(tmp_path / "none", "there is no file"), (tmp_path, "cannot be read")]:
        given = {
            "FOSTERFRAME_AMQP_URL": "amqp://pricing@rabbitmq/",
            "FOSTERFRAME_AMQP_PASSWORD_FILE": str(path),
        }

        with pytest.raises(SettingRefused, match=reason):
            settings_from(given)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (None, "set both, or neither"),
        ("amqp://pricing:already@rabbitmq/", "holds a password"),
        ("amqp://rabbitmq/", "names no user"),
        ("rabbitmq:5672", "reads amqp://USER@HOST"),
        ("amqp://pricing:se/cret@rabbitmq/", "is malformed"),
    ],
)
def test_a_password_file_beside_an_address_that_cannot_take_it_is_refused(file, url, reason):
    given = {"FOSTERFRAME_AMQP_PASSWORD_FILE": file("Zx9-long-and-random")}
    given |= {} if url is None else {"FOSTERFRAME_AMQP_URL": url}

    with pytest.raises(SettingRefused, match=reason):
        settings_from(given)
