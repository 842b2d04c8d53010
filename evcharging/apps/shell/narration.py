"""What programs say aloud: effects and messages in, log lines in the specification's words out.
Knows no log."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from evcharging.apps.shell.logs import LogFunction, Text, speaker
from evcharging.apps.shell.narration_payment import payment_lines
from evcharging.apps.shell.narration_queue import entry_text, queued
from evcharging.apps.shell.narration_reservation import LOST, reservation_text, reserved, until
from evcharging.common.messages import (
    CPStatus,
    CPTelemetry,
    DriverRequest,
    DriverUpdate,
    EndReason,
    HealthReport,
    Message,
    Quote,
    SupplyRefused,
    Ticket,
    UpdateStatus,
)
from evcharging.common.messages_queue import QueueStatus, QueueUpdate, SiteRequest
from evcharging.common.messages_reservations import ReservationUpdate
from evcharging.common.messages_tariff import Component, Price, PriceLine
from evcharging.common.messages_view import NoticeShown
from evcharging.common.states import CPState
from evcharging.common.utils import iso
from evcharging.domain.catalogue import SiteTariff, TariffVersion
from evcharging.domain.meter import to_kwh
from evcharging.domain.money import to_euros
from evcharging.domain.payment import Payment
from evcharging.domain.queue import QueueEntry
from evcharging.domain.receipt import name_of, unit_of
from evcharging.domain.reservation import Reservation
from evcharging.domain.supply import Reading, Supply, cost_so_far
from evcharging.roles.driver import ENDS, ENDS_OF_WAITING
from evcharging.roles.monitor import NOT_YET_HEARD
from evcharging.roles.role import Effects, Input
from evcharging.runtime.work import Work

Line = tuple[str, Text, object]
"""A level, a sentence, and what it is about."""

Lines = Iterator[Line]

ICONS = {
    UpdateStatus.ACCEPTED: "✅",
    UpdateStatus.IN_PROGRESS: "🔋",
    UpdateStatus.COMPLETED: "✔️",
    UpdateStatus.DENIED: "⛔",
    UpdateStatus.FAILED: "❌",
}


UNBILLED = 10_000
"""Requests that ended without a ticket and may still get one, which are kept in mind at most."""


class DriverLines:
    """Drivers' requests, and each step of them once: what is heard again of a request that has ended is no news, but
    for the ticket of one that ended without. What is heard of a request that its driver never made is none either."""

    def __init__(self) -> None:
        self._open: dict[str, str] = {}
        self._waits: dict[str, str] = {}
        self._unbilled: dict[tuple[str, str], None] = {}

    def __call__(self, message: Input | None, effects: Effects) -> Lines:
        """What one driver asked or heard."""
        if isinstance(message, DriverUpdate):
            yield from self._step(message)
        elif isinstance(message, QueueUpdate):
            yield from self._wait(message)
        elif isinstance(message, ReservationUpdate):
            yield "warning" if message.status in LOST else "info", reserved(message), message
        for effect in effects:
            if isinstance(effect, DriverRequest):
                self._open[effect.driver_id] = effect.request_id
                yield "info", f"📤 Requested charging at {effect.cp_id}", effect
            elif isinstance(effect, SiteRequest) and self._open.get(effect.driver_id) != effect.request_id:
                self._open[effect.driver_id] = effect.request_id
                yield "info", f"📤 Requested charging at any point of {effect.site_id}", effect

    def _wait(self, update: QueueUpdate) -> Lines:
        """How a request at a site stands, where that is not what was said last."""
        if self._open.get(update.driver_id) != update.request_id:
            return
        text = queued(update)
        if self._waits.get(update.driver_id) != text:
            self._waits[update.driver_id] = text
            yield "warning" if update.status in ENDS_OF_WAITING else "info", text, update
        if update.status in ENDS_OF_WAITING:
            del self._open[update.driver_id], self._waits[update.driver_id]

    def _step(self, update: DriverUpdate) -> Lines:
        is_open = self._open.get(update.driver_id) == update.request_id
        if is_open and update.status is UpdateStatus.IN_PROGRESS:
            yield "info", partial(_update, update), update  # for each reading, and where nobody hears it, for nothing
            return
        request = (update.driver_id, update.request_id)
        if not is_open and not (update.ticket and request in self._unbilled):
            return
        if is_open and update.status in ENDS:
            del self._open[update.driver_id]
        yield _level(update.status), _update(update), update
        if update.quote:
            yield "info", f"💶 {update.cp_id} | {_quote(update.quote)}", update
        if update.ticket:
            self._unbilled.pop(request, None)
            yield "info", _ticket(update.ticket), update
        elif update.status is UpdateStatus.FAILED:
            self._unbilled[request] = None
            if len(self._unbilled) > UNBILLED:
                del self._unbilled[next(iter(self._unbilled))]


def _level(status: UpdateStatus) -> str:
    return "warning" if status in (UpdateStatus.DENIED, UpdateStatus.FAILED) else "info"


def _update(update: DriverUpdate) -> str:
    text = f"{ICONS[update.status]} {update.cp_id} | {update.status}"
    if update.reason:
        return f"{text} | {update.reason}"
    if update.status is UpdateStatus.IN_PROGRESS:
        return f"{text} | {update.kw:.1f} kW, €{update.euros:.4f}"
    return f"{text}{until(update.ends_by)}"


def _quote(quote: Quote) -> str:
    """What it will cost, such as `about €3.0250 for 10 kWh in 27 min by day@2: Energy €2.5000 + VAT €0.5250`, and what
    idle time costs after that; where nothing is wanted in particular, what each unit costs."""
    by = f" by {quote.tariff}" if quote.tariff else ""
    if quote.price is None:
        vat = f", VAT {quote.vat_permille / 10:g} %" if quote.vat_permille else ""
        return f"Price{by}: {_unit_prices(quote.unit_prices)}{vat}"
    wanted = f"{quote.kwh:g} kWh in {quote.minutes:.0f} min"
    about = f"About €{to_euros(quote.price.gross):.4f} for {wanted}{by}: {_lines(quote.price)}"
    idle = _unit_prices(line for line in quote.unit_prices if line.component == Component.IDLE_TIME)
    return f"{about}; afterwards {idle}" if idle else about


def _unit_prices(lines: Iterable[PriceLine]) -> str:
    """Each price once, such as `Energy €0.4000/kWh or €0.2000/kWh, Idle time €0.2000/min`."""
    found: dict[str, dict[str, None]] = {}
    for line in lines:
        price = f"€{to_euros(line.unit_micro_euros):.4f}{unit_of(line)}"
        found.setdefault(name_of(line), {})[price] = None
    return ", ".join(f"{name} {' or '.join(prices)}" for name, prices in found.items())


def _ticket(ticket: Ticket) -> str:
    cost = f"{ticket.kwh:.4f} kWh × €{ticket.euros_per_kwh:.4f}/kWh"
    if ticket.price is not None:
        cost = f"{ticket.kwh:.4f} kWh by {ticket.tariff}: {_lines(ticket.price)}"
    return f"🎫 {ticket.session_id} | {ticket.cp_id} | {cost} = €{ticket.euros:.4f} | {ticket.ended_by}"


def _lines(price: Price) -> str:
    """What a price is made of, such as `Energy €0.0200 + Idle time €0.5000 + VAT €0.1092`."""
    parts = [(name_of(line), line.micro_euros) for line in price.lines]
    parts += [("VAT", price.vat)] if price.vat else []
    return " + ".join(f"{name} €{to_euros(amount):.4f}" for name, amount in parts) or "nothing"


READINGS = frozenset({CPTelemetry, Reading})


class EngineLines:
    """Engines' sessions and their changes of state; a state that is said again to Central is no news."""

    def __init__(self) -> None:
        self._out_of_service: dict[str, str] = {}

    def __call__(self, message: Input | None, effects: Effects) -> Lines:
        """What one engine did."""
        for effect in effects:
            if type(effect) in READINGS:  # nearly all that an engine says
                continue
            if isinstance(effect, Supply):
                yield from _supply(effect)
            elif isinstance(effect, SupplyRefused):
                yield "warning", f"Session refused: {effect.reason}", effect
            elif isinstance(effect, CPStatus):
                yield from self._state(effect)

    def _state(self, status: CPStatus) -> Lines:
        if status.state not in (CPState.FAULT, CPState.STOPPED):
            self._out_of_service.pop(status.cp_id, None)
            return
        state = f"State {status.state}{f': {status.reason}' if status.reason else ''}"
        if self._out_of_service.get(status.cp_id) != state:
            self._out_of_service[status.cp_id] = state
            yield "warning", state, status


