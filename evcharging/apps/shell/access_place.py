"""Where a Central's secrets are, where people find it, and who reaches it, as its settings say. Knows no program."""

from ipaddress import ip_address
from pathlib import Path
from typing import Final

from evcharging.adapters.store.files import DATA
from evcharging.adapters.store.sql.engine import file_of
from evcharging.common.config import CentralSettings
from evcharging.common.hosts import LOCALHOST, is_for_this_machine, names_of
from evcharging.common.setting_values import addresses

KEYS: Final = "keys.json"


def keys_file(settings: CentralSettings) -> Path:
    """The file with Central's secret keys: beside the ledger, or in `data` where that is on a server. Raises
    BadStoreUrl."""
    if settings.keys is not None:
        return Path(settings.keys)
    ledger = file_of(settings.db_url)
    return (ledger.parent if ledger is not None else DATA) / KEYS


def is_local(settings: CentralSettings, *, on_kafka: bool = True) -> bool:
    """Whether HTTP, links and Kafka are all reached from this machine alone, and no proxy on it lets others in; a
    network in one process is not on Kafka."""
    kafka = _kafka_hosts(settings.kafka_bootstrap) if on_kafka else ()
    hosts = settings.http_host, settings.listen_host, *kafka
    return not settings.proxies and all(map(is_for_this_machine, hosts))


def _kafka_hosts(bootstrap: str) -> list[str]:
    """The hosts of brokers, as Kafka's clients read them: with commas, and perhaps a protocol before each."""
    named = ",".join(each.rpartition("://")[2].strip() for each in bootstrap.split(","))
    try:
        return [each.host for each in addresses(named, 9092)]
    except ValueError:
        return [named]


def setup_address(settings: CentralSettings, token: str, port: int | None = None) -> str:
    """Where a link leads; what is behind the # never leaves the browser. `port` is where Central serves HTTP, if not as
    the settings say."""
    host = LOCALHOST if is_for_this_machine(settings.http_host) else settings.http_host
    if _is_everywhere(host):
        host = min(names_of(settings.http_names or ""), default=LOCALHOST)
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if settings.tls_cert else "http"
    return f"{scheme}://{shown}:{port or settings.http_port}{settings.root_path}/setup#{token}"


def _is_everywhere(host: str) -> bool:
    """Whether an address stands for all that this machine has."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
