"""What the WebSocket says and is told; `views.py` says more of such structures."""

from typing import Annotated, Literal

from evcharging.apps.ev_central.views import Count, CpId, Kilowatts, Moment, PointCounts, PointView, ReadingView, View
from evcharging.apps.ev_central.views_ledger import NoticeView
from evcharging.common.states import CPState
from evcharging.common.utils import shown
from evcharging.roles.live_totals import LiveTotals


class TotalsView(View, frozen=True, kw_only=True):
    """All points by their state, those that are free, sessions that go on, and the power that flows."""

    points: PointCounts
    free: Count
    sessions: Count
    kw: Kilowatts


class SnapshotFrame(View, frozen=True, kw_only=True):
    """How things stand: all points, or those that were asked for, and the newest notices. Who connects again with
    `?after=STREAM.SEQ` is told what came since, or sent a snapshot if that is not known any more."""

    type: Literal["snapshot"]
    stream: Annotated[str, shown("5f0c2a9e")]
    seq: Count
    ts: Moment
    points: list[PointView]
    messages: list[NoticeView]
    totals: TotalsView


class ChangesFrame(View, frozen=True, kw_only=True):
    """What is new since the frame before; `gone` are points that were retired. `seq` grows by one with each frame that
    has points or notices, and not with readings. Who hears of all points has missed something if it grows by more."""

    type: Literal["changes"]
    seq: Count
    ts: Moment
    points: list[PointView]
    gone: list[CpId]
    telemetry: list[ReadingView]
    messages: list[NoticeView]
    totals: TotalsView


class RefusedFrame(View, frozen=True, kw_only=True):
    """The subscription is invalid. The subscription from before stays active."""

    type: Literal["refused"]
    detail: Annotated[str, shown("points: no more than 2,000 can be asked for")]


class SubscribeFrame(View, frozen=True, kw_only=True):
    """Which points a viewer wants to hear of; null for all of them."""

    type: Literal["subscribe"]
    points: list[CpId] | None


class ReadingsFrame(View, frozen=True, kw_only=True):
    """Of which of its points a viewer wants readings; null for all of them. Points and notices come as before."""

    type: Literal["readings"]
    points: list[CpId] | None


FRAMES: tuple[type[View], ...] = (SnapshotFrame, ChangesFrame, RefusedFrame, SubscribeFrame, ReadingsFrame)
"""All that goes over the WebSocket, which OpenAPI has no path for."""


def totals_view(totals: LiveTotals) -> TotalsView:
    """What all points come to."""
    return TotalsView(
        points=PointCounts(**{state.value: totals.states[state] for state in CPState}),
        free=totals.free,
        sessions=totals.sessions,
        kw=totals.kw,
    )
