"""Who may do what at Kafka: `evcharging kafka-acls`."""

import click

from evcharging.adapters.bus.kafka.rights import Party, RightRefused, give, rights_of, script_of
from evcharging.adapters.bus.kafka.topics import client_settings
from evcharging.adapters.tls import BadTls
from evcharging.apps.shell.kafka import BadKafka, kafka_settings
from evcharging.apps.shell.options import UserError, settings_command
from evcharging.common.config import CentralSettings
from evcharging.common.setting import settings_of

OTHERS = frozenset(setting.field for setting in settings_of(CentralSettings) if not setting.field.startswith("kafka_"))
USERS = [
    click.Option([f"--{party}"], default=str(party), show_default=True, help=f"Kafka's user for {who}")
    for party, who in (
        (Party.CENTRAL, "Central"),
        (Party.POINTS, "engines of charging points"),
        (Party.DRIVERS, "drivers"),
    )
]
OPEN = click.Option(
    ["--open", "is_open"],
    is_flag=True,
    help="Drivers read what is said to them all, as those without keys have to: nobody signs in",
)
APPLY = click.Option(["--apply/--print", "apply"], help="Give the rights at Kafka; else print how that is done")


@settings_command("kafka-acls", CentralSettings, leave_out=OTHERS, extra=(*USERS, OPEN, APPLY))
def main(settings: CentralSettings, central: str, points: str, drivers: str, is_open: bool, apply: bool) -> None:
    """Give Central, points and drivers the rights that they need at Kafka, and no others; or print how.

    \b
    Examples:
      evcharging kafka-acls
      evcharging kafka-acls --apply --kafka-security sasl_ssl --kafka-user admin --kafka-ca ca.pem
    """
    for party, user in ((Party.CENTRAL, central), (Party.POINTS, points), (Party.DRIVERS, drivers)):
        rights = list(rights_of(party, is_open=is_open))
        if not apply:
            click.echo(script_of(user, rights, settings.kafka_bootstrap), nl=False)
            continue
        try:
            give(client_settings(settings.kafka_bootstrap, kafka_settings(settings)), user, rights)
        except (BadKafka, BadTls) as error:
            raise UserError(str(error)) from None
        except RightRefused as error:
            raise UserError(f"Kafka at {settings.kafka_bootstrap} does not do it: {error}") from None
        click.echo(f"{user} has the rights of {party}")


if __name__ == "__main__":
    main()
