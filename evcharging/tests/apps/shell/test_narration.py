"""What programs say aloud, in the specification's words: its sample log line by line, with true figures."""

import io

import pytest

from evcharging.apps.shell.logs import configure
from evcharging.apps.shell.narration import (
    DriverLines,
    Lines,
    MonitorLines,
    Narrator,
)
from evcharging.common.messages import Action, DriverUpdate, HealthReport, UpdateStatus
from evcharging.common.messages_queue import QueueStatus, QueueUpdate, SiteRequest
from evcharging.common.utils import changed, iso
from evcharging.roles.engine.orders import ByHand
from evcharging.roles.monitor import NO_ANSWER, NOT_YET_HEARD
from evcharging.roles.role import Effects, Input, LinkDown, Peer
from evcharging.tests.stages.narration_stage import NOON, NarratedNetwork

SAMPLE = """\
2025-10-13 12:00:05 | INFO | Driver:driver-alice | 📤 Requested charging at CP-001
2025-10-13 12:00:05 | INFO | Driver:driver-alice | ✅ CP-001 | ACCEPTED
2025-10-13 12:00:05 | INFO | CP_E:CP-001 | Charging session started for driver-alice
2025-10-13 12:00:06 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0018
2025-10-13 12:00:07 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0037
2025-10-13 12:00:08 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0055
2025-10-13 12:00:09 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0073
2025-10-13 12:00:10 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0092
2025-10-13 12:00:11 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0110
2025-10-13 12:00:12 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0128
2025-10-13 12:00:13 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0147
2025-10-13 12:00:14 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0165
2025-10-13 12:00:15 | INFO | CP_E:CP-001 | Session completed. Total: 0.0611 kWh, €0.0183
2025-10-13 12:00:15 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0183
2025-10-13 12:00:15 | INFO | Driver:driver-alice | ✔️ CP-001 | COMPLETED
"""


def test_the_sample_log_of_the_specification_line_by_line() -> None:
    stage = NarratedNetwork("CP-001")
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(12)
    beside = (" | Central | ", "🎫", "💶")
    lines = [line for line in stage.heard() if not any(each in line for each in beside)]
    assert "".join(lines) == SAMPLE


def test_a_ticket_follows_the_end_with_the_price_and_the_sum() -> None:
    stage = NarratedNetwork("CP-001")
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(12)
    *_, end, ticket = stage.texts("Driver:driver-alice")
    assert end == "INFO ✔️ CP-001 | COMPLETED"
    assert ticket.startswith("INFO 🎫 session-")
    assert ticket.endswith(" | CP-001 | 0.0611 kWh × €0.3000/kWh = €0.0183 | supply complete")


def test_the_next_request_comes_four_seconds_after_the_end_of_the_last() -> None:
    stage = NarratedNetwork("CP-001", "CP-002")
    stage.drive("driver-alice", "CP-001", "CP-404", "CP-002")
    stage.pass_time(60)
    asked = [line for line in stage.heard("Driver:driver-alice") if "📤" in line]
    assert [line[11:19] for line in asked] == ["12:00:05", "12:00:19", "12:00:23"]


def test_a_denial_and_its_reason_are_a_warning() -> None:
    stage = NarratedNetwork("CP-001")
    stage.drive("driver-alice", "CP-001")
    stage.drive("driver-bob", "CP-001", "CP-404")
    stage.pass_time(5)
    assert stage.texts("Driver:driver-bob") == [
        "INFO 📤 Requested charging at CP-001",
        "WARNING ⛔ CP-001 | DENIED | CP-001 is busy",
        "INFO 📤 Requested charging at CP-404",
        "WARNING ⛔ CP-404 | DENIED | CP-404 is not a known charging point",
    ]


def test_a_stop_in_mid_supply_is_told_by_engine_driver_and_central() -> None:
    stage = NarratedNetwork("CP-001")
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(2.5)
    stage.heard()
    stage.order("CP-001", Action.STOP)
    lines = [line[22:] for line in stage.heard() if "🎫" not in line]
    assert set(lines) == {
        "INFO | CP_E:CP-001 | Session ended: stopped by the operator. Total: 0.0153 kWh, €0.0046\n",
        "WARNING | CP_E:CP-001 | State STOPPED\n",
        "WARNING | Driver:driver-alice | ❌ CP-001 | FAILED | stopped by the operator\n",
        "WARNING | Central | CP-001 stopped by the operator\n",
        "WARNING | Central | driver-alice at CP-001 | FAILED | stopped by the operator\n",
    }


def test_that_a_point_is_stopped_is_said_once_until_it_is_resumed() -> None:
    stage = NarratedNetwork("CP-001")
    for _ in range(2):
        stage.order("CP-001", Action.STOP)
        stage.order("CP-001", Action.STOP)
        stage.engines.tell("CP-001", ByHand(action=Action.UNPLUG))
        stage.pass_time(1)
        assert stage.texts("CP_E:CP-001") == ["WARNING State STOPPED"]
        stage.order("CP-001", Action.RESUME)
        assert stage.texts("CP_E:CP-001") == []


