"""The lab of a network in one process: what comes, what is taken away and brought back, and that bills stay right."""

import asyncio
from collections import Counter

import pytest

from evcharging.adapters.clock import WallClock
from evcharging.apps.ev_central.commands import Caller
from evcharging.apps.ev_central.lab import MOST_POINTS, Deed, NewPoints, NewVehicle, PartKind, PartState
from evcharging.apps.ev_central.refusals import NotDecided, OrderRefused, UnknownPoint, UnknownResource
from evcharging.apps.network.lab import NetworkLab
from evcharging.common.messages import Action
from evcharging.common.states import CPState
from evcharging.domain.session import OPEN
from evcharging.tests.stages.audit_world import audit
from tests.programs.network_lab import OPERATOR, LabStage, in_lab

ENGINES, MONITORS, LINKS, DRIVERS = PartKind.ENGINES, PartKind.MONITORS, PartKind.LINKS, PartKind.DRIVERS
IN_SERVICE = (CPState.ACTIVATED, CPState.SUPPLYING)
FEW = 6
"""Bills that are waited for."""


BY_HAND = Caller(OPERATOR)


async def in_order(stage: LabStage) -> None:
    """Every point is in service, and the audit finds nothing."""
    await stage.until(lambda: all(point.state in IN_SERVICE for point in stage.up.panel.points.values()))
    report = await asyncio.to_thread(audit, stage.url)
    assert (report.differences, report.findings) == (0, [])


async def billed_once(stage: LabStage) -> None:
    """Every session that has ended has one bill besides."""
    await in_order(stage)
    sessions, bills = await stage.sessions(), await stage.bills()
    ended = {session.session_id for session in sessions if session.status not in OPEN}
    counts = Counter(bill.session_id for bill in bills)
    assert set(counts.values()) == {1}
    assert ended <= set(counts)


def test_before_the_network_is_up_its_lab_says_so() -> None:
    async def scene() -> None:
        lab = NetworkLab(WallClock(), 1.0, is_manual=False)
        with pytest.raises(OrderRefused, match="The network is still starting: ask again in a moment"):
            lab.state()
        with pytest.raises(OrderRefused, match="still starting"):
            await lab.play("faults", OPERATOR)

    asyncio.run(scene())


@in_lab()
async def test_points_that_are_added_are_connected_and_charge_at_their_price(stage: LabStage) -> None:
    ids = await stage.add_points(2, "SITE-9", 50_000, 0.5)
    assert ids == ["CP-004", "CP-005"]
    await stage.add_drivers(1, "CP-004")
    await stage.until_billed(1, "CP-004")
    bills = [bill for bill in await stage.bills() if bill.cp_id == "CP-004"]
    assert {bill.micro_euros_per_kwh for bill in bills} == {500_000}
    assert stage.point("CP-005").site_id == "SITE-9"
    shown = {point.cp_id: point.power_w for point in stage.lab.points("CP-003", 10, "")}
    assert shown == {"CP-004": 50_000, "CP-005": 50_000}
    assert (stage.lab.state().points, stage.lab.state().drivers) == (5, 3)


@in_lab(drivers=0)
async def test_drivers_that_are_added_ask_for_free_points_those_among_them_that_were_added(stage: LabStage) -> None:
    ids = await stage.add_drivers(4)
    assert ids == ["driver-alice", "driver-bob", "driver-carol", "driver-dave"]
    [cp_id] = await stage.add_points(1)
    await stage.until_billed(2, cp_id)


@in_lab()
async def test_an_engine_that_is_killed_is_silent_and_begins_again_from_its_journal(stage: LabStage) -> None:
    await stage.until_billed(1, "CP-001")
    await stage.do(ENGINES, "CP-001", Deed.KILL)
    await stage.until_shown("CP-001", CPState.FAULT)
    assert stage.lab.points("", 1, "CP-001")[0].engine is PartState.KILLED
    before = await stage.bills_at("CP-001")
    await stage.do(ENGINES, "CP-001", Deed.RESTART)
    await stage.until_billed(before + 2, "CP-001")
    await billed_once(stage)


