"""Every setting, declared once: its flag, its environment variable, its line in .env.example, its help.
A flag beats the environment, the environment beats `.env`, `.env` beats the default. Knows no command line."""

from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import SettingsConfigDict

from evcharging.common.hosts import names_of
from evcharging.common.messages import MOST_MINUTES
from evcharging.common.psp_settings import PspSettings
from evcharging.common.setting import flag_of, settings_of
from evcharging.common.setting_values import (
    AuthChoice,
    HostNames,
    Hosts,
    KafkaSecurity,
    Line,
    LogFormat,
    LogLevel,
    Meters,
    Method,
    Name,
    Networks,
    Passage,
    Payments,
    Port,
    Prefix,
    Price,
    RootPath,
    Seconds,
    SiteLimit,
    StrategyName,
)
from evcharging.common.settings import Settings
from evcharging.common.shared_settings import (
    CENTRAL_CA,
    CENTRAL_TLS,
    CP_COUNT,
    CP_PREFIX,
    CRASH_AT,
    HTTP_HOST,
    HTTP_PORT,
    INSECURE,
    KAFKA,
    KAFKA_CA,
    KAFKA_PASSWORD,
    KAFKA_SECURITY,
    KAFKA_USER,
    LOG_FORMAT,
    LOG_LEVEL,
    PSP_KEY,
    PSP_SIGNING,
    SECRET,
    SITE_LIMIT,
    STRATEGY,
    TLS_CERT,
    TLS_KEY,
)

MAX_POINTS = 100_000
"""Charging points that may be known at once, where nobody says otherwise."""


class BadSettings(ValueError):
    """A setting does not fit; the text says which one, what is wrong and where it came from."""


class CentralSettings(Settings):
    """EV Central: controller, ledger and dashboard."""

    model_config = SettingsConfigDict(env_prefix="CENTRAL_")

    kafka_bootstrap: str = KAFKA
    kafka_security: KafkaSecurity = KAFKA_SECURITY
    kafka_user: str | None = KAFKA_USER
    kafka_password: str | None = KAFKA_PASSWORD
    kafka_ca: str | None = KAFKA_CA
    http_host: str = Field("127.0.0.1", description="Address on which the dashboard and the HTTP API listen")
    http_port: Port = Field(8000, description="Dashboard HTTP port")
    http_names: HostNames | None = Field(
        None, description="Names that the HTTP port answers to, with commas, beside IP addresses and localhost"
    )
    listen_host: str = Field("127.0.0.1", description="Address on which monitors' framed TCP links are accepted")
    listen_port: Port = Field(9999, description="Framed TCP port for monitors")
    db_url: str = Field(
        "sqlite:///data/central.db",
        description="Database: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
        repr=False,
        json_schema_extra=SECRET,
    )
    auth: AuthChoice = Field(
        "auto",
        description="Whether people sign in: on, off, or auto, which is on once Central is reached from elsewhere",
    )
    insecure: bool = INSECURE
    tls_cert: str | None = TLS_CERT
    tls_key: str | None = TLS_KEY
    proxies: Networks | None = Field(None, description="Addresses of proxies that are believed who asks, with commas")
    root_path: RootPath = Field("", description="Path below which a proxy shows Central, such as /charging")
    keys: str | None = Field(None, description="File with Central's secret keys, if not keys.json beside the ledger")
    max_points: int = Field(MAX_POINTS, ge=1, le=10_000_000, description="Charging points that may be known at once")
    partitions: int = Field(8, ge=1, le=1024, description="Shards that charging points are divided into")
    meter_values_days: int = Field(400, ge=1, le=100_000, description="Days that meter values are kept; sessions stay")
    minutes_days: int = Field(14, ge=1, le=100_000, description="Days for which energy by the minute is kept")
    meters: Meters | None = Field(
        None, description="Meters of buildings, read over HTTP, as SITE-1/main=http://10.0.0.7/meter, with commas"
    )
    payments: Payments | None = Field(
        None, description="Sessions are paid: simulated, or the address of a provider, such as http://localhost:8010"
    )
    payments_key: str = Field(
        PSP_KEY, min_length=1, description="Key that the provider wants", repr=False, json_schema_extra=SECRET
    )
    payments_webhook_secret: str = Field(
        PSP_SIGNING,
        min_length=1,
        description="Secret by which the provider signs what it tells",
        repr=False,
        json_schema_extra=SECRET,
    )
    payments_file: str = Field("data/payments.db", description="File in which the simulated provider keeps payments")
    payment_method: Method = Field("pm_card_visa", description="Card of drivers who name none, as its provider says")
    hold_limit: float = Field(50.0, ge=1, le=100_000, description="What is held at once for a session at most (€)")
    webhooks_private: bool = Field(False, description="Webhooks may go to addresses that are not public")
    crash_at: Passage | None = CRASH_AT
    log_level: LogLevel = LOG_LEVEL
    log_format: LogFormat = LOG_FORMAT


