"""A broker that tells its users apart: TLS by an authority of its own, SCRAM-SHA-512, and no right that nobody gave."""

from collections.abc import Mapping
from pathlib import Path

from tools.broker.broker import TEMPLATE, Broker
from tools.certificates import Pair, authority, certificate

ADMIN = "admin"
"""Who gives rights to the others, and whom the broker itself speaks as."""

PLAIN = ("PLAINTEXT://{host}:{port}", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT")
SASL = ("SASL_SSL://{host}:{port}", "CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL")
SECURITY = """
security.inter.broker.protocol=SASL_SSL
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required username="{admin}" password="{password}";
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{admin};User:ANONYMOUS
allow.everyone.if.no.acl.found=false
"""
"""The controller's listener is plain, on this machine alone, and its user is ANONYMOUS."""


class SecuredBroker(Broker):
    """A broker with these users and their passwords, ADMIN among them. `ca` is what its clients trust."""

    def __init__(self, folder: Path, port: int, controller_port: int, users: Mapping[str, str]) -> None:
        signed_by = authority(folder / "tls")
        self.ca = signed_by.cert
        template = TEMPLATE
        for plain, sasl in zip(PLAIN, SASL, strict=True):
            template = template.replace(plain, sasl)
        keystore = _keystore(certificate(signed_by, "broker"))
        security = SECURITY.format(admin=ADMIN, password=users[ADMIN], keystore=keystore, ca=self.ca)
        scram = [f"SCRAM-SHA-512=[name={name},password={password}]" for name, password in users.items()]
        super().__init__(folder, port, controller_port, template=template + security, scram=scram)


def _keystore(pair: Pair) -> Path:
    """Key and certificate in one file, as Kafka wants them."""
    both = pair.cert.with_name("keystore.pem")
    both.write_text(pair.key.read_text() + pair.cert.read_text())
    return both
