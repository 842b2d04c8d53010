"""From where Central can be reached, as its settings say. Knows no socket."""

from evcharging.common.config import CentralSettings
from evcharging.common.hosts import is_for_this_machine
from evcharging.common.setting_values import addresses

KAFKA_PORT = 9092


def is_local(settings: CentralSettings, *, has_own_bus: bool) -> bool:
    """Whether nobody but this machine reaches Central: over HTTP, by monitors' links, and over Kafka, unless its bus is
    its own."""
    kafka = () if has_own_bus else kafka_hosts(settings.kafka_bootstrap)
    return all(map(is_for_this_machine, (settings.http_host, settings.listen_host, *kafka)))


def kafka_hosts(bootstrap: str) -> list[str]:
    """The hosts of brokers, as Kafka's clients read them: `host:port` with commas, and perhaps a protocol before."""
    named = ",".join(each.rpartition("://")[2].strip() for each in bootstrap.split(","))
    try:
        return [each.host for each in addresses(named, KAFKA_PORT)]
    except ValueError:
        return [named]
