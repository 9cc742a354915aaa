"""RabbitMQ's management side: what it says of its nodes, queues, exchanges and policies."""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote, unquote, urlsplit

import httpx

from shared.errors import BrokerAway, BrokerMisconfigured

TIMEOUT_SECONDS: Final = 10.0

_UNAUTHORISED: Final = frozenset({401, 403})
_MISSING: Final = 404
_ALARMED: Final = 503
_NEEDS_ADMINISTRATOR: Final = "administrator"


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue as it is; a figure that the broker does not keep is None.

    Args:
        members: the nodes that hold the queue; `online` are those of them that answer.
        moving: messages that were dropped or had their time, and have not arrived elsewhere yet.
    """

    name: str
    kind: str
    arguments: Mapping[str, Any]
    members: Sequence[str]
    online: Sequence[str]
    ready: int | None
    unacknowledged: int | None
    consumers: int | None
    moving: int | None


@dataclass(frozen=True, slots=True)
class ExchangeState:
    """An exchange as it is."""

    name: str
    kind: str
    is_durable: bool
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator says of all queues or exchanges whose names fit a pattern."""

    name: str
    pattern: str
    applies_to: str
    priority: int
    definition: Mapping[str, Any]
    is_operators: bool


@dataclass(frozen=True, slots=True)
class BrokerState:
    """All that is asked of a broker, about one virtual host.

    Args:
        nodes: every node of the cluster, and whether it runs.
        alarms: what each alarm says, such as `memory at rabbit@one`.
        feature_flags: by name whether it is on; None when the user may not ask.
        bindings: exchange, queue and routing key of each.
    """

    version: str
    nodes: Mapping[str, bool]
    alarms: Sequence[str]
    feature_flags: Mapping[str, bool] | None
    queues: Mapping[str, QueueState]
    exchanges: Mapping[str, ExchangeState]
    bindings: frozenset[tuple[str, str, str]]
    policies: Sequence[Policy]


class Management:
    """A conversation with the management side; a user who may monitor is enough.

    Args:
        url: `http://user:password@host:15672`, or `https://`. Certificates are checked as the
            services check the broker's.
    """

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(url)
        self._user = unquote(parts.username or "")
        # Without user and password, so that no error can repeat them.
        self._address = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
        self._client = httpx.Client(
            base_url=self._address,
            auth=(self._user, unquote(parts.password or "")),
            timeout=timeout_seconds,
            # No proxy of the environment stands between a service and its broker.
            trust_env=False,
            verify=ssl.create_default_context(),
        )

    def __str__(self) -> str:
        return f"RabbitMQ's management side at {self._address}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def state(self, virtual_host: str) -> BrokerState:
        """Return the state of the broker and of one virtual host.

        Raises:
            BrokerAway: nobody answers, or not in time.
            BrokerMisconfigured: the user is refused, or there is no such virtual host.
        """
        host = quote(virtual_host, safe="")
        overview = self._get("/api/overview")
        return BrokerState(
            version=str(overview.get("product_version") or overview.get("rabbitmq_version")),
            nodes={one["name"]: bool(one.get("running")) for one in self._get("/api/nodes")},
            alarms=self._alarms(),
            feature_flags=self._feature_flags(),
            queues=self.queues(virtual_host),
            exchanges={
                one["name"]: ExchangeState(
                    one["name"], one["type"], bool(one["durable"]), one.get("arguments") or {}
                )
                for one in self._get(f"/api/exchanges/{host}")
            },
            bindings=frozenset(
                (one["source"], one["destination"], one["routing_key"])
                for one in self._get(f"/api/bindings/{host}")
                if one["destination_type"] == "queue"
            ),
            policies=[
                *(_policy(one, is_operators=False) for one in self._get(f"/api/policies/{host}")),
                *(
                    _policy(one, is_operators=True)
                    for one in self._get(f"/api/operator-policies/{host}")
                ),
            ],
        )

    def queues(self, virtual_host: str) -> dict[str, QueueState]:
        """Return the queues of a virtual host, by name.

        Raises:
            BrokerAway: nobody answers, or not in time.
            BrokerMisconfigured: the user is refused, or there is no such virtual host.
        """
        host = quote(virtual_host, safe="")
        found = self._get(f"/api/queues/{host}")
        if any("messages_ready" not in one for one in found):
            # Where statistics are off or have not come yet, the broker still counts when asked.
            totals = f"/api/queues/{host}?disable_stats=true&enable_queue_totals=true"
            counted = {one["name"]: one for one in self._get(totals)}
            found = [{**counted.get(one["name"], {}), **one} for one in found]
        return {one["name"]: _queue(one) for one in found}

    def _alarms(self) -> list[str]:
        answer = self._ask("/api/health/checks/alarms")
        if answer.status_code != _ALARMED:
            self._checked(answer)
            return []
        told = answer.json().get("alarms", ())
        return [f"{one['resource']} at {one['node']}" for one in told] or ["an alarm"]

    def _feature_flags(self) -> dict[str, bool] | None:
        answer = self._ask("/api/feature-flags")
        if answer.status_code in _UNAUTHORISED and _NEEDS_ADMINISTRATOR in answer.text:
            return None
        flags: list[dict[str, Any]] = self._checked(answer).json()
        return {one["name"]: one["state"] == "enabled" for one in flags}

    def _get(self, path: str) -> Any:  # noqa: ANN401 - JSON of many shapes
        return self._checked(self._ask(path)).json()

    def _ask(self, path: str) -> httpx.Response:
        try:
            return self._client.get(path)
        except httpx.TimeoutException:
            raise BrokerAway(f"{self} did not answer in time.") from None
        except httpx.TransportError as lost:
            raise BrokerAway(f"{self} is away: {lost}. Check FOSTERFRAME_MANAGEMENT_URL.") from None

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code in _UNAUTHORISED:
            raise BrokerMisconfigured(
                f"{self} refuses user {self._user!r}. Check its password in "
                "FOSTERFRAME_MANAGEMENT_PASSWORD_FILE, and that it has the tag monitoring."
            )
        if answer.status_code == _MISSING:
            raise BrokerMisconfigured(
                f"{self} knows nothing of {answer.url.path}. Check the virtual host, and that "
                "FOSTERFRAME_MANAGEMENT_URL leads to a RabbitMQ."
            )
        if answer.is_error:
            raise BrokerAway(f"{self} answered {answer.status_code} for {answer.url.path}.")
        if "json" not in answer.headers.get("content-type", ""):
            raise BrokerMisconfigured(
                f"What answers at {self._address} is no RabbitMQ. Check FOSTERFRAME_MANAGEMENT_URL."
            )
        return answer


def _queue(told: Mapping[str, Any]) -> QueueState:
    return QueueState(
        name=told["name"],
        kind=told.get("type", "classic"),
        arguments=told.get("arguments") or {},
        members=tuple(told.get("members") or ()),
        online=tuple(told.get("online") or ()),
        ready=told.get("messages_ready"),
        unacknowledged=told.get("messages_unacknowledged"),
        consumers=told.get("consumers"),
        moving=told.get("messages_dlx"),
    )


def _policy(told: Mapping[str, Any], *, is_operators: bool) -> Policy:
    return Policy(
        name=told["name"],
        pattern=told["pattern"],
        applies_to=told["apply-to"],
        priority=told.get("priority", 0),
        definition=told["definition"],
        is_operators=is_operators,
    )