def known_names(settings: CentralSettings) -> frozenset[str]:
    """What Central's HTTP port may be called beside IP addresses and localhost: the name on which it listens is one."""
    return names_of(settings.http_names or "") | {settings.http_host.lower()}


class EngineSettings(Settings):
    """Charging point engine: power and metering."""

    model_config = SettingsConfigDict(env_prefix="CP_ENGINE_")

    kafka_bootstrap: str = KAFKA
    kafka_security: KafkaSecurity = KAFKA_SECURITY
    kafka_user: str | None = KAFKA_USER
    kafka_password: str | None = KAFKA_PASSWORD
    kafka_ca: str | None = KAFKA_CA
    cp_id: Name = Field("CP-001", description="Charging point ID")
    cp_count: int | None = CP_COUNT
    cp_prefix: Prefix = CP_PREFIX
    key: str | None = Field(None, description="File with the point's key, if not data/ID.key, where that is")
    health_host: str = Field("127.0.0.1", description="Address on which the monitor's health link is accepted")
    health_port: Port = Field(8001, description="Framed TCP port for the monitor's health link")
    kw_rate: float = Field(22.0, gt=0, le=1000, description="Power delivery rate (kW)")
    euro_rate: Price = Field(0.30, description="Cost per kWh (€)")
    telemetry_interval: Seconds = Field(1.0, description="Time between readings (s)")
    supply_ticks: int = Field(10, ge=1, le=86_400, description="Readings after which an automatic supply ends")
    manual: bool = Field(False, description="Supplies start on plugging in and end on unplugging")
    vehicles: bool = Field(
        False, description="Supplies draw what a vehicle takes, end when it is done, and `supply_ticks` does not count"
    )
    journal: str | None = Field(
        None, description="File that keeps the meter's truth over a crash, if not the one named for the point in data/"
    )
    crash_at: Passage | None = CRASH_AT
    tls_cert: str | None = TLS_CERT
    tls_key: str | None = TLS_KEY
    insecure: bool = INSECURE
    http_host: str = HTTP_HOST
    http_port: Port = HTTP_PORT
    log_level: LogLevel = LOG_LEVEL
    log_format: LogFormat = LOG_FORMAT


class MonitorSettings(Settings):
    """Charging point monitor: health watch and registration."""

    model_config = SettingsConfigDict(env_prefix="CP_MONITOR_")

    cp_id: Name = Field("CP-001", description="Charging point ID")
    cp_count: int | None = CP_COUNT
    cp_prefix: Prefix = CP_PREFIX
    cp_e_host: str = Field("localhost", description="Engine's address")
    cp_e_port: Port = Field(8001, description="Engine's health port")
    central_host: Hosts = Field("localhost", description="Central's address; or several, with commas, tried in turn")
    central_port: Port = Field(8000, description="Central's HTTP port, where the point registers")
    central_tcp_port: Port | None = Field(
        None, description="The framed TCP port of every Central, if not as registration says"
    )
    central_tls: bool = CENTRAL_TLS
    central_ca: str | None = CENTRAL_CA
    key: str | None = Field(None, description="File with the point's key, if not data/ID.key, where that is")
    enrol: str | None = Field(
        None, description="Token that gives the point its key, once", repr=False, json_schema_extra=SECRET
    )
    health_interval: Seconds = Field(1.0, description="Time between health checks (s)")
    location: Line | None = Field(None, description="Where the point is, for the panel")
    station_id: Name | None = Field(None, description="Station that the point belongs to, if not as its ID says")
    site_id: Name | None = Field(None, description="Site that the point belongs to")
    euros_per_kwh: Price | None = Field(None, description="Price (€/kWh), if not the engine's")
    tls_cert: str | None = TLS_CERT
    tls_key: str | None = TLS_KEY
    insecure: bool = INSECURE
    http_host: str = HTTP_HOST
    http_port: Port = HTTP_PORT
    log_level: LogLevel = LOG_LEVEL
    log_format: LogFormat = LOG_FORMAT


class DriverSettings(Settings):
    """Driver: asks for one charge after another."""

    model_config = SettingsConfigDict(env_prefix="DRIVER_")

    kafka_bootstrap: str = KAFKA
    kafka_security: KafkaSecurity = KAFKA_SECURITY
    kafka_user: str | None = KAFKA_USER
    kafka_password: str | None = KAFKA_PASSWORD
    kafka_ca: str | None = KAFKA_CA
    driver_id: Name = Field("driver-alice", description="Driver ID")
    driver_count: int | None = Field(
        None, ge=1, le=20_000, description="Numbered drivers in this process, instead of the one ID"
    )
    driver_prefix: Prefix = Field("driver-", description="What the IDs of numbered drivers begin with")
    requests_file: str = Field("requests.txt", description="File with a charging point ID a line")
    request_interval: Seconds = Field(4.0, description="Time between requests (s)")
    kwh: float | None = Field(None, ge=0.000001, le=1000, description="Energy that each request is for (kWh), at most")
    minutes: int | None = Field(None, ge=1, le=MOST_MINUTES, description="Time that each request is for (min), at most")
    payment_method: Method | None = Field(
        None, description="Card that pays, as its provider calls it, such as pm_card_visa; if not Central's"
    )
    journal: str | None = Field(
        None, description="File that keeps the open request over a crash, if not the one named for the driver in data/"
    )
    crash_at: Passage | None = CRASH_AT
    central_host: Hosts = Field(
        "localhost", description="Central's address, or several, for free points and for drivers with keys"
    )
    central_port: Port = Field(8000, description="Central's HTTP port, for free points and for drivers with keys")
    central_tls: bool = CENTRAL_TLS
    central_ca: str | None = CENTRAL_CA
    key: str | None = Field(None, description="File with the driver's key, if not data/ID.key, where that is")
    tls_cert: str | None = TLS_CERT
    tls_key: str | None = TLS_KEY
    insecure: bool = INSECURE
    http_host: str = HTTP_HOST
    http_port: Port = HTTP_PORT
    log_level: LogLevel = LOG_LEVEL
    log_format: LogFormat = LOG_FORMAT


