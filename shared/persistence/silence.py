"""Ends the waiting for a PostgreSQL that has gone silent: one that is frozen, or cut off.

The kernel of a frozen server goes on confirming packets, so no time limit of TCP sees it; and a
statement may rightly last long. So a server is taken for silent only when a statement waits and a
new connection gets no answer either. A server that refuses connections is not silent: TCP ends
what it no longer serves.
"""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

from psycopg import Connection, Error
from psycopg.errors import ConnectionTimeout
from psycopg.pq import TransactionStatus
from sqlalchemy import Dialect, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from shared.errors import DatabaseAway
from shared.logs import told
from shared.persistence.database import Database

LOOKS_EVERY_SECONDS: Final = 1.0
"""How often we look whether a statement waits; where one does at two looks, the server is tried."""

ANSWERS_WITHIN_SECONDS: Final = 6
"""How long a server may take to let somebody in before it is taken for silent."""

_log: Final = logging.getLogger(__name__)


class Silence:
    """Whether one service's database is silent; while it is, nobody waits for it.

    Statements that wait are cut off, which is to whoever waits as if the server had gone away;
    what has no statement under way, such as a long calculation, is left alone. It lasts until the
    database is closed.

    Args:
        database: whose connections are watched; those of a file are never silent.
        part: what the log calls it.
    """

    def __init__(self, database: Database, part: str) -> None:
        self._part = part
        self._lock = threading.Lock()
        self._sockets: dict[Connection[Any], socket.socket] = {}
        self._is_silent = False
        self._has_ended = threading.Event()
        if database.is_sqlite:
            return
        # A connection that was opened before is one that nobody watches.
        database.close()
        engine = database.engine
        self._address = engine.dialect.create_connect_args(engine.url)
        # Before all others: what the driver asks of a new connection may wait too.
        event.listen(engine, "connect", self._connected, insert=True)
        event.listen(engine, "do_connect", self._connect)
        event.listen(engine, "close", self._closing)
        event.listen(engine, "engine_disposed", self._end)
        database.refuse_while(self.lasts)
        name = f"silence of {part}"
        threading.Thread(target=self._look, name=name, daemon=True).start()

    def lasts(self) -> bool:
        """Say whether the database is silent, as far as anybody has waited for it."""
        return self._is_silent

    def _look(self) -> None:
        waited: set[Connection[Any]] = set()
        while not self._has_ended.wait(LOOKS_EVERY_SECONDS):
            waiting = self._waiting()
            if not self._is_silent and not waited & waiting:
                waited = waiting
                continue
            waited = set()
            self._note(is_silent=not self._lets_in())
            if self._is_silent:
                self._cut_off()

    def _lets_in(self) -> bool:
        arguments, options = self._address
        within = {**options, "connect_timeout": ANSWERS_WITHIN_SECONDS}
        try:
            Connection.connect(*arguments, **within).close()
        except ConnectionTimeout:
            return False
        except Error:
            # Refused, or full: somebody spoke.
            return True
        return True

    def _note(self, *, is_silent: bool) -> None:
        was_silent, self._is_silent = self._is_silent, is_silent
        if is_silent and not was_silent:
            _log.warning(
                "the database of %s is silent: it lets nobody in; until it does, statements that "
                "wait for it are cut off. Is it frozen, or cut off from here?",
                self._part,
                extra=told(part=self._part),
            )
        elif was_silent and not is_silent:
            _log.info("the database of %s answers again", self._part, extra=told(part=self._part))

    def _waiting(self) -> set[Connection[Any]]:
        with self._lock:
            return {each for each in self._sockets if _waits(each)}

    def _cut_off(self) -> None:
        with self._lock:
            for each, to_server in self._sockets.items():
                if _waits(each):
                    # Whoever waits reads the end of the connection, and gives it up.
                    with contextlib.suppress(OSError):
                        to_server.shutdown(socket.SHUT_RDWR)

    def _connect(
        self,
        dialect: Dialect,
        _record: object,
        arguments: Sequence[Any],
        options: Mapping[str, Any],
    ) -> DBAPIConnection:
        # Who waited for a place in the pool learns of the silence here.
        if self._is_silent:
            raise DatabaseAway("the database is away: it is silent")
        try:
            return dialect.connect(*arguments, **options)
        except ConnectionTimeout:
            self._note(is_silent=True)
            raise

    def _connected(self, connection: Connection[Any], _record: object) -> None:
        # A descriptor of our own: the connection's may be another file's by the time it is cut.
        to_server = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._sockets[connection] = to_server

    def _closing(self, connection: Connection[Any], _record: object) -> None:
        with self._lock:
            to_server = self._sockets.pop(connection, None)
        if to_server is not None:
            to_server.close()

    def _end(self, _engine: object) -> None:
        self._has_ended.set()


def _waits(connection: Connection[Any]) -> bool:
    return connection.pgconn.transaction_status == TransactionStatus.ACTIVE
