"""The settings of the simulated provider of payments. Knows no command line."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from evcharging.common.setting_values import LogFormat, LogLevel, Port
from evcharging.common.settings import Settings
from evcharging.common.shared_settings import (
    INSECURE,
    LOG_FORMAT,
    LOG_LEVEL,
    PSP_KEY,
    PSP_SIGNING,
    SECRET,
    TLS_CERT,
    TLS_KEY,
)


class PspSettings(Settings):
    """A simulated provider of payments over HTTP."""

    model_config = SettingsConfigDict(env_prefix="PSP_")

    http_host: str = Field("127.0.0.1", description="Address on which the provider listens")
    http_port: Port = Field(8010, description="Its HTTP port")
    file: str = Field("data/psp.db", description="File in which payments are kept")
    key: str = Field(PSP_KEY, min_length=1, description="Key that clients show", repr=False, json_schema_extra=SECRET)
    webhook_url: str | None = Field(None, description="Address that is told of what happens to payments")
    webhook_secret: str = Field(
        PSP_SIGNING,
        min_length=1,
        description="Secret by which that is signed",
        repr=False,
        json_schema_extra=SECRET,
    )
    faults: float = Field(
        0.0, ge=0, le=0.9, description="Share of answers that do not come, and of events that are late"
    )
    seed: int = Field(1, ge=0, description="Chance by which they fail: the same seed gives the same faults")
    delay: float = Field(0.0, ge=0, le=600, description="Time that each answer takes (s)")
    tls_cert: str | None = TLS_CERT
    tls_key: str | None = TLS_KEY
    insecure: bool = INSECURE
    log_level: LogLevel = LOG_LEVEL
    log_format: LogFormat = LOG_FORMAT
