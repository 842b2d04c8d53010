"""A Kafka for tests: the mock cluster inside librdkafka, which speaks the real protocol, starts in milliseconds and
forgets everything. Knows nothing of disks, so that it proves nothing about a broker's crash."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ctypes import CDLL, POINTER, byref, c_char_p, c_int, c_int16, c_size_t, c_void_p, create_string_buffer
from ctypes.util import find_library
from functools import cache
from pathlib import Path
from socket import create_connection
from threading import Event, Thread

import confluent_kafka

PRODUCER = 0
PRODUCE = 0
BROKER = 1


@cache
def _librdkafka() -> CDLL:
    """The library that confluent-kafka itself uses, wherever its wheel keeps it."""
    package = Path(confluent_kafka.__file__).parent
    bundled = [
        *package.parent.glob("confluent_kafka.libs/librdkafka*"),
        *package.glob(".dylibs/librdkafka*"),
    ]
    library = CDLL(str(bundled[0]) if bundled else find_library("rdkafka"))
    for name, result, arguments in (
        ("rd_kafka_conf_new", c_void_p, []),
        ("rd_kafka_conf_set", c_int, [c_void_p, c_char_p, c_char_p, c_char_p, c_size_t]),
        ("rd_kafka_new", c_void_p, [c_int, c_void_p, c_char_p, c_size_t]),
        ("rd_kafka_destroy", None, [c_void_p]),
        ("rd_kafka_mock_cluster_new", c_void_p, [c_void_p, c_int]),
        ("rd_kafka_mock_cluster_destroy", None, [c_void_p]),
        ("rd_kafka_mock_cluster_bootstraps", c_char_p, [c_void_p]),
        ("rd_kafka_mock_set_controller_id", c_int, [c_void_p, c_int]),
        ("rd_kafka_mock_group_initial_rebalance_delay_ms", None, [c_void_p, c_int]),
        ("rd_kafka_mock_topic_create", c_int, [c_void_p, c_char_p, c_int, c_int]),
        ("rd_kafka_mock_broker_set_down", c_int, [c_void_p, c_int]),
        ("rd_kafka_mock_broker_set_up", c_int, [c_void_p, c_int]),
        ("rd_kafka_mock_push_request_errors_array", None, [c_void_p, c_int16, c_size_t, POINTER(c_int)]),
        ("rd_kafka_mock_broker_set_rtt", c_int, [c_void_p, c_int, c_int]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class MockKafka:
    """One broker at `bootstrap`. Topics can only be made here, not over its protocol."""

    def __init__(self, client: int, cluster: int) -> None:
        self.bootstrap: str = _librdkafka().rd_kafka_mock_cluster_bootstraps(cluster).decode()
        self._client = client
        self._cluster = cluster

    def make_topics(self, names: Iterable[str], partitions: int) -> None:
        """Make topics, without replicas."""
        for name in names:
            self._order("topic_create", name.encode(), partitions, 1)

    def go_down(self) -> None:
        """Close all connections, and refuse new ones."""
        self._order("broker_set_down", BROKER)

    def come_up(self) -> None:
        """Accept connections again; nothing was lost."""
        self._order("broker_set_up", BROKER)

    def refuse_next_record(self, code: int) -> None:
        """Answer what is produced next with an error of Kafka's protocol."""
        _librdkafka().rd_kafka_mock_push_request_errors_array(self._cluster, PRODUCE, 1, byref(c_int(code)))

    def _order(self, name: str, *arguments: bytes | int) -> None:
        done = Event()
        prodder = Thread(target=self._prod, args=(done,))
        prodder.start()
        error = getattr(_librdkafka(), f"rd_kafka_mock_{name}")(self._cluster, *arguments)
        done.set()
        prodder.join()
        assert error == 0, name

    def _prod(self, done: Event) -> None:
        # The cluster's thread sometimes overlooks an order for a second; a connection or another order wakes it.
        host, port = self.bootstrap.split(":")
        while not done.wait(0.005):
            try:
                create_connection((host, int(port))).close()
            except OSError:
                _librdkafka().rd_kafka_mock_broker_set_rtt(self._cluster, BROKER, 0)

    def close(self) -> None:
        """End it."""
        _librdkafka().rd_kafka_mock_cluster_destroy(self._cluster)
        _librdkafka().rd_kafka_destroy(self._client)


@contextmanager
def mock_kafka() -> Iterator[MockKafka]:
    """A cluster of one broker without topics, until the block is left."""
    library = _librdkafka()
    reason = create_string_buffer(512)
    settings = library.rd_kafka_conf_new()
    library.rd_kafka_conf_set(settings, b"log_level", b"0", reason, len(reason))
    client = library.rd_kafka_new(PRODUCER, settings, reason, len(reason))
    assert client, reason.value
    cluster = library.rd_kafka_mock_cluster_new(client, 1)
    library.rd_kafka_mock_set_controller_id(cluster, BROKER)
    library.rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 0)
    kafka = MockKafka(client, cluster)
    try:
        yield kafka
    finally:
        kafka.close()
