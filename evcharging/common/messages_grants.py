"""The messages about power at a site: a point reports what its vehicle wants and draws, its site grants current, and a
meter says what a building takes besides. Who is granted how much says `domain.power`."""

from typing import Annotated

from msgspec import Meta

from evcharging.common.messages import Count, Id, Message, Moment, Text
from evcharging.common.messages_power import (
    MOST_CIRCUITS,
    MOST_FED,
    CircuitId,
    FedId,
    Milliamperes,
    Phases,
    Strategy,
)
from evcharging.common.utils import Frozen

PhaseCount = Annotated[int, Meta(ge=1, le=3, examples=[3])]


class PowerReport(Message, frozen=True, kw_only=True):
    """A point that is managed tells its site, each second while a supply goes on and when something changes: how much
    its vehicle wants and draws, in mA on each of its `phases`. It obeys no grant before the one with the number
    `grant_epoch` and `grant_seq` any more, and of that one it draws `grant_ma` at most. Without a grant it gives
    `failsafe_ma`, as it was told under the number `claim_epoch` and `claim_seq`. `wanted_mwh`: the energy that the
    vehicle still needs."""

    site_id: Id
    cp_id: Id
    run: Count = 0
    wanted_ma: Milliamperes = 0
    measured_ma: Milliamperes = 0
    phases: PhaseCount = 3
    grant_epoch: Count = 0
    grant_seq: Count = 0
    grant_ma: Milliamperes = 0
    failsafe_ma: Milliamperes = 0
    claim_epoch: Count = 0
    claim_seq: Count = 0
    arrived_at: Moment | None = None
    departs_at: Moment | None = None
    wanted_mwh: Count | None = None


class GrantPower(Message, frozen=True, kw_only=True):
    """A site grants a point current: mA on each of so many phases, 0 for a pause. The grant holds for 10 s from when
    the point sent the report that is quoted: that of its process `heard_run`, with the number `heard_epoch` and
    `heard_seq`."""

    site_id: Id
    cp_id: Id
    milliamperes: Milliamperes
    phases: PhaseCount = 3
    heard_run: Count
    heard_epoch: Count
    heard_seq: Count


class ManagePoint(Message, frozen=True, kw_only=True):
    """A site manages the power of a point from now on, until it lets it go: without a grant the point gives its
    failsafe current."""

    site_id: Id
    cp_id: Id
    failsafe_ma: Milliamperes = 0
    managed: bool = True


class BuildingMeasured(Message, frozen=True, kw_only=True):
    """What a circuit feeds beside its points, by a meter: mA on each phase, below 0 where power is fed back."""

    site_id: Id
    circuit_id: Id
    l1_ma: Annotated[int, Meta(ge=-(10**9), le=10**9)] = 0
    l2_ma: Annotated[int, Meta(ge=-(10**9), le=10**9)] = 0
    l3_ma: Annotated[int, Meta(ge=-(10**9), le=10**9)] = 0


Currents = Annotated[tuple[Milliamperes, ...], Meta(max_length=3, examples=[[31_884, 31_884, 31_884]])]


class CircuitShown(Frozen, frozen=True, kw_only=True):
    """A circuit as it is shown: its limit, what its points may draw at most by all that was granted to them with what
    its buildings take, and what is measured, in mA on each of its phases."""

    circuit_id: CircuitId
    parent: CircuitId | None
    limit_ma: Milliamperes
    phases: Phases
    bound_ma: Currents
    measured_ma: Currents


class PointPowerShown(Frozen, frozen=True, kw_only=True):
    """A point of a circuit as it is shown: what its vehicle wants, is granted and draws, in mA on each of so many
    phases, what it may draw at most by any grant, and why it has less than it wants, where nobody takes turns or
    waits."""

    cp_id: FedId
    circuit_id: CircuitId
    most_ma: Milliamperes
    wanted_ma: Milliamperes
    granted_ma: Milliamperes
    bound_ma: Milliamperes
    measured_ma: Milliamperes
    phases: PhaseCount
    why: Annotated[Text, Meta(examples=["it waits until others draw less"])] | None = None


class PowerShown(Message, frozen=True, kw_only=True):
    """The power of a site as it is shown: its circuits, the points that they feed, and how it is shared."""

    site_id: Id
    strategy: Strategy
    circuits: Annotated[tuple[CircuitShown, ...], Meta(max_length=MOST_CIRCUITS)]
    points: Annotated[tuple[PointPowerShown, ...], Meta(max_length=MOST_FED)]


REPEATED = frozenset({GrantPower, ManagePoint})
"""Kinds on a topic of which nothing may be lost, though of these a later one makes up for the loss."""
