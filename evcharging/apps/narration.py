"""What programs say aloud: effects and messages in, log lines in the specification's words out.
Knows no log."""

from collections.abc import Callable, Iterator
from datetime import datetime

from evcharging.apps.logs import Say, speaker
from evcharging.common.messages import (
    CPStatus,
    DriverRequest,
    DriverUpdate,
    EndReason,
    HealthReport,
    NoticeShown,
    SupplyRefused,
    Ticket,
    UpdateStatus,
)
from evcharging.common.states import CPState
from evcharging.domain.meter import to_kwh
from evcharging.domain.supply import Supply
from evcharging.domain.tariff import cost_micro_euros, to_euros
from evcharging.roles.role import Effects, Input

Line = tuple[str, str]
Lines = Iterator[Line]

ICONS = {
    UpdateStatus.ACCEPTED: "✅",
    UpdateStatus.IN_PROGRESS: "🔋",
    UpdateStatus.COMPLETED: "✔️",
    UpdateStatus.DENIED: "⛔",
    UpdateStatus.FAILED: "❌",
}


def driver_lines(message: Input | None, effects: Effects) -> Lines:
    """A driver's requests, and each step of them."""
    for effect in effects:
        if isinstance(effect, DriverRequest):
            yield "info", f"📤 Requested charging at {effect.cp_id}"
    if isinstance(message, DriverUpdate):
        yield _level(message.status), _update(message)
        if message.ticket:
            yield "info", _ticket(message.ticket)


def _level(status: UpdateStatus) -> str:
    return "warning" if status in (UpdateStatus.DENIED, UpdateStatus.FAILED) else "info"


def _update(update: DriverUpdate) -> str:
    text = f"{ICONS[update.status]} {update.cp_id} | {update.status}"
    if update.reason:
        return f"{text} | {update.reason}"
    if update.status is UpdateStatus.IN_PROGRESS:
        return f"{text} | {update.kw:.1f} kW, €{update.euros:.4f}"
    return text


def _ticket(ticket: Ticket) -> str:
    return (
        f"🎫 {ticket.session_id} | {ticket.cp_id} | {ticket.kwh:.4f} kWh × €{ticket.euros_per_kwh:.4f}/kWh"
        f" = €{ticket.euros:.4f} | {ticket.ended_by}"
    )


def engine_lines(message: Input | None, effects: Effects) -> Lines:
    """An engine's sessions and its changes of state."""
    for effect in effects:
        if isinstance(effect, Supply):
            yield from _supply(effect)
        elif isinstance(effect, SupplyRefused):
            yield "warning", f"Session refused: {effect.reason}"
        elif isinstance(effect, CPStatus) and effect.state in (CPState.FAULT, CPState.STOPPED):
            yield "warning", f"State {effect.state}{f': {effect.reason}' if effect.reason else ''}"


def _supply(supply: Supply) -> Lines:
    if supply.ended_at is None:
        begun = supply.started_at is not None
        yield "info", f"Charging session {'started' if begun else 'waits to be plugged in'} for {supply.driver_id}"
    elif supply.ended_by is not EndReason.NOT_STARTED:
        energy = supply.register_stop_mwh - supply.register_start_mwh
        euros = to_euros(cost_micro_euros(energy, supply.micro_euros_per_kwh))
        good = supply.ended_by is EndReason.COMPLETE
        yield (
            "info",
            (
                f"Session {'completed' if good else f'ended: {supply.ended_by}'}."
                f" Total: {to_kwh(energy):.4f} kWh, €{euros:.4f}"
            ),
        )


def monitor_lines(message: Input | None, effects: Effects) -> Lines:
    """What a monitor found worth telling Central; that all is well it says once."""
    for effect in effects:
        if isinstance(effect, HealthReport):
            yield ("debug", "Engine is well") if effect.well else ("warning", f"Engine is not well: {effect.reason}")


def central_lines(message: Input | None, effects: Effects) -> Lines:
    """Central's decisions, and its notices to operators."""
    for effect in effects:
        if isinstance(effect, NoticeShown):
            yield effect.level, effect.text
        elif isinstance(effect, DriverUpdate) and effect.status is not UpdateStatus.IN_PROGRESS:
            reason = f" | {effect.reason}" if effect.reason else ""
            yield _level(effect.status), f"{effect.driver_id} at {effect.cp_id} | {effect.status}{reason}"


class Narrator:
    """Watches a host and says aloud what its roles do; `name` makes a component of a role's address."""

    def __init__(self, lines: Callable[[Input | None, Effects], Lines], name: Callable[[str], str]) -> None:
        self._lines = lines
        self._name = name
        self._voices: dict[str, Say] = {}

    def handled(self, address: str, message: Input | None, effects: Effects, now: datetime) -> None:
        """Say what there is to say about it."""
        for level, text in self._lines(message, effects):
            self._voice(address)(level, text)

    def poisoned(self, address: str, message: Input | None, error: Exception) -> None:
        """Say which message could not be handled."""
        kind = type(message).__name__ if message is not None else "a deadline"
        self._voice(address)("error", f"Set aside {kind}, which could not be handled: {error!r}")

    def _voice(self, address: str) -> Say:
        voice = self._voices.get(address)
        if voice is None:
            voice = self._voices[address] = speaker(self._name(address))
        return voice