def test_a_fault_and_its_end_are_told_with_the_reason() -> None:
    stage = NarratedNetwork("CP-001")
    stage.engines.tell("CP-001", ByHand(action=Action.FAULT))
    stage.pass_time(1)
    lines = [line[22:] for line in stage.heard()]
    assert "WARNING | CP_E:CP-001 | State FAULT: fault reported at the point\n" in lines
    assert "WARNING | CP_M:CP-001 | Engine is not well: fault reported at the point\n" in lines
    assert "ERROR | Central | CP-001 faulty: fault reported at the point\n" in lines
    stage.engines.tell("CP-001", ByHand(action=Action.RECOVER))
    stage.pass_time(1)
    lines = [line[22:] for line in stage.heard()]
    assert "INFO | CP_M:CP-001 | Engine is well\n" in lines
    assert "INFO | Central | CP-001 back in service\n" in lines


def test_that_an_engine_is_not_well_is_said_once_though_it_is_reported_every_three_seconds() -> None:
    stage = NarratedNetwork("CP-001")
    stage.engines.tell("CP-001", ByHand(action=Action.FAULT))
    stage.pass_time(30)
    assert stage.texts("CP_M") == ["WARNING Engine is not well: fault reported at the point"]


@pytest.mark.parametrize("quiet", [frozenset({NOT_YET_HEARD}), frozenset({NOT_YET_HEARD, NO_ANSWER})])
def test_what_a_monitor_says_is_what_is_new_and_not_said_otherwise(quiet: frozenset[str]) -> None:
    lines = MonitorLines(quiet)
    reasons = [NOT_YET_HEARD, None, NO_ANSWER, NO_ANSWER, None, "smoke", None, None]
    reports = [HealthReport(ts=NOON, cp_id="A", well=not reason, reason=reason) for reason in reasons]
    said = [(level, text) for report in reports for level, text, _ in lines(None, [report])]
    assert said == [
        ("debug", "Engine is well"),
        ("debug" if NO_ANSWER in quiet else "warning", "Engine is not well: the engine does not answer"),
        ("debug" if NO_ANSWER in quiet else "info", "Engine is well"),
        ("warning", "Engine is not well: smoke"),
        ("info", "Engine is well"),
    ]


def test_a_manual_point_says_that_it_waits_to_be_plugged_in() -> None:
    stage = NarratedNetwork("CP-001", manual=True)
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(1)
    assert stage.texts("CP_E:CP-001") == ["INFO Charging session waits to be plugged in for driver-alice"]
    stage.engines.tell("CP-001", ByHand(action=Action.PLUG))
    stage.pass_time(60)
    stage.engines.tell("CP-001", ByHand(action=Action.UNPLUG))
    stage.pass_time(0)
    assert stage.texts("CP_E:CP-001") == [
        "INFO Charging session started for driver-alice",
        "INFO Session ended: unplugged. Total: 0.3667 kWh, €0.1100",
    ]


def test_nobody_plugs_in_and_the_refusal_is_told() -> None:
    stage = NarratedNetwork("CP-001", manual=True)
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(61)
    assert "WARNING Session refused: no vehicle was plugged in" in stage.texts("CP_E:CP-001")


def test_a_monitor_that_is_gone_is_told_once() -> None:
    stage = NarratedNetwork("CP-001")
    stage.monitors.tell("CP-001", LinkDown(peer=Peer.CENTRAL))
    stage.pass_time(60)
    assert stage.texts("Central") == ["WARNING CP-001 offline"]


def test_that_all_is_well_is_not_said_again_and_again() -> None:
    stage = NarratedNetwork("CP-001")
    stage.pass_time(600)
    assert stage.heard() == []


def test_a_message_that_could_not_be_handled_is_set_aside_aloud() -> None:
    out = io.StringIO()
    configure("INFO", lambda: NOON, out)

    def fail(message: Input | None, effects: Effects) -> Lines:
        raise NotImplementedError

    narrator = Narrator(fail, "CP_E:{}".format)
    update = DriverUpdate(ts=NOON, request_id="r", driver_id="d", cp_id="CP-001", status=UpdateStatus.FAILED)
    narrator.failed("CP-001", update, KeyError("x"))
    narrator.failed("CP-001", None, ValueError("late"))
    assert [line.split(" | ", 3)[3] for line in out.getvalue().splitlines()] == [
        "Set aside DriverUpdate, which could not be handled: KeyError('x')",
        "Set aside a deadline, which could not be handled: ValueError('late')",
    ]


def test_a_request_at_a_site_is_told_step_by_step() -> None:
    lines = DriverLines()
    request = SiteRequest(ts=NOON, request_id="R-1", driver_id="driver-alice", site_id="SITE-1")

    def heard(status: QueueStatus, **fields: object) -> list[str]:
        update = QueueUpdate(
            ts=NOON, request_id="R-1", driver_id="driver-alice", site_id="SITE-1", status=QueueStatus.QUEUED
        )
        return [str(text) for _, text, _ in lines(changed(update, status=status, **fields), ())]

    assert [text for _, text, _ in lines(None, [request])] == ["📤 Requested charging at any point of SITE-1"]
    assert list(lines(None, [request])) == []
    assert heard(QueueStatus.QUEUED, place=2, waiting=3) == ["⏳ SITE-1 | number 2 of 3 in the queue"]
    assert heard(QueueStatus.QUEUED, place=2, waiting=3) == []
    kept = heard(QueueStatus.OFFERED, cp_id="CP-001", until=NOON)
    assert kept == [f"📥 SITE-1 | CP-001 is kept until {iso(NOON)}"]
    assert heard(QueueStatus.DENIED, reason="no point of SITE-1 is in service") == [
        "⛔ SITE-1 | DENIED | no point of SITE-1 is in service"
    ]
