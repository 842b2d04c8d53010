"""Mutants of what keeps signs of life, clocks and memories honest."""

from datetime import datetime, timedelta
from typing import Any

from evcharging.common.messages import Order, SupplyRefused
from evcharging.common.utils import changed
from evcharging.domain import session as session_rules
from evcharging.domain import ticket
from evcharging.domain.session import Bill, Session
from evcharging.roles import live_view as panel
from evcharging.roles.central import central, closing, presence, readings, supplies
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.engine import engine
from evcharging.roles.engine import orders as engine_orders
from evcharging.roles.engine.engine import Engine
from evcharging.roles.engine.orders import is_new
from evcharging.roles.role import ClockStepped
from evcharging.tests.mutants.deciding import handler
from evcharging.tests.mutants.mutant import Target, mutant


def _never_ahead(epoch: int, now: datetime) -> bool:
    return False


@mutant("far-run-believed")
def far_run_believed() -> list[Target]:
    """Central believes the status of a run that is dated far ahead."""
    return [(presence, "is_ahead", _never_ahead)]


@mutant("far-reading-believed")
def far_reading_believed() -> list[Target]:
    """Central believes a reading of a run that is dated far ahead."""
    return [
        (readings, "is_ahead", _never_ahead),
        (readings, "_is_next", _by_number),
    ]


def _by_number(live: LivePoint, message: Any) -> bool:
    return (message.epoch, message.seq) > live.meter.order


@mutant("far-order-obeyed")
def far_order_obeyed() -> list[Target]:
    """An engine obeys an order of a run that is dated far ahead."""
    return [(engine_orders, "is_ahead", _never_ahead)]


@mutant("far-view-shown")
def far_view_shown() -> list[Target]:
    """A live view believes what a run says that is dated far ahead."""
    return [(panel, "is_ahead", _never_ahead)]


@mutant("old-orders-obeyed")
def old_orders_obeyed() -> list[Target]:
    """An engine obeys orders that were given while it could not hear."""

    def may_obey(self: Engine, order: Order, now: datetime) -> bool:
        return is_new(self._condition.memory, order)

    return [(Engine, "_may_obey", may_obey)]


@mutant("readings-not-missed")
def readings_not_missed() -> list[Target]:
    """A supply whose readings stay away is shown as if it went on."""
    return [(central, "_TIMEOUTS", {**central._TIMEOUTS, readings.READINGS: lambda shard, key, now: []})]


@mutant("forgotten-fails")
def forgotten_fails() -> list[Target]:
    """A session that its engine has forgotten fails as if nothing had flowed."""

    def careless(shard: Shard, message: SupplyRefused, now: datetime) -> list[Any]:
        session = shard.open_session(message.cp_id, message.session_id)
        return closing.fail(shard, session, message.reason, now) if session else []

    return [handler(SupplyRefused, careless), (presence, "expect_memory", lambda shard, session, now: None)]


@mutant("forgotten-unnoticed")
def forgotten_unnoticed() -> list[Target]:
    """Nobody notices that an engine no longer knows a session."""
    blind: dict[str, Any] = {presence.FORGOTTEN: lambda shard, key, now: []}
    return [(central, "_TIMEOUTS", {**central._TIMEOUTS, **blind})]


@mutant("nothing-proposed")
def nothing_proposed() -> list[Target]:
    """What Central had received of a forgotten session is not proposed for its bill."""
    forgotten = session_rules.forgotten
    return [(supplies, "forgotten", lambda session, register, at: forgotten(session, 0, at))]


@mutant("readings-not-kept")
def readings_not_kept() -> list[Target]:
    """After a crash Central takes no account of the readings that lasted."""

    def forgetful(shard: Shard, live: LivePoint, session: Session, now: datetime) -> list[Any]:
        live.meter.register_mwh = session.register_start_mwh
        return lose(shard, live, session, now)

    lose = supplies.lose
    return [(supplies, "lose", forgetful)]


@mutant("doubles-unnoticed")
def doubles_unnoticed() -> list[Target]:
    """A supply that two engines began is billed by the figures of one."""
    return [(supplies, "_started_again", lambda *arguments: [])]


@mutant("double-forever")
def double_forever() -> list[Target]:
    """A point that once had two engines stays a fault."""
    return [(central, "_TIMEOUTS", {**central._TIMEOUTS, presence.ROLL_CALL: lambda shard, key, now: []})]


@mutant("engine-ignores-set-clock")
def engine_ignores_set_clock() -> list[Target]:
    """An engine meters over a clock that was set."""
    kept = {kind: handle for kind, handle in engine._HANDLERS.items() if kind is not ClockStepped}
    return [(engine, "_HANDLERS", kept)]


@mutant("central-ignores-set-clock")
def central_ignores_set_clock() -> list[Target]:
    """Central's timers and moments stay where they were when its clock is set."""
    return [(Shard, "shift", lambda self, by: None)]


@mutant("own-time-ignored")
def own_time_ignored() -> list[Target]:
    """A supply may be longer than Central itself has seen since it authorised it."""
    return [(supplies, "seen_for", lambda session, authorised_at, now: timedelta(days=2))]


@mutant("ticket-off")
def ticket_off() -> list[Target]:
    """A ticket says 1 mWh more than its bill."""
    ticket_of = ticket.ticket_of

    def generous(bill: Bill) -> Any:
        return ticket_of(changed(bill, energy_mwh=bill.energy_mwh + 1))

    return [(closing, "ticket_of", generous)]