@in_lab()
async def test_a_point_whose_monitor_is_killed_is_away_until_that_begins_again(stage: LabStage) -> None:
    await stage.until_billed(1)
    await stage.do(MONITORS, "CP-002", Deed.KILL)
    await stage.until_shown("CP-002", CPState.DISCONNECTED)
    with pytest.raises(OrderRefused, match="The monitor of CP-002 was killed, and its link with it"):
        await stage.do(LINKS, "CP-002", Deed.RESTORE)
    await stage.do(MONITORS, "CP-002", Deed.RESTART)
    await stage.until_shown("CP-002", *IN_SERVICE)
    await billed_once(stage)


@in_lab()
async def test_a_link_that_is_cut_stays_away_until_it_is_restored(stage: LabStage) -> None:
    await stage.do(LINKS, "CP-002", Deed.CUT)
    await stage.until_shown("CP-002", CPState.DISCONNECTED)
    [point] = stage.lab.points("", 9, "002")
    assert (point.link, point.monitor) == (PartState.CUT, PartState.RUNNING)
    assert stage.lab.state().away == {ENGINES: 0, MONITORS: 0, LINKS: 1, DRIVERS: 0}
    await stage.do(LINKS, "CP-002", Deed.RESTORE)
    await stage.until_shown("CP-002", *IN_SERVICE)
    await stage.until(lambda: stage.lab.points("", 9, "002")[0].link is PartState.RUNNING)


@in_lab(drivers=1)
async def test_a_driver_that_is_killed_asks_for_nothing_and_goes_on_when_it_begins_again(stage: LabStage) -> None:
    await stage.until_billed(1)
    await stage.do(DRIVERS, "driver-alice", Deed.KILL)
    assert stage.lab.drivers("", 9, "") == [("driver-alice", PartState.KILLED, None)]
    await stage.until(lambda: all(point.session is None for point in stage.up.panel.points.values()))
    before = len(await stage.bills())
    await stage.do(DRIVERS, "driver-alice", Deed.RESTART)
    await stage.until_billed(before + 2)
    await billed_once(stage)


@in_lab(points=4, drivers=4)
async def test_central_is_killed_while_sessions_supply_and_each_of_them_is_billed_once(stage: LabStage) -> None:
    await stage.until_billed(2)
    for _ in range(3):
        await stage.until(lambda: any(point.state is CPState.SUPPLYING for point in stage.up.panel.points.values()))
        await stage.lab.change_central(Deed.KILL, OPERATOR)
        assert stage.lab.state().central is PartState.KILLED
        trouble = "Central was killed in the lab: it decides nothing until it begins again"
        with pytest.raises(NotDecided, match=trouble):
            await stage.up.commands.act("CP-001", Action.STOP, BY_HAND)
        assert stage.up.health.trouble() == trouble
        await stage.until_one_more_ends()
        count = len(await stage.bills())
        await stage.lab.change_central(Deed.RESTART, OPERATOR)
        await stage.until_billed(count + FEW)
    await stage.until(lambda: stage.up.health.trouble() is None)
    await billed_once(stage)


@in_lab(points=4, drivers=2)
async def test_a_scenario_takes_parts_away_and_brings_them_back_when_it_is_ended(stage: LabStage) -> None:
    await stage.lab.play("site-offline", OPERATOR)
    await stage.until(lambda: stage.lab.state().away[LINKS] == 2)
    await stage.until_shown("CP-001", CPState.DISCONNECTED)
    assert stage.point("CP-004").state in IN_SERVICE
    with pytest.raises(OrderRefused, match="The scenario site-offline goes on: end it first"):
        await stage.lab.play("faults", OPERATOR)
    await stage.lab.end_play(OPERATOR)
    assert (stage.lab.state().play, stage.lab.state().away[LINKS]) == (None, 0)
    await stage.until_shown("CP-001", *IN_SERVICE)


