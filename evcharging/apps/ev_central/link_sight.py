"""Frames of TCP links as they are shown beside the messages of the bus: what each carries, without its secrets. Knows
not who looks on."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from evcharging.adapters.link import OnPayload
from evcharging.apps.ev_central.bus_sight import SHOWN, UNREADABLE
from evcharging.apps.ev_central.views_bus import BusMessageView, FrameView
from evcharging.common.messages import HealthReport, Message
from evcharging.common.messages_link import EngineHealth, HealthQuery, LinkRefused
from evcharging.common.utils import BadJson, Frozen, json_decoder, utc
from evcharging.protocols.bundle import unbundled
from evcharging.protocols.proof import PROOFS, SealedMessage

_SECRET: Final = re.compile(r'("(?:challenge|nonce|mac)"\s*:\s*")(?:[^"\\]|\\.)*')
"""What a link is proven by."""

_open_envelope: Final = json_decoder(SealedMessage)


class LinkKind:
    """A kind of link, with all that is said over it, both ways."""

    def __init__(self, name: str, about: str, *kinds: type[Frozen]) -> None:
        self.name = name
        self.about = about
        self.kinds = kinds
        union: Any = kinds[0]
        for kind in kinds[1:]:
            union = union | kind
        self.decode: Callable[[bytes], Frozen] = json_decoder(union)


CENTRAL_LINK: Final = LinkKind(
    "link.central",
    "What monitors and this Central say to each other, on framed TCP",
    HealthReport,
    LinkRefused,
    *PROOFS,
)
ENGINE_LINK: Final = LinkKind(
    "link.engines",
    "What monitors ask the engines of this process, and what these answer, on framed TCP",
    HealthQuery,
    EngineHealth,
)
LINKS: Final = (CENTRAL_LINK, ENGINE_LINK)
"""All kinds, in the order in which they are shown."""


class SeenLinks(Protocol):
    """Links that somebody may look on at."""

    on_payload: OnPayload | None


@dataclass(frozen=True, slots=True)
class Payload:
    """One JSON text of a frame: what one side said, out of its envelope."""

    kind: LinkKind
    peer: str
    is_sent: bool
    body: bytes
    has_mac: bool = False

    def text(self) -> str:
        """The JSON, as it may be shown."""
        return _SECRET.sub(r"\1…", self.body[:SHOWN].decode(errors="replace"))


def payloads_of(kind: LinkKind, peer: str, frame: bytes, is_sent: bool) -> Iterator[Payload]:
    """What a frame carries, which may be several messages."""
    try:
        inside = bytes(_open_envelope(frame).say)
    except BadJson:
        yield from (Payload(kind, peer, is_sent, body) for body in _unbundled(frame))
    else:
        yield Payload(kind, peer, is_sent, inside, has_mac=True)


def _unbundled(frame: bytes) -> list[bytes]:
    try:
        return unbundled(frame)
    except BadJson:
        return [frame]


def frame_view(payload: Payload, number: int, seen_at: datetime) -> BusMessageView:
    """A payload as it is shown. Its link judges the MAC and refuses it by a frame of its own."""
    said, why = _read(payload)
    return BusMessageView(
        number=number,
        seen_at=utc(seen_at),
        topic=payload.kind.name,
        partition=None,
        offset=None,
        key=getattr(said, "cp_id", payload.peer),
        kind=None if said is None else type(said).__name__,
        ts=utc(said.ts) if isinstance(said, Message) else None,
        text=payload.text(),
        size=len(payload.body),
        cut=len(payload.body) > SHOWN,
        seal="unchecked" if payload.has_mac else "none",
        refusal=why,
        frame=FrameView(sent=payload.is_sent, peer=payload.peer),
    )


def _read(payload: Payload) -> tuple[Frozen | None, str | None]:
    try:
        return payload.kind.decode(payload.body), None
    except BadJson as error:
        return None, UNREADABLE.format(error)
