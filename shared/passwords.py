"""Which passwords are good enough, and how one comes from its file into an address."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from shared.errors import FosterframeError

WELL_KNOWN: Final = frozenset(
    {
        "123456",
        "12345678",
        "admin",
        "administrator",
        "change-me",
        "change_me",
        "changeit",
        "changeme",
        "default",
        "example",
        "fosterframe",
        "guest",
        "letmein",
        "passw0rd",
        "password",
        "postgres",
        "postgresql",
        "qwerty",
        "rabbit",
        "rabbitmq",
        "root",
        "secret",
        "test",
        "user",
    }
)
"""What is tried first by anybody who looks for an open door; capitals do not help."""

_AMQP_DEFAULT: Final = "guest"
"""The user and the password that an AMQP address stands for where it says nothing."""

_OTHER_PROOFS: Final = ("passfile", "sslcert")
"""What PostgreSQL's addresses name where something else than a password proves the user."""

_LONGEST_BYTES: Final = 4096


class SettingRefused(FosterframeError):  # noqa: N818 - what a person wrote is refused
    """A setting cannot be used; says which, and what is allowed. It never repeats a secret."""


@dataclass(frozen=True, slots=True, repr=False)
class _Address:
    """What matters of an address here. It is never shown."""

    parts: SplitResult
    hosts: tuple[str, ...]
    user: str
    password: str
    is_proved_otherwise: bool


def with_password_from(file: str, setting: str, url: str | None, url_setting: str) -> str:
    """Return an address with the password that stands in a file.

    Raises:
        SettingRefused: the file cannot be read or holds no password; the address is missing,
            names no user, or has a password already.
    """
    if url is None:
        raise SettingRefused(f"{setting} is set, but {url_setting} is not: set both, or neither.")
    parts = _split(url, url_setting).parts
    if parts.password is not None:
        raise SettingRefused(
            f"{url_setting} holds a password, and {setting} is set as well: "
            f"take the password out of {url_setting}."
        )
    if not parts.username:
        raise SettingRefused(
            f"{url_setting} names no user for the password in {setting}: "
            f"write {parts.scheme}://USER@HOST."
        )
    password = quote(password_in(Path(file), setting), safe="")
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.rstrip(':')}:{password}@{host}").geturl()


def password_in(file: Path, setting: str) -> str:
    """Return the password that is all of a file, but for one line break at its end.

    Raises:
        SettingRefused: says what is wrong with the file.
    """
    try:
        text = file.read_bytes()[: _LONGEST_BYTES + 1].decode()
    except FileNotFoundError:
        raise SettingRefused(f"{setting}: there is no file {file}.") from None
    except OSError as refusal:
        reason = (refusal.strerror or "unknown reason").lower()
        raise SettingRefused(
            f"{setting}: {file} cannot be read ({reason}). Let this user read it."
        ) from None
    except UnicodeDecodeError:
        raise SettingRefused(f"{setting}: {file} is not text in UTF-8.") from None
    password = text.removesuffix("\n").removesuffix("\r")
    if not password.strip():
        raise SettingRefused(f"{setting}: {file} is empty. Write the password into it.")
    if len(text) > _LONGEST_BYTES or "\n" in password:
        raise SettingRefused(f"{setting}: {file} must hold one line, the password, and no more.")
    if not password.isprintable():
        raise SettingRefused(
            f"{setting}: {file} holds something that cannot be seen beside the password (a control "
            "character, or the mark by which some editors begin a file). Write it anew."
        )
    return password


def refuse_default_password(url: str, setting: str) -> None:
    """Refuse an address off this machine whose password is none or one that everybody knows.

    Raises:
        SettingRefused: says what to do.
    """
    address = _split(url, setting)
    if all(is_loopback(host) for host in address.hosts):
        return
    file = f"{setting.removesuffix('_URL')}_PASSWORD_FILE"
    if not address.password:
        if address.is_proved_otherwise:
            return
        raise SettingRefused(
            f"{setting} has no password, and its host is not this machine. "
            f"Write a password into a file and name the file in {file}."
        )
    if is_well_known(address.user, address.password):
        raise SettingRefused(
            f"{setting} has a password that everybody knows, and its host is not this machine. "
            f"Change that user's password, write it into a file, and name the file in {file}."
        )


def is_well_known(user: str, password: str) -> bool:
    """Say whether anybody would guess a user's password at once."""
    said = password.casefold()
    return said in WELL_KNOWN or said == user.casefold()


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine: by name, by address, or by the path of a socket."""
    if not host or host.startswith("/") or host.casefold() in {"localhost", "localhost."}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(url: str, setting: str) -> _Address:
    try:
        parts = urlsplit(url)
        user, password = parts.username, parts.password
        if "," not in parts.netloc:
            _ = parts.port
        asked = parse_qs(parts.query)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if not parts.scheme or "://" not in url:
        # What was wrong with it is not repeated: it may hold the password.
        raise SettingRefused(
            f"{setting} is malformed. It reads SCHEME://USER@HOST:PORT/NAME; "
            "what is not a letter or a digit in user and password is percent-encoded."
        )
    if parts.scheme in {"amqp", "amqps"} and user is None:
        user = password = _AMQP_DEFAULT
    hosts = [*asked.get("host", ()), *asked.get("hostaddr", ())]
    hosts = hosts or [parts.netloc.rpartition("@")[2]]
    return _Address(
        parts=parts,
        hosts=tuple(_without_port(one) for several in hosts for one in several.split(",")),
        # What is asked for after the question mark counts, where both are there.
        user=asked["user"][-1] if "user" in asked else unquote(user or ""),
        password=asked["password"][-1] if "password" in asked else unquote(password or ""),
        is_proved_otherwise=any(name in asked for name in _OTHER_PROOFS),
    )


def _without_port(host: str) -> str:
    """Return a host as it stands alone; one with many colons is an address, not host and port."""
    bracketed, _, _ = host.partition("]")
    if host.startswith("["):
        return bracketed[1:]
    return host.partition(":")[0] if host.count(":") == 1 else host
