"""A RabbitMQ with the users and rights of a deployment, loaded at its start."""

import contextlib
import json
import secrets
from dataclasses import dataclass

import pika
from pika.exceptions import ChannelClosedByBroker
from typer.testing import CliRunner

from services.__main__ import app
from services.operating import broker_cli
from shared.messaging.administration.definitions import USERS, VIRTUAL_HOST

FORBIDDEN = 403


@dataclass(frozen=True)
class SecuredRabbitmq:
    """A broker that lets in only who has a password of the deployment's."""

    server: object
    passwords: dict

    def url(self, user):
        return f"amqp://{user}:{self.passwords[user]}@127.0.0.1:{self.server.port}/{VIRTUAL_HOST}"

    @contextlib.contextmanager
    def channel(self, user):
        connection = pika.BlockingConnection(pika.URLParameters(self.url(user)))
        yield connection.channel()
        connection.close()

    def allows(self, user, ask):
        """Say whether a user may do something that is asked of a channel."""
        with self.channel(user) as channel:
            channel.confirm_delivery()
            try:
                ask(channel)
            except ChannelClosedByBroker as refused:
                if refused.reply_code != FORBIDDEN:
                    raise
                return False
        return True


def make_secrets(folder):
    """Write a password for every user; return them."""
    folder.mkdir(exist_ok=True)
    passwords = {user: secrets.token_urlsafe(24) for user in USERS}
    for user, password in passwords.items():
        (folder / f"rabbitmq-{user}.password").write_text(f"{password}\n")
    return passwords


def print_definitions(folder, *more):
    """Return what the command prints from a folder of secrets."""
    typed = typer_app()
    ran = CliRunner().invoke(typed, ["broker", "definitions", "--secrets", str(folder), *more])
    assert ran.exception is None, ran.exception
    return json.loads(ran.output)


def typer_app():
    if not any(group.name == "broker" for group in app.registered_groups):
        broker_cli.attach(app)
    return app
