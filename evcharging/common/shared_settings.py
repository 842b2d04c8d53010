"""Settings that several programs have alike: declared once, and named by each group that has them."""

from pydantic import Field, JsonValue

PSP_KEY = "sk_test_evcharging"
"""The key of the simulated provider, where it is reached from this machine alone."""

PSP_SIGNING = "whsec_evcharging"
"""By what it signs there what it tells."""

SECRET: dict[str, JsonValue] = {"secret": True}
"""What is said of a setting that is a secret, or may hold one; `repr` is off for it as well."""

KAFKA = Field("localhost:9092", description="Kafka broker address")
CP_COUNT = Field(None, ge=1, le=20_000, description="Numbered points in this process, instead of the one ID")
CP_PREFIX = Field("CP-", description="What the IDs of numbered points begin with")
HTTP_HOST = Field("127.0.0.1", description="Address on which health and metrics are served over HTTP")
HTTP_PORT = Field(0, description="Port of health and metrics; 0 takes one that is free, which the log names")
LOG_LEVEL = Field("INFO", description="Minimum log level: DEBUG, INFO, WARNING or ERROR")
KAFKA_SECURITY = Field("plain", description="How Kafka is spoken to: plain, or sasl_ssl with SCRAM-SHA-512")
KAFKA_USER = Field(None, description="User at Kafka, with sasl_ssl")
KAFKA_PASSWORD = Field(None, description="Its password", repr=False, json_schema_extra=SECRET)
KAFKA_CA = Field(None, description="File with the certificates that Kafka's is checked by, if not the system's")
CENTRAL_TLS = Field(False, description="Central is reached over TLS")
CENTRAL_CA = Field(None, description="File with the certificates that Central's is checked by, if not the system's")
TLS_CERT = Field(None, description="File with the certificate, and its chain, by which it is served over TLS")
TLS_KEY = Field(None, description="File with the key of that certificate")
INSECURE = Field(False, description="Listen on the network without TLS, since something in front of it encrypts")
CRASH_AT = Field(
    None,
    description="Crash point at which it dies, such as COMMIT or COMMIT:3; for tests alone",
    json_schema_extra={"hidden": True},
)
SITE_LIMIT = Field(
    None, description="What a site carries at most, such as 32A on each of three phases, or 150kW; one site if no other"
)
STRATEGY = Field(
    "equal", description="How a site shares that: equal, fcfs (first come), edf (first to leave), llf or priority"
)
LOG_FORMAT = Field("text", description="How lines are logged: text, or json with an object a line")
