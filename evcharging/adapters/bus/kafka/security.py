"""Kafka by TLS and a password: what clients are told, and what is amiss in our own words. A refused right may be one
that was given just now: it is asked for again, and told of once that has lasted. Knows no topic."""

import time
from collections.abc import Callable
from threading import Lock

from confluent_kafka import KafkaError

LogLine = Callable[[str, str], None]
Settings = dict[str, str | int | float | bool]

REFUSALS = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    }
)
"""What Kafka says to a user who lacks a right."""

AGAIN_AFTER = 1.0
TOLD_AFTER = 5.0
"""Seconds: between two attempts at what was refused, and until that is told: a new right takes a moment to count."""

OVER_AFTER = 8.0
"""Seconds without a refusal after which what was refused is taken to be granted: more than a reader takes that asks
where its group is, is not answered, and asks again."""


def sasl_ssl(user: str, password: str, ca: str | None) -> Settings:
    """What librdkafka is told, so that it signs in over TLS; `ca` is a file with the certificates that it trusts, if
    not those of the system."""
    trusted: Settings = {} if ca is None else {"ssl.ca.location": ca}
    return {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": user,
        "sasl.password": password,
        **trusted,
    }


class Hints:
    """Hears, as a client's `error_cb`, why its connections do not come about: what it asks for then only times out."""

    def __init__(self, settings: Settings) -> None:
        self._address = settings["bootstrap.servers"]
        self._user = user_of(settings)
        self._heard: KafkaError | None = None

    def hear(self, error: KafkaError) -> None:
        """Something is amiss; called in any thread."""
        if error.code() in (KafkaError._AUTHENTICATION, KafkaError._SSL):
            self._heard = error

    def why(self, error: KafkaError) -> str | None:
        """Why something failed, as far as that is a matter of trust; asked once, and then forgotten."""
        heard, self._heard = self._heard, None
        if error.code() in REFUSALS:
            return f"Kafka at {self._address} refuses {self._user} a right that this program needs ({error.str()})"
        if heard is None:
            return None
        if heard.code() == KafkaError._AUTHENTICATION:
            return f"Kafka at {self._address} does not let {self._user} in: no such user, or a wrong password"
        if "hostname mismatch" in heard.str():
            return f"Kafka at {self._address} shows a certificate that is for another name"
        if "verif" in heard.str():
            return f"Kafka at {self._address} shows a certificate that --kafka-ca, or this system, does not trust"
        return f"Kafka at {self._address} and this program do not come to terms over TLS"


def user_of(settings: Settings) -> str:
    """Who a client with these settings is at Kafka."""
    return str(settings.get("sasl.username", "this program"))


class Rights:
    """What Kafka refuses to a program, as its readers and its writer meet it in any thread."""

    def __init__(self, settings: Settings, log: LogLine, now: Callable[[], float] = time.monotonic) -> None:
        self._who = f"Kafka at {settings['bootstrap.servers']} does not let {user_of(settings)}"
        self._say = log
        self._now = now
        self._lock = Lock()
        self._refused: dict[str, tuple[float, float]] = {}
        self._told: set[str] = set()

    def refuse(self, what: str) -> None:
        """This was refused, such as `read central.commands`."""
        with self._lock:
            since, last = self._refused.get(what, (self._now(), self._now()))
            since = self._now() if self._is_over(last) else since
            self._refused[what] = since, self._now()
            if self._now() - since < TOLD_AFTER:
                self._told.discard(what)
                return
            is_new = what not in self._told
            self._told.add(what)
        if is_new:
            self._say("error", f"{self._sentence(what)}, retrying")

    @property
    def trouble(self) -> str | None:
        """What has been refused for some time and still is, in one sentence."""
        with self._lock:
            found = [what for what in sorted(self._told) if not self._is_over(self._refused[what][1])]
        return self._sentence(found[0]) if found else None

    def _is_over(self, last: float) -> bool:
        return self._now() - last > OVER_AFTER

    def _sentence(self, what: str) -> str:
        return f"{self._who} {what}: give it that right"
