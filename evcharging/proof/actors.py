"""Who gives the orders of a world. Knows no invariant."""

from itertools import cycle

from evcharging.common.messages import Message
from evcharging.common.messages_alerts import WebhookOrder
from evcharging.common.messages_catalogue import TariffOrder
from evcharging.common.messages_operators import Actor, ActorKind, OperatorOrder
from evcharging.common.messages_site import SiteOrder
from evcharging.common.utils import changed

ACTORS = (
    Actor(kind=ActorKind.PERSON, id="account-1", via="console", role="operator"),
    Actor(kind=ActorKind.PERSON, id="account-2", via="api", role="admin"),
    Actor(kind=ActorKind.MACHINE, id="key-1", via="api"),
)


class Actors:
    """They take turns."""

    def __init__(self) -> None:
        self._turns = cycle(ACTORS)

    def sign(self, message: Message) -> Message:
        """An order of nobody as the next of them gives it; any other message as it is."""
        if isinstance(message, OperatorOrder | TariffOrder | WebhookOrder | SiteOrder) and message.actor is None:
            return changed(message, actor=next(self._turns))
        return message
