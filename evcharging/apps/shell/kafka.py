"""How a program speaks with Kafka, by its settings. Knows no client."""

from typing import Protocol

from evcharging.adapters.bus.kafka.security import Settings, sasl_ssl
from evcharging.adapters.tls import client_context


class BadKafka(ValueError):
    """The settings by which Kafka is spoken with do not fit; the text says which, in one sentence."""


class SpeakingKafka(Protocol):
    """The settings of a program that speaks with Kafka."""

    @property
    def kafka_security(self) -> str: ...

    @property
    def kafka_user(self) -> str | None: ...

    @property
    def kafka_password(self) -> str | None: ...

    @property
    def kafka_ca(self) -> str | None: ...


def kafka_settings(settings: SpeakingKafka) -> Settings:
    """What Kafka's clients are told beside the address. Raises BadKafka, and BadTls for a file with certificates that
    is of no use."""
    user, password, ca = settings.kafka_user, settings.kafka_password, settings.kafka_ca
    if settings.kafka_security == "plain":
        if user is not None or password is not None or ca is not None:
            raise BadKafka("Kafka is told no user, password or authority while --kafka-security is plain: say sasl_ssl")
        return {}
    if not user or not password:
        raise BadKafka("Kafka is spoken with by sasl_ssl, which needs both --kafka-user and --kafka-password")
    if ca is not None:
        client_context(ca)
    return sasl_ssl(user, password, ca)
