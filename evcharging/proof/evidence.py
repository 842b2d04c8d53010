"""What somebody who watches from outside has seen: what lasted, what was said and heard, and how energy flowed by the
world's own meter. It trusts nothing that the roles keep in mind. Knows no rule."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

from evcharging.adapters.store import Commit
from evcharging.common.kafka import CENTRAL_COMMANDS, CP_STATUS, is_volatile
from evcharging.common.messages import (
    Action,
    CPTelemetry,
    DriverRequest,
    DriverUpdate,
    EndReason,
    HealthReport,
    Message,
    StartSupply,
    StopSupply,
    SupplyEnded,
    SupplyStarted,
)
from evcharging.common.messages_alerts import AlertSaid
from evcharging.common.messages_queue import PointAsk, QueueUpdate, SiteRequest
from evcharging.common.messages_reservations import CancelReservation
from evcharging.common.messages_site import SessionAtSite
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import to_json
from evcharging.domain.alert import Alert, AlertCode
from evcharging.domain.catalogue import SiteTariff, TariffVersion
from evcharging.domain.charging_point import LastReading, Point
from evcharging.domain.notice import Notice
from evcharging.domain.queue import QueueEntry
from evcharging.domain.record import Record
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import Bill, Request, Session, SessionStatus
from evcharging.domain.supply import Reading, Supply
from evcharging.proof.events import Event, Handled, Journalled, Lasted, Said
from evcharging.proof.orders import Ordered
from evcharging.proof.published import Published
from evcharging.roles.role import Effects, Input, Started

REPLAYED = CENTRAL_COMMANDS.kinds + CP_STATUS.kinds

LAST = 60
"""Events that are kept for the report of a failure."""


@dataclass(slots=True)
class Flow:
    """Energy of one session by the world's meter: true moments, whatever clocks show. `died` is when the engine's
    process ended meanwhile, `read_mwh` the last reading that lasted before that."""

    cp_id: str
    begun: datetime
    ended: datetime | None = None
    died: datetime | None = None
    read_mwh: int = 0


Unable = tuple[datetime, datetime, str]
"""From when until when a point could not serve, and how it was shown."""


def _no_runs() -> defaultdict[str, set[int]]:
    return defaultdict(set)


@dataclass(slots=True)
class Evidence:
    """All of it, up to now; `judge` is told of each event as soon as it is noted.

    `doubled`: points that had two engines. `shared`: sessions that the second one began. `redated`: points whose
    engine's clock was set; `stepped`: sessions that an engine found in its journal when it began by another clock.
    `starts`: by shard, the processes that its Central heard begin a session, since it decides there. `forgotten`:
    sessions whose supply was lost with its journal. `ends`: the energy in mWh with which a session ended by any
    journal. `ends_asked`: sessions that somebody who may do so wanted to end so. `long_ago`: sessions of which
    somebody said that they had begun hours before they were authorised, which only the run of Central that authorised
    one can refute, while it is open. `believed`: those where it could not be refuted. `at_sites`: the bills of which
    sites were to hear. `unclosed`: alerts that go on, `told_of` what was told of alerts, and `delivery_at` when a
    delivery last changed. `staying`: when a Central last heard that a vehicle stays after its supply; `unlinked`:
    sessions that were shown to be idle at a point without a link. `taken`: what the bus has had, and must not lose.
    `vouched`: when the newest report on a point was made that a Central has taken. `told`: when a live view last heard
    a shard say how its points stand. `last_calls`: sessions that Central ended for a reservation. `undisturbed`:
    for how many seconds no fault has kept a live view from knowing how a point stands."""

    judge: Callable[[Event], None] = lambda event: None
    last: deque[str] = field(default_factory=lambda: deque(maxlen=LAST))
    points: dict[str, Point] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    open_at: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    requests: defaultdict[str, list[Request]] = field(default_factory=lambda: defaultdict(list))
    bills: defaultdict[str, list[Bill]] = field(default_factory=lambda: defaultdict(list))
    session_of: dict[str, str] = field(default_factory=dict)
    engine_heard: dict[str, tuple[int, int]] = field(default_factory=dict)
    obeyed: dict[str, tuple[int, int]] = field(default_factory=dict)
    obeying: dict[str, tuple[int, int]] = field(default_factory=dict)
    reported: dict[str, datetime] = field(default_factory=dict)
    shown_by: dict[tuple[object, str], int] = field(default_factory=dict)
    overtaken: dict[tuple[object, str, int], int] = field(default_factory=dict)
    waited: dict[str, tuple[int | None, int]] = field(default_factory=dict)
    undisturbed: Counter[tuple[object, str]] = field(default_factory=Counter)
    link_owners: dict[int, str] = field(default_factory=dict)
    lied_about: set[str] = field(default_factory=set)
    wanted: dict[str, tuple[str, Action]] = field(default_factory=dict)
    stops: defaultdict[str, list[bool]] = field(default_factory=lambda: defaultdict(lambda: [False]))
    asking: dict[str, str] = field(default_factory=dict)
    proposed: set[tuple[str, str]] = field(default_factory=set)
    notices: list[str] = field(default_factory=list)
    supplies: dict[str, Supply] = field(default_factory=dict)
    supply_at: dict[str, Supply] = field(default_factory=dict)
    started: dict[str, datetime] = field(default_factory=dict)
    ends: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    done: dict[tuple[str, Action], datetime] = field(default_factory=dict)
    begun: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    stopped: dict[str, datetime] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    asked: dict[str, DriverRequest] = field(default_factory=dict)
    asked_at_sites: dict[str, SiteRequest] = field(default_factory=dict)
    entries: dict[str, QueueEntry] = field(default_factory=dict)
    holds: set[tuple[str | None, str | None]] = field(default_factory=set)
    kept_for: dict[str, str | None] = field(default_factory=dict)
    newest_asks: dict[str, tuple[int, int]] = field(default_factory=dict)
    judged_holds: set[str] = field(default_factory=set)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    cancels: set[tuple[str, str]] = field(default_factory=set)
    shown_in: dict[str, int] = field(default_factory=dict)
    last_calls: set[str] = field(default_factory=set)
    missed_at: dict[str, datetime] = field(default_factory=dict)
    unable: defaultdict[str, list[Unable]] = field(default_factory=lambda: defaultdict(list))
    minds: defaultdict[tuple[str, str], dict[str, QueueEntry]] = field(default_factory=lambda: defaultdict(dict))
    orders: deque[Message] = field(default_factory=lambda: deque(maxlen=40))
    heard: defaultdict[str, list[DriverUpdate | QueueUpdate]] = field(default_factory=lambda: defaultdict(list))
    doubled: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    redated: set[str] = field(default_factory=set)
    stepped: set[str] = field(default_factory=set)
    starts: defaultdict[str, defaultdict[str, set[int]]] = field(default_factory=lambda: defaultdict(_no_runs))
    ordered: dict[tuple[str, int, int], datetime] = field(default_factory=dict)
    read_at: dict[str, datetime] = field(default_factory=dict)
    decides_since: dict[str, datetime] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    staying: dict[str, datetime] = field(default_factory=dict)
    unlinked: set[str] = field(default_factory=set)
    authorised_in: dict[str, int] = field(default_factory=dict)
    ends_asked: set[tuple[str, EndReason]] = field(default_factory=set)
    long_ago: set[str] = field(default_factory=set)
    believed: set[str] = field(default_factory=set)
    at_sites: list[SessionAtSite] = field(default_factory=list)
    unclosed: dict[tuple[AlertCode, str], Alert] = field(default_factory=dict)
    told_of: list[AlertSaid] = field(default_factory=list)
    delivery_at: dict[str, datetime] = field(default_factory=dict)
    taken: set[Message] = field(default_factory=set)
    vouched: dict[str, datetime] = field(default_factory=dict)
    told: dict[tuple[object, str], datetime] = field(default_factory=dict)
    published: Published = field(default_factory=Published)
    acts: Ordered = field(default_factory=Ordered)
    hash: "blake2b" = field(default_factory=lambda: blake2b(digest_size=16))

    def note(self, now: datetime, text: str, message: object = None) -> None:
        """Write a line of the trace."""
        line = f"{now:%H:%M:%S.%f} {text}"
        if message is not None:
            line = f"{line} {to_json(message).decode()}"
        self.hash.update(line.encode())
        self.last.append(line)

    def committed(self, now: datetime, commit: Commit, records: list[Record]) -> None:
        """Something lasts in the ledger."""
        before: dict[str, Session] = {}
        billed: list[tuple[str | None, Bill]] = []
        self.acts.committed(now, records, self.points, self.sessions)
        for record in records:
            if isinstance(record, Session):
                self._session_lasts(record, before)
            elif isinstance(record, Bill):
                self.bills[record.session_id].append(record)
                billed.append((self.points[record.cp_id].site_id, record))
            elif isinstance(record, Request):
                self.requests[record.request_id].append(record)
            elif isinstance(record, Point):
                self.points[record.cp_id] = record
                if record.stopped is not self.stops[record.cp_id][-1]:
                    self.stops[record.cp_id].append(record.stopped)
            elif isinstance(record, Notice):
                self.notices.append(record.text)
            elif isinstance(record, TariffVersion | SiteTariff):
                self.published.lasted(now, record)
            elif isinstance(record, LastReading):
                self.kept[record.session_id] = record.register_mwh
        self._weigh(commit, before)
        self.note(now, f"ledger {commit.epochs}", records)
        self.judge(Lasted(commit, records, before, billed))

    def _session_lasts(self, session: Session, before: dict[str, Session]) -> None:
        known = self.sessions.get(session.session_id)
        if known is not None:
            before.setdefault(session.session_id, known)
        else:
            self.published.authorised(session, self.points[session.cp_id])
        self.sessions[session.session_id] = session
        opened = self.open_at[session.cp_id]
        (opened.add if session.is_open else opened.discard)(session.session_id)

    def _weigh(self, commit: Commit, before: Mapping[str, Session]) -> None:
        for shard, record in commit.records:
            if isinstance(record, Session):
                self.authorised_in.setdefault(record.session_id, commit.epochs[shard])
            elif isinstance(record, Bill) and record.session_id in self.long_ago:
                is_open = record.session_id in before and before[record.session_id].is_open
                if not is_open or self.authorised_in[record.session_id] != commit.epochs[shard]:
                    self.believed.add(record.session_id)

    def journalled(self, now: datetime, cp_id: str, records: list[Record]) -> None:
        """Something lasts in an engine's journal."""
        for record in records:
            if isinstance(record, Supply):
                self.supplies[record.session_id] = self.supply_at[cp_id] = record
                if record.ended_at is not None:
                    self.ends[record.session_id].add(record.register_stop_mwh - record.register_start_mwh)
                self._meter(record)
            elif isinstance(record, Reading):
                for session_id, flow in self.flows.items():
                    if flow.cp_id == cp_id and flow.ended is None:
                        flow.read_mwh = record.register_mwh - self.supplies[session_id].register_start_mwh
        obeying = self.obeying.pop(cp_id, None)
        if obeying is not None:
            self.obeyed[cp_id] = max(obeying, self.obeyed.get(cp_id, obeying))
        self.note(now, f"journal {cp_id}", records)
        self.judge(Journalled(cp_id, records))

    def _meter(self, supply: Supply) -> None:
        session_id = supply.session_id
        if supply.started_at is None:
            return
        flow = self.flows.get(session_id)
        if flow is None and session_id in self.begun:
            flow = self.flows[session_id] = Flow(*self.begun[session_id])
        if flow is not None and supply.ended_at is not None and flow.ended is None:
            flow.ended = flow.died or self.stopped.get(session_id)

    def handled(self, now: datetime, process: str, address: str, message: Input | None, effects: Effects) -> None:
        """A role reacted."""
        for effect in effects:
            if isinstance(effect, Supply):
                if effect.started_at is not None and effect.ended_at is None:
                    self.begun.setdefault(effect.session_id, (effect.cp_id, now))
                elif effect.ended_at is not None:
                    self.stopped[effect.session_id] = now
            elif isinstance(effect, Session) and isinstance(message, DriverRequest | PointAsk):
                self.published.decides(now, process, effect)
        if isinstance(message, DriverUpdate | QueueUpdate) and message.driver_id == address:
            self.heard[message.request_id].append(message)
        if process.startswith("central"):
            self._heard_by_central(now, address, message, effects)
        self.judge(Handled(process, address, message, effects))

    def _heard_by_central(self, now: datetime, shard: str, message: Input | None, effects: Effects) -> None:
        if isinstance(message, Started):
            self.decides_since[shard] = now
            self.starts[shard].clear()
        is_late = any(isinstance(effect, StopSupply) for effect in effects)
        session = self.sessions.get(message.session_id) if isinstance(message, SupplyStarted) else None
        if isinstance(message, SupplyStarted) and session and session.cp_id == message.cp_id and not is_late:
            self.starts[shard][message.session_id].add(message.run)
        for view in effects:
            if isinstance(view, PointShown) and view.session is not None:
                is_idle = view.session.status == SessionStatus.IDLE
                is_unlinked = is_idle and view.state is CPState.DISCONNECTED
                (self.unlinked.add if is_unlinked else self.unlinked.discard)(view.session.session_id)
        if isinstance(message, SupplyEnded) and message.plugged and self._stays(message.session_id):
            self.staying[message.session_id] = now
        elif isinstance(message, HealthReport):
            made_at = now - timedelta(milliseconds=message.age_ms)
            self.vouched[message.cp_id] = max(made_at, self.vouched.get(message.cp_id, made_at))
        if isinstance(message, CPTelemetry):
            self.read_at[message.cp_id] = now
        elif session is not None and session.status is SessionStatus.AUTHORISED:
            # A start that is said again is no reading.
            self.read_at[session.cp_id] = now

    def _stays(self, session_id: str) -> bool:
        """Whether its vehicle is there, by the journal of its engine."""
        supply = self.supplies.get(session_id)
        return supply is not None and supply.plugged

    def forget(self, now: datetime, cp_id: str) -> None:
        """An engine's journal is gone: what it said of a supply that went on, or whose end Central has not recorded, is
        all that is known of it."""
        self.obeyed.pop(cp_id, None)
        untold = [each for each in self.supplies.values() if each.cp_id == cp_id and not self._is_final(each)]
        for each in untold:
            self.forgotten.add(each.session_id)
            self.started.pop(each.session_id, None)
        supply = self.supply_at.pop(cp_id, None)
        if supply is not None and supply.ended_at is None:
            flow = self.flows.get(supply.session_id)
            if flow is not None:
                flow.ended = flow.died or now
        self.note(now, f"the journal of {cp_id} is lost")

    def _is_final(self, supply: Supply) -> bool:
        session = self.sessions.get(supply.session_id)
        return session is not None and session.is_final

    def said(self, now: datetime, message: Message) -> None:
        """A message reached the bus."""
        if not is_volatile(message):
            self.taken.add(message)
        if isinstance(message, DriverRequest):
            self.asked.setdefault(message.request_id, message)
        elif isinstance(message, SiteRequest):
            self.asked_at_sites.setdefault(message.request_id, message)
        if isinstance(message, DriverRequest | SiteRequest):
            if (message.driver_id, message.request_id) in self.proposed:
                self.asking[message.driver_id] = message.request_id
        elif isinstance(message, REPLAYED):
            self.orders.append(message)
        self.acts.said(message)
        if isinstance(message, CancelReservation):
            self.cancels.add((message.reservation_id, message.driver_id))
        if isinstance(message, StartSupply):
            self.ordered.setdefault((message.session_id, message.epoch, message.seq), now)
        self.note(now, "said", message)
        self.judge(Said(message))

    def died(self, now: datetime, process: str, cp_ids: Sequence[str]) -> None:
        """A process died; energy at the points that it drove flows no more."""
        self.note(now, f"death of {process}")
        for cp_id in cp_ids:
            self._lose_power(now, cp_id)

    def _lose_power(self, now: datetime, cp_id: str) -> None:
        self.obeying.pop(cp_id, None)
        # What was only begun in mind has never been.
        self.begun = {key: begun for key, begun in self.begun.items() if begun[0] != cp_id or key in self.flows}
        for flow in self.flows.values():
            if flow.cp_id == cp_id and flow.ended is None and flow.died is None:
                flow.died = now

    def was_done(self, cp_id: str, action: Action, since: datetime) -> bool:
        """Whether somebody did this at a point, or asked for it, since then."""
        at = self.done.get((cp_id, action))
        return at is not None and at >= since
