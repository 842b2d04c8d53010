"""The kinds of records there are: Central's ledger, and what engines and drivers write down."""

from evcharging.domain.access.action import OperatorAction
from evcharging.domain.alert import Alert
from evcharging.domain.books import Entry
from evcharging.domain.catalogue import SiteTariff, TariffVersion
from evcharging.domain.charging_point import LastReading, LastStatus, Point
from evcharging.domain.driving import DriverMemory
from evcharging.domain.hold import AnsweredAsk, Hold
from evcharging.domain.notice import Notice
from evcharging.domain.numbering import ReceiptSeries
from evcharging.domain.payment import Payment
from evcharging.domain.queue import QueueEntry
from evcharging.domain.reconcile import Comparison
from evcharging.domain.record import Record
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import Bill, Request, Session
from evcharging.domain.site import Site, SitePoint
from evcharging.domain.site_power import SitePower
from evcharging.domain.site_reservation import SiteReservation
from evcharging.domain.supply import EngineMemory, Reading, Supply
from evcharging.domain.webhook import Delivery, Webhook

LEDGER: tuple[type[Record], ...] = (
    Point,
    Session,
    Bill,
    Request,
    Notice,
    LastStatus,
    LastReading,
    SitePoint,
    Site,
    TariffVersion,
    SiteTariff,
    Webhook,
    Delivery,
    OperatorAction,
    Alert,
    Reservation,
    SiteReservation,
    QueueEntry,
    Hold,
    AnsweredAsk,
    SitePower,
    Payment,
    Entry,
    ReceiptSeries,
    Comparison,
)
JOURNAL: tuple[type[Record], ...] = (Supply, Reading, EngineMemory, DriverMemory)