@in_lab(points=4, drivers=0)
async def test_what_somebody_changed_meanwhile_a_scenario_leaves_as_it_is(stage: LabStage) -> None:
    await stage.do(LINKS, "CP-001", Deed.CUT)
    await stage.lab.play("site-offline", OPERATOR)
    await stage.until(lambda: stage.lab.state().away[LINKS] == 2)
    await stage.do(LINKS, "CP-002", Deed.RESTORE)
    await stage.lab.end_play(OPERATOR)
    assert stage.lab.state().away[LINKS] == 1
    assert stage.lab.points("", 1, "CP-001")[0].link is PartState.CUT


@in_lab(points=4, drivers=0)
async def test_each_scenario_leaves_the_network_as_it_was(stage: LabStage) -> None:
    for scenario in stage.lab.state().scenarios:
        await stage.lab.play(scenario.scenario_id, OPERATOR)
        await stage.until(lambda: (play := stage.lab.state().play) is not None and play.step == 1)
        await stage.lab.end_play(OPERATOR)
        state = stage.lab.state()
        assert (set(state.away.values()), state.drivers, state.central) == ({0}, 0, PartState.RUNNING)
    await in_order(stage)


@in_lab(drivers=0)
async def test_the_vehicle_that_is_sent_is_the_one_that_charges(stage: LabStage) -> None:
    await stage.lab.send_vehicle("CP-001", NewVehicle(60_000_000, 300, 3_000), OPERATOR)
    await stage.up.commands.act("CP-001", Action.PLUG, BY_HAND)
    await stage.until_shown("CP-001", CPState.SUPPLYING)
    await stage.until(lambda: "CP-001" in stage.up.panel.readings)
    assert stage.up.panel.readings["CP-001"].kw == pytest.approx(3.0, rel=0.01)


@in_lab(max_points=5)
async def test_what_cannot_be_done_is_refused_in_a_sentence(stage: LabStage) -> None:
    with pytest.raises(OrderRefused, match="There are 3 points, and a lab may have 9,900 in all"):
        await stage.lab.add_points(NewPoints(MOST_POINTS, None, None, None), OPERATOR)
    with pytest.raises(OrderRefused, match="CENTRAL_MAX_POINTS lets Central know 5 charging points"):
        await stage.add_points(3)
    with pytest.raises(OrderRefused, match="There are 2 drivers, and a lab may have 2,000 in all"):
        await stage.add_drivers(2_000)
    with pytest.raises(UnknownPoint, match="CP-404 is no charging point of this run"):
        await stage.add_drivers(1, "CP-404")
    with pytest.raises(UnknownPoint, match="CP-404 is no charging point of this run"):
        await stage.do(ENGINES, "CP-404", Deed.KILL)
    with pytest.raises(UnknownResource, match="driver-x is no driver of this run"):
        await stage.do(DRIVERS, "driver-x", Deed.KILL)
    with pytest.raises(OrderRefused, match="The engine of CP-001 was not taken away"):
        await stage.do(ENGINES, "CP-001", Deed.RESTART)
    with pytest.raises(OrderRefused, match="Central runs already"):
        await stage.lab.change_central(Deed.RESTART, OPERATOR)
    await stage.do(LINKS, "CP-001", Deed.CUT)
    with pytest.raises(OrderRefused, match="The link of CP-001 is away already"):
        await stage.do(LINKS, "CP-001", Deed.CUT)
    assert await stage.actions() == [("lab_cut_link", "CP-001")]


@in_lab(drivers=1)
async def test_what_is_done_is_noted_with_who_did_it(stage: LabStage) -> None:
    await stage.add_points(1)
    await stage.do(ENGINES, "CP-004", Deed.KILL)
    await stage.do(ENGINES, "CP-004", Deed.RESTART)
    await stage.lab.change_central(Deed.KILL, OPERATOR)
    await stage.lab.change_central(Deed.RESTART, OPERATOR)
    await stage.lab.play("busy-evening", OPERATOR)
    await stage.lab.end_play(OPERATOR)
    assert await stage.actions() == [
        ("lab_add_points", "CP-004"),
        ("lab_kill_engine", "CP-004"),
        ("lab_restart_engine", "CP-004"),
        ("lab_kill_central", "central"),
        ("lab_restart_central", "central"),
        ("lab_play", "busy-evening"),
        ("lab_end_play", "busy-evening"),
    ]
