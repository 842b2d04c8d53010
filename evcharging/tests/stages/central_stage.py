"""A stage for a shard of Central, and what drivers, monitors and engines say to it."""

from datetime import datetime, timedelta
from typing import TypeVar

from evcharging.common.messages import (
    CPStatus,
    DriverRequest,
    EndReason,
    HealthReport,
    Message,
    SupplyEnded,
    SupplyStarted,
)
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.messages_view import NoticeShown, PointShown, ShardAlive
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.alert import Alert
from evcharging.domain.catalogue import Catalogue, SiteTariff, TariffVersion
from evcharging.domain.charging_point import LastReading, LastStatus, Point
from evcharging.domain.hold import AnsweredAsk, Hold
from evcharging.domain.numbering import ReceiptSeries
from evcharging.domain.payment import Payment
from evcharging.domain.record import Record
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.roles.cadences import FULL, Cadences
from evcharging.roles.central.central import Central
from evcharging.roles.role import Effect, Input, Started
from evcharging.tests.stages.scenario import ALICE, CP, T0, Stage, all_of, another, the

R = TypeVar("R", bound=Record)


class CentralStage(Stage):
    """A shard of Central that has just started; its store reminds it of what it forgot, as a host does."""

    role: Central

    def __init__(self, now: datetime = T0, name: str = "0", cadences: Cadences = FULL) -> None:
        super().__init__(now)
        self.cadences = cadences
        self.name = name
        self.epoch = 0
        self.seq = 0
        self.ledger: dict[tuple[type[Record], str], Record] = {}
        """What other roles have recorded."""
        self.restart()

    def restart(self) -> list[Effect]:
        """Kill it and start it again from its records; its first words."""
        self.epoch += 1
        open_ones = [session for session in self.every(Session).values() if session.is_open]
        self.role = Central(
            self.name,
            self.epoch,
            points=self.every(Point).values(),
            statuses=self.every(LastStatus).values(),
            sessions=open_ones,
            readings=self.every(LastReading).values(),
            held=[each for each in self.every(Session).values() if each.status is SessionStatus.SUSPECT],
            alerts=[alert for alert in self.every(Alert).values() if alert.closed_at is None],
            holds=self.every(Hold).values(),
            asks=self.every(AnsweredAsk).values(),
            payments=[each for each in self.every(Payment).values() if each.is_unsettled],
            bills=self.every(Bill).values(),
            series=self.every(ReceiptSeries).values(),
            reserved=[each for each in self.every(Reservation).values() if each.is_active],
            catalogue=Catalogue(self.published(TariffVersion), self.published(SiteTariff)),
            cadences=self.cadences,
        )
        return self.tell(Started())

    def tell(self, *messages: Input) -> list[Effect]:
        answers: list[Effect] = []
        for message in messages:
            self._remind(message)
            answers += super().tell(message)
        return answers

    def wait(self, seconds: float) -> list[Effect]:
        """Let time pass; what is said, but for signs of life."""
        return [effect for effect in super().wait(seconds) if not isinstance(effect, ShardAlive)]

    def _remind(self, message: Input) -> None:
        asked: set[tuple[type[Record], str]] = set()
        while isinstance(message, Message) and (
            questions := [each for each in self.role.forgotten(message) if each not in asked]
        ):
            asked.update(questions)
            for kind, key in questions:
                record = self.ledger.get((kind, key)) or self.records[kind].get(key)
                if record is not None:
                    self.role.remember(record)

    def published(self, kind: type[R]) -> list[R]:
        """What other roles have recorded of this kind."""
        return [record for record in self.ledger.values() if isinstance(record, kind)]

    def shown(self, cp_id: str = CP) -> PointShown:
        """How the panel shows a point now."""
        return [view for view in all_of(PointShown, self.said) if view.cp_id == cp_id][-1]

    def session(self, session_id: str) -> Session:
        """A session in the ledger."""
        return self.every(Session)[session_id]

    def status(self, state: CPState = CPState.ACTIVATED, *, cp_id: str = CP, manual: bool = False) -> CPStatus:
        """The next word of an engine about itself."""
        self.seq += 1
        return CPStatus(
            ts=self.now,
            epoch=1,
            seq=self.seq,
            cp_id=cp_id,
            state=state,
            kw_rate=22.0,
            euro_rate=0.30,
            register_mwh=0,
            manual=manual,
        )

    def open_point(self, cp_id: str = CP) -> list[Effect]:
        """Make a point known, linked and well."""
        registration = RegisterPoint(ts=self.now, request_id=another("register"), cp_id=cp_id)
        return self.tell(registration, self.status(cp_id=cp_id), well(cp_id=cp_id))

    def authorise(self, request: DriverRequest | None = None) -> Session:
        """Have a request accepted; its session."""
        return the(Session, self.tell(request or ask()))

    def supply(self, request: DriverRequest | None = None, *, register_mwh: int = 0) -> Session:
        """Have a request accepted and its supply started; its session."""
        session = self.authorise(request)
        return the(Session, self.tell(begun(session, register_mwh, self.now)))


def _timeless(view: PointShown) -> PointShown:
    return changed(view, ts=T0, epoch=0, seq=0)


def notices(stage: CentralStage) -> list[str]:
    """The notices that operators saw, in order."""
    return [notice.text for notice in all_of(NoticeShown, stage.said)]


def ask(request_id: str = "R-1", *, driver_id: str = ALICE, cp_id: str = CP, kwh: float | None = None) -> DriverRequest:
    """A driver's request."""
    return DriverRequest(ts=T0, request_id=request_id, driver_id=driver_id, cp_id=cp_id, kwh=kwh)


def well(link: int = 1, *, cp_id: str = CP) -> HealthReport:
    """A monitor's report that all is well."""
    return HealthReport(ts=T0, cp_id=cp_id, well=True, link=link)


def ill(reason: str, link: int = 1, *, cp_id: str = CP) -> HealthReport:
    """A monitor's report that something is wrong."""
    return HealthReport(ts=T0, cp_id=cp_id, well=False, reason=reason, link=link)


def begun(session: Session, register_mwh: int = 0, at: datetime = T0) -> SupplyStarted:
    """The engine's word that energy flows."""
    return SupplyStarted(ts=at, epoch=1, cp_id=session.cp_id, session_id=session.session_id, register_mwh=register_mwh)


def final(
    session: Session,
    energy_mwh: int = 61_111,
    by: EndReason = EndReason.COMPLETE,
    *,
    register_start_mwh: int = 0,
    started_at: datetime = T0,
    seconds: float = 10,
) -> SupplyEnded:
    """The engine's final reading; energy that 22 kW gives in 10 s unless told otherwise."""
    return SupplyEnded(
        ts=started_at + timedelta(seconds=seconds),
        epoch=1,
        cp_id=session.cp_id,
        session_id=session.session_id,
        started_at=started_at,
        register_start_mwh=register_start_mwh,
        register_stop_mwh=register_start_mwh + energy_mwh,
        ended_by=by,
    )