def _supply(supply: Supply) -> Lines:
    if supply.ended_at is None and supply.marks:
        mark = supply.marks[-1]
        cost = to_euros(cost_so_far(supply, mark.register_mwh, mark.at))
        energy = to_kwh(mark.register_mwh - supply.register_start_mwh)
        yield "info", f"Price may change. So far: {energy:.4f} kWh, €{cost:.4f}", supply
    elif supply.ended_at is None:
        begun = supply.started_at is not None
        step = "started" if begun else "waits to be plugged in"
        yield "info", f"Charging session {step} for {supply.driver_id}", supply
    elif supply.ended_by is not EndReason.NOT_STARTED:
        energy = supply.register_stop_mwh - supply.register_start_mwh
        euros = to_euros(cost_so_far(supply, supply.register_stop_mwh, supply.ended_at))
        good = supply.ended_by is EndReason.COMPLETE
        end = "completed" if good else f"ended: {supply.ended_by}"
        yield "info", f"Session {end}. Total: {to_kwh(energy):.4f} kWh, €{euros:.4f}", supply


class MonitorLines:
    """What monitors found worth telling Central, once for each change. `quiet` troubles, and their end, are for
    debugging only: what has not begun yet, and in a fleet what is said of all its links together."""

    def __init__(self, quiet: frozenset[str] = frozenset({NOT_YET_HEARD})) -> None:
        self._quiet = quiet
        self._troubles: dict[str, str | None] = {}

    def __call__(self, message: Input | None, effects: Effects) -> Lines:
        """What one monitor reported."""
        for effect in effects:
            if isinstance(effect, HealthReport):
                trouble = None if effect.well else effect.reason
                before = self._troubles.get(effect.cp_id, NOT_YET_HEARD)
                if trouble != before:
                    self._troubles[effect.cp_id] = trouble
                    yield self._level(before, trouble), _health(trouble), effect

    def _level(self, before: str | None, trouble: str | None) -> str:
        if trouble is None:
            return "debug" if before in self._quiet else "info"
        return "debug" if trouble in self._quiet else "warning"


