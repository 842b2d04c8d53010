"""What HTTP shows of a lab, and what it is asked; `views.py` says more of such structures."""

from collections.abc import Sequence
from typing import Annotated

from evcharging.apps.ev_central.bodies_access import Sent
from evcharging.apps.ev_central.lab import (
    MOST_DRIVERS,
    MOST_POINTS,
    LabDriver,
    LabPoint,
    LabScenario,
    LabState,
    NewDrivers,
    NewPoints,
    NewVehicle,
    PartKind,
    PartState,
    Play,
)
from evcharging.apps.ev_central.views import Count, CpId, DriverId, Kilowatts, Moment, View
from evcharging.common.messages import EurosPerKilowattHour, Id
from evcharging.common.utils import bounded, shown, utc, within
from evcharging.domain.meter import to_kw, to_mwh, to_watts

ScenarioId = Annotated[str, shown("central-dies")]
Name = Annotated[str, bounded("SITE-1", longest=64, pattern="^[A-Za-z0-9]([A-Za-z0-9._@:-]*[A-Za-z0-9])?$")]


class ScenarioView(View, frozen=True, kw_only=True):
    """Something that can be played: what it is called, what it does, and how long that takes, in seconds of the
    network."""

    scenario_id: ScenarioId
    title: Annotated[str, shown("Central dies")]
    text: Annotated[str, shown("Central is killed, and begins again from its ledger 10 s later")]
    seconds: Annotated[int, shown(10)]


class PlayView(View, frozen=True, kw_only=True):
    """The scenario that goes on; `step` of its `steps` are done."""

    scenario_id: ScenarioId
    began_at: Moment
    ends_at: Moment
    step: Annotated[int, shown(1)]
    steps: Annotated[int, shown(2)]


class AwayView(View, frozen=True, kw_only=True):
    """How many parts of each kind were killed, or cut."""

    engines: Count
    monitors: Count
    links: Count
    drivers: Count


class LabView(View, frozen=True, kw_only=True):
    """The network of this process. `speed`: seconds of it in each real one. `manual`: vehicles are plugged in by
    hand. `most_points`, `most_drivers`: how many there may be."""

    speed: Annotated[float, shown(1.0)]
    manual: bool
    central: PartState
    points: Count
    drivers: Count
    most_points: Annotated[int, shown(MOST_POINTS)]
    most_drivers: Annotated[int, shown(MOST_DRIVERS)]
    away: AwayView
    scenarios: list[ScenarioView]
    play: PlayView | None


class LabPointView(View, frozen=True, kw_only=True):
    """A point of this run: its engine, its monitor, and the monitor's link to Central."""

    cp_id: CpId
    engine: PartState
    monitor: PartState
    link: PartState
    kw: Kilowatts


class LabDriverView(View, frozen=True, kw_only=True):
    """A driver of this run. `asks_at`: the point that is asked for, or charged at."""

    driver_id: DriverId
    state: PartState
    asks_at: CpId | None


class LabPointPage(View, frozen=True, kw_only=True):
    """Some points, and the ID behind which the next ones begin."""

    items: list[LabPointView]
    next: CpId | None


class LabDriverPage(View, frozen=True, kw_only=True):
    """Some drivers, and the ID behind which the next ones begin."""

    items: list[LabDriverView]
    next: DriverId | None


class AddedView(View, frozen=True, kw_only=True):
    """What has come."""

    ids: list[Annotated[str, shown("CP-011")]]


class NewPointsBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points that are to come. What is left out is as the network was started with."""

    count: Annotated[int, within(1, MOST_POINTS, 5)]
    site_id: Name | None = None
    kw: Annotated[float, within(1.4, 1000, 22.0)] | None = None
    euros_per_kwh: EurosPerKilowattHour | None = None

    def wanted(self) -> NewPoints:
        """The same in the units of the domain."""
        power_w = None if self.kw is None else to_watts(self.kw)
        euros = None if self.euros_per_kwh is None else round(self.euros_per_kwh, 6)
        return NewPoints(self.count, self.site_id, power_w, euros)


class NewDriversBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Drivers who are to come. `interval_s`: seconds of the network from the end of a charge to the next request."""

    count: Annotated[int, within(1, MOST_DRIVERS, 2)]
    interval_s: Annotated[float, within(0.5, 86_400, 4.0)] = 4.0
    cp_id: Annotated[Id, shown("CP-001")] | None = None

    def wanted(self) -> NewDrivers:
        """The same as the lab takes it."""
        return NewDrivers(self.count, self.interval_s, self.cp_id)


class NewVehicleBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A vehicle that is to come: its battery, the percentage of it that is full, and the most kW that it takes."""

    battery_kwh: Annotated[float, within(1, 1000, 60.0)]
    charge_percent: Annotated[float, within(0, 99, 30.0)]
    kw: Annotated[float, within(1.4, 1000, 22.0)]

    def wanted(self) -> NewVehicle:
        """The same in the units of the domain."""
        return NewVehicle(to_mwh(self.battery_kwh), round(self.charge_percent * 10), to_watts(self.kw))


LAB_BODIES = (NewPointsBody, NewDriversBody, NewVehicleBody)


def lab_view(state: LabState) -> LabView:
    """The network as its lab sees it."""
    return LabView(
        speed=state.speed,
        manual=state.is_manual,
        central=state.central,
        points=state.points,
        drivers=state.drivers,
        most_points=MOST_POINTS,
        most_drivers=MOST_DRIVERS,
        away=AwayView(**{kind.value: state.away[kind] for kind in PartKind}),
        scenarios=[_scenario_view(each) for each in state.scenarios],
        play=_play_view(state.play) if state.play else None,
    )


def _scenario_view(scenario: LabScenario) -> ScenarioView:
    return ScenarioView(**scenario._asdict())


def _play_view(play: Play) -> PlayView:
    return PlayView(
        scenario_id=play.scenario_id,
        began_at=utc(play.began_at),
        ends_at=utc(play.ends_at),
        step=play.step,
        steps=play.steps,
    )


def points_page(found: Sequence[LabPoint], limit: int) -> LabPointPage:
    """The first of what was found; one more than `limit` says that there are others."""
    items = [
        LabPointView(
            cp_id=point.cp_id,
            engine=point.engine,
            monitor=point.monitor,
            link=point.link,
            kw=to_kw(point.power_w),
        )
        for point in found[:limit]
    ]
    return LabPointPage(items=items, next=items[-1].cp_id if len(found) > limit else None)


def drivers_page(found: Sequence[LabDriver], limit: int) -> LabDriverPage:
    """In the same way."""
    items = [LabDriverView(**driver._asdict()) for driver in found[:limit]]
    return LabDriverPage(items=items, next=items[-1].driver_id if len(found) > limit else None)