class NetworkSettings(Settings):
    """The whole network in one process, as `evcharging run` starts it."""

    model_config = SettingsConfigDict(env_prefix="NETWORK_")

    points: int = Field(10, ge=1, le=20_000, description="Charging points, each an engine and a monitor")
    drivers: int = Field(5, ge=0, le=20_000, description="Drivers")
    sites: int = Field(0, ge=0, le=20_000, description="Sites that the points are divided among; 0 for none")
    site_limit: SiteLimit | None = SITE_LIMIT
    strategy: StrategyName = STRATEGY
    building: SiteLimit | None = Field(
        None,
        description="What a simulated building takes of that at most, such as 16A; it changes all the time",
    )
    speed: float = Field(1.0, gt=0, le=100, description="Seconds of the network in each real one")
    once: bool = Field(False, description="Each driver goes through its requests once, and then all ends")
    seed: int = Field(1, ge=0, description="Chance by which drivers choose among free points")


class SimulationSettings(Settings):
    """The network on virtual time, as `evcharging simulate` runs it."""

    model_config = SettingsConfigDict(env_prefix="SIMULATION_")

    points: int = Field(10, ge=1, le=100_000, description="Charging points, each an engine and a monitor")
    drivers: int = Field(30, ge=0, le=1_000_000, description="Drivers, who charge at random points")
    sites: int = Field(
        0,
        ge=0,
        le=100_000,
        description="Sites that the points are divided among, where drivers ask for any point; 0 for none",
        json_schema_extra={"alone": True},
    )
    site_limit: SiteLimit | None = SITE_LIMIT
    strategy: StrategyName = STRATEGY
    hours: float = Field(24.0, gt=0, le=87_600, description="How long (h)")
    seed: int = Field(1, ge=0, description="The same seed gives the same result")
    telemetry_interval: Seconds | None = Field(
        None, description="Time between readings (s), with all signs of life; without it there are none, and it is fast"
    )
    pause_hours: float = Field(4.0, gt=0, le=10_000, description="A driver's mean pause between charges (h)")
    kw_rate: float = Field(22.0, gt=0, le=1000, description="Power delivery rate (kW)")
    euro_rate: Price = Field(0.30, description="Cost per kWh (€)")
    vehicles: bool = Field(False, description="Supplies draw what a vehicle takes, and it stays until its driver comes")
    faults_per_day: float = Field(0.0, ge=0, le=1000, description="Faults of each point a day, on average")


class ProofSettings(Settings):
    """The network on virtual time with faults, and what must hold, as `evcharging prove` runs it."""

    model_config = SettingsConfigDict(env_prefix="PROOF_")

    seeds: int = Field(200, ge=1, le=10_000_000, description="How many seeds are run")
    first: int = Field(0, ge=0, description="The first seed")
    jobs: int = Field(2, ge=1, le=1024, description="Processors that work at it")


GROUPS: tuple[type[Settings], ...] = (
    CentralSettings,
    EngineSettings,
    MonitorSettings,
    DriverSettings,
    NetworkSettings,
    SimulationSettings,
    ProofSettings,
    PspSettings,
)


ONE_OR_MANY = (("cp_id", "cp_count"), ("driver_id", "driver_count"))


def read(group: type[Settings], flags: dict[str, Any]) -> Any:
    """The settings of a group, with the flags that were given; raises BadSettings in one sentence. A flag for one ID
    beats a count from elsewhere."""
    for one, many in ONE_OR_MANY:
        if one in flags and many in flags:
            raise BadSettings(f"{flag_of(one)} is for one, {flag_of(many)} for many: give only one of these two flags")
        if one in flags and many in group.model_fields:
            flags = {**flags, many: None}
    try:
        return group(**flags)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        where = next((s for s in settings_of(group) if s.field == name), None)
        said = f"{where.flag} ({where.variable})" if where else name
        complaint = first["msg"].removeprefix("Value error, ")
        shown = "a secret" if where and where.is_secret else repr(first.get("input"))
        raise BadSettings(f"{said} is {shown}: {complaint}") from None