def _health(trouble: str | None) -> str:
    return "Engine is well" if trouble is None else f"Engine is not well: {trouble}"


def central_lines(message: Input | None, effects: Effects) -> Lines:
    """Central's decisions, and its notices to operators."""
    for effect in effects:
        if isinstance(effect, DriverUpdate):
            if effect.status is not UpdateStatus.IN_PROGRESS:
                reason = f" | {effect.reason}" if effect.reason else ""
                yield _level(effect.status), f"{effect.driver_id} at {effect.cp_id} | {effect.status}{reason}", effect
        elif isinstance(effect, QueueEntry):
            if effect.status not in (QueueStatus.STARTING, QueueStatus.HOLDING):
                yield "info", f"{effect.driver_id} at {effect.site_id} | {entry_text(effect)}", effect
        elif isinstance(effect, Reservation):
            yield "info", f"{effect.driver_id} at {effect.cp_id} | {reservation_text(effect)}", effect
        elif isinstance(effect, Payment):
            yield from payment_lines(effect)
        elif isinstance(effect, NoticeShown):
            yield effect.level, effect.text, effect
        elif isinstance(effect, TariffVersion | SiteTariff):
            yield "info", _tariff(effect), effect


def _tariff(record: TariffVersion | SiteTariff) -> str:
    if isinstance(record, TariffVersion):
        return f"Tariff {record.version_id} is published, from {iso(record.from_at)} on"
    named = f"tariff {record.tariff_id}" if record.tariff_id is not None else "no tariff any more"
    return f"{record.site_id} names {named}"


class Narrator:
    """Watches a host and says aloud what its roles did, once it lasts; `name` makes a component of a role's address.
    Of `quiet` kinds of messages, which are the many, there is never anything to say."""

    def __init__(
        self,
        lines: Callable[[Input | None, Effects], Lines],
        name: Callable[[str], str],
        quiet: frozenset[type[Message]] = frozenset(),
    ) -> None:
        self._lines = lines
        self._name = name
        self.quiet = quiet
        self._voices: dict[str, LogFunction] = {}

    def committed(self, work: Work) -> None:
        """Say what there is to say about it."""
        for address, message, effects in work.reactions:
            for line in self._lines(message, effects):
                self._voice(address)(*line)

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        """Say which message could not be handled."""
        kind = type(message).__name__ if message is not None else "a deadline"
        self._voice(address)("error", f"Set aside {kind}, which could not be handled: {error!r}", message)

    def _voice(self, address: str) -> LogFunction:
        voice = self._voices.get(address)
        if voice is None:
            voice = self._voices[address] = speaker(self._name(address))
        return voice
