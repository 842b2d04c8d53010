"""Asks Kafka again and again whether it answers, in a thread of its own. Knows no topic's content.
`docs/decisions/0004-kafka-bus.md` says why it asks as it does."""

from collections.abc import Callable
from threading import Event, Thread

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from evcharging.adapters.bus.kafka.security import Settings
from evcharging.common.kafka import CENTRAL_COMMANDS

EVERY = 0.3
PATIENCE = (1.0, 0.5)
"""Seconds from one answer to the next question, and for the answer: of the first question, and of the one that is asked
when that was not answered. Together they are below 2 s."""

PROBE: Settings = {
    "client.id": "evcharging-probe",
    "socket.timeout.ms": 1000,
    "socket.connection.setup.timeout.ms": 1000,
    "api.version.request.timeout.ms": 1000,
    "reconnect.backoff.ms": 50,
    "reconnect.backoff.max.ms": 250,
}
"""A question that is not answered ends its connection, so that the next one is asked on a new one."""


class Probe:
    """Calls `tell`, in its thread, with False when Kafka does not answer any more and with True when it does again."""

    def __init__(self, settings: Settings, tell: Callable[[bool], None]) -> None:
        self._settings = {**settings, **PROBE}
        self._tell = tell
        self._closed = Event()
        self._thread = Thread(target=self._run, name="kafka probe", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ask no more; a question that is on its way is not waited for."""
        self._closed.set()

    def _run(self) -> None:
        admin, answers = AdminClient(self._settings), True
        while not self._closed.wait(EVERY):
            # A process that stood still finds its first question expired, though Kafka is well: hence another one.
            answers, before = any(self._is_answered(admin, seconds) for seconds in PATIENCE), answers
            if answers is not before and not self._closed.is_set():
                self._tell(answers)

    def _is_answered(self, admin: AdminClient, seconds: float) -> bool:
        try:
            admin.list_topics(CENTRAL_COMMANDS.name, timeout=seconds)
        except KafkaException:
            return False
        return True
