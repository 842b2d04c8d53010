"""How messages are read and described: one decoder and one JSON Schema for all that travel together."""

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from evcharging.common import (
    messages,
    messages_alerts,
    messages_catalogue,
    messages_grants,
    messages_link,
    messages_operators,
    messages_payments,
    messages_queue,
    messages_reservations,
    messages_site,
    messages_view,
)
from evcharging.common.messages import Message, Order, UnreadableRequest
from evcharging.common.messages_alerts import WebhookOrder
from evcharging.common.messages_catalogue import TariffOrder
from evcharging.common.messages_operators import OperatorOrder
from evcharging.common.messages_queue import UnreadableAtSite
from evcharging.common.messages_site import SiteOrder
from evcharging.common.utils import json_decoder, json_schema, refuse_doubled_keys


class Schema:
    """Reads and describes a group of messages that travel together; an `exact` one refuses keys that come twice."""

    def __init__(self, *kinds: type[Message], exact: bool = False) -> None:
        union: Any = kinds[0]
        for kind in kinds[1:]:
            union = union | kind
        self.kinds = kinds
        self._read = json_decoder(union)
        self.decode: Callable[[bytes], Any] = self._read_exactly if exact else self._read
        self._union = union

    def _read_exactly(self, text: bytes) -> Any:
        message = self._read(text)
        refuse_doubled_keys(text)
        return message

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of the whole group; a message that travels alone need not name its type."""
        schema = json_schema(self._union)
        if len(self.kinds) == 1:
            schema["$defs"][self.kinds[0].__name__]["required"].remove("type")
        return schema


MODULES = (
    messages,
    messages_operators,
    messages_view,
    messages_site,
    messages_queue,
    messages_reservations,
    messages_catalogue,
    messages_alerts,
    messages_grants,
    messages_link,
    messages_payments,
)
"""Where messages are declared."""

_ABSTRACT = (Message, Order, OperatorOrder, TariffOrder, SiteOrder, WebhookOrder, UnreadableRequest, UnreadableAtSite)


def _declared_in(module: ModuleType) -> Iterator[type[Message]]:
    for kind in vars(module).values():
        is_own = isinstance(kind, type) and kind.__module__ == module.__name__
        if is_own and issubclass(kind, Message) and kind not in _ABSTRACT:
            yield kind


MESSAGES = tuple(kind for module in MODULES for kind in _declared_in(module))
"""Every message that travels."""
