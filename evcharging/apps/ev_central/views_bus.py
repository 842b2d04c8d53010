"""The bus as it is shown: topics, what passes, what was set aside, and what messages mean; `views.py` says more of such
structures."""

from typing import Annotated, Literal

from evcharging.apps.ev_central.views import Count, Moment, View
from evcharging.common.utils import shown

TopicName = Annotated[str, shown("cp.status")]
KindName = Annotated[str, shown("SupplyStarted")]
Text = Annotated[str, shown('{"type":"CPStatus","ts":"2026-01-01T12:00:00Z","cp_id":"CP-001","state":"ACTIVATED"}')]
Seal = Literal["none", "holds", "broken", "unchecked"]


class BusTopicView(View, frozen=True, kw_only=True):
    """A topic, or where `frames` a kind of TCP link: `key` is the field that keeps order, `volatile` ones may lose
    messages in a crash. `per_second` is of the last 10 s, and null while nobody looks on; `behind`, how many messages
    the reader of this Central that is the furthest behind has before it, null where it has no reader."""

    name: TopicName
    key: Annotated[str, shown("cp_id")]
    about: Annotated[str, shown("What engines say of themselves and of their supplies")]
    kinds: list[KindName]
    volatile: bool
    frames: bool
    per_second: Annotated[float, shown(2.4)] | None
    behind: Count | None


class BusTopicsView(View, frozen=True, kw_only=True):
    """All topics, each with so many partitions. `shared`: others are on this bus. `watched`: somebody looks on, so that
    rates are known. `unreadable` and `unbelieved` are what this Central has set aside since it began."""

    partitions: Count
    shared: bool
    watched: bool
    unreadable: Count
    unbelieved: Count
    topics: list[BusTopicView]


class FrameView(View, frozen=True, kw_only=True):
    """The frame of a TCP link that carried a message: `sent` by this process, or received, and by which peer's link."""

    sent: bool
    peer: Annotated[str, shown("127.0.0.1:53422")]


class BusMessageView(View, frozen=True, kw_only=True):
    """A message on the bus, or in a `frame` of a TCP link. `text` is its JSON, without addresses of webhooks and
    without challenges, nonces and MACs of links; `cut`: only its beginning is shown, of `size` bytes. `kind` and `ts`
    are null where the message cannot be read; `refusal` is the reason then. `seal` is `holds` or `broken`, and
    `unchecked` where no proof is asked for, or of a frame with a MAC. `offset` is null on a bus that keeps no offsets,
    and together with `partition` for a frame. `number` counts the messages shown."""

    number: Count
    seen_at: Moment
    topic: TopicName
    partition: Count | None
    offset: Count | None
    key: Annotated[str, shown("CP-001")]
    kind: KindName | None
    ts: Moment | None
    text: Text
    size: Count
    cut: bool
    seal: Seal
    refusal: Annotated[str, shown("It cannot be read: Input data was truncated")] | None
    frame: FrameView | None


class SetAsideView(View, frozen=True, kw_only=True):
    """A message that this Central set aside: where it is, why, and how it begins."""

    seen_at: Moment
    topic: TopicName
    partition: Count
    offset: Count
    refusal: Annotated[str, shown("It cannot be read: Input data was truncated")]
    text: Text


class SetAsidesView(View, frozen=True, kw_only=True):
    """The newest ones first, of all that this Central has set aside since it began."""

    all: Count
    items: list[SetAsideView]


class ExplainedFieldView(View, frozen=True, kw_only=True):
    """A field: what it takes, its unit, and the type that it holds, which is explained as well. `default` is what holds
    without it."""

    name: Annotated[str, shown("register_mwh")]
    required: bool
    default: Annotated[str, shown("0")] | None
    what: Annotated[str, shown("whole number, 0 or more")]
    unit: Annotated[str, shown("milliwatt-hours")] | None
    of: Annotated[str, shown("Ticket")] | None


class ExplainedView(View, frozen=True, kw_only=True):
    """A message and where it travels, or a type that messages hold; `values` are all that it can be."""

    name: KindName
    topic: TopicName | None
    said: Annotated[str, shown("The final reading of a session")]
    fields: list[ExplainedFieldView]
    values: list[Annotated[str, shown("COMPLETED")]]


class BusMessagesFrame(View, frozen=True, kw_only=True):
    """What passed, the oldest first, and how many messages were left out since the frame before, since at most 50 are
    shown in a second."""

    type: Literal["messages"]
    ts: Moment
    messages: list[BusMessageView]
    left_out: Count


class BusTopicsFrame(View, frozen=True, kw_only=True):
    """How the topics stand, once a second."""

    type: Literal["topics"]
    ts: Moment
    bus: BusTopicsView


class WatchFrame(View, frozen=True, kw_only=True):
    """What somebody wants to see from now on: of these topics, or of all where it is null; messages with this text in
    their key or JSON, in whatever case; none while `paused`."""

    type: Literal["watch"]
    topics: list[TopicName] | None = None
    text: Annotated[str, shown("CP-001")] = ""
    paused: bool = False


BUS: tuple[type[View], ...] = (
    BusTopicsView,
    SetAsidesView,
    ExplainedView,
    BusMessagesFrame,
    BusTopicsFrame,
    WatchFrame,
)
"""All of them."""
