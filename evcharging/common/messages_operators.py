"""What operators ask of Central, and what it answers; registration of points is among it."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from evcharging.common.messages import (
    LINE_PATTERN,
    Action,
    Count,
    EurosPerKilowattHour,
    Id,
    Limit,
    Message,
    Moment,
    Reference,
    Text,
)
from evcharging.common.messages_tariff import Tariff, TariffId
from evcharging.common.utils import Frozen


class ActorKind(StrEnum):
    """The kind of an actor. LOCAL: anyone who can reach this machine, where nobody signs in. MACHINE: a program with a
    machine key. POINT: a charging point with its own key. SYSTEM: Central itself, or a command beside it."""

    LOCAL = "local"
    PERSON = "person"
    DRIVER = "driver"
    MACHINE = "machine"
    POINT = "point"
    SYSTEM = "system"


class Actor(Frozen, frozen=True, kw_only=True):
    """Who gives an order, and through which channel (`via`). The component that checks the order sets it; the sender
    of the order cannot."""

    kind: ActorKind
    id: Id
    via: Id
    role: Id | None = None


class OperatorOrder(Message, frozen=True, kw_only=True):
    """What is asked of Central about a point; `actor` is who asks, where that is known."""

    request_id: Reference
    cp_id: Id
    actor: Actor | None = None


class RegisterPoint(OperatorOrder, frozen=True, kw_only=True):
    """A charging point makes itself known; what is left out stays as it was."""

    station_id: Id | None = None
    site_id: Id | None = None
    location: Annotated[str, Meta(pattern=LINE_PATTERN, max_length=120)] | None = None
    euros_per_kwh: EurosPerKilowattHour | None = None


class OperatorRequest(OperatorOrder, frozen=True, kw_only=True):
    """An operator, or a hand at the point, asks for an action."""

    action: Action


class StopAfterSupply(OperatorOrder, frozen=True, kw_only=True):
    """An operator stops a point once the supply that runs there has ended; at once where none does. A resume takes it
    back."""


class AssignTariff(OperatorOrder, frozen=True, kw_only=True):
    """An operator gives a point a tariff for the sessions that begin from now on, or none: then its single price counts
    again."""

    tariff: Tariff | None = None


class LimitPoint(OperatorOrder, frozen=True, kw_only=True):
    """An operator sets what a point may give at most, or takes that limit away."""

    limit: Limit | None = None


class NameTariff(OperatorOrder, frozen=True, kw_only=True):
    """An operator names the published tariff of a point, instead of what it had: a session is billed by the version
    that is in force when it is authorised."""

    tariff_id: TariffId


class RetirePoint(OperatorOrder, frozen=True, kw_only=True):
    """An operator takes a point out of the network; its history stays."""


class ForgetRun(OperatorOrder, frozen=True, kw_only=True):
    """An operator lets Central forget which run of a point's engine is the newest, so that the next one counts."""


class SettleSession(OperatorOrder, frozen=True, kw_only=True):
    """An operator says what a suspect session delivered, and why, so that it is billed; without `energy_mwh`, what its
    engine's figures say."""

    session_id: Reference
    energy_mwh: Annotated[int, Meta(ge=0, le=10**11)] | None = None
    note: Annotated[str, Meta(pattern=LINE_PATTERN, max_length=120)]
    by: Id


class EndSession(OperatorOrder, frozen=True, kw_only=True):
    """Somebody ends a session that goes on, or that has not begun yet; a driver may do so with sessions of that driver
    alone. The vehicle stays plugged in."""

    session_id: Reference


class FreeReservation(OperatorOrder, frozen=True, kw_only=True):
    """An operator cancels a reservation of a point, which costs its driver nothing."""

    reservation_id: Reference


class AckAlert(OperatorOrder, frozen=True, kw_only=True):
    """An operator has seen an alert, and perhaps notes something about it."""

    alert_id: Reference
    note: Annotated[str, Meta(pattern=LINE_PATTERN, min_length=1, max_length=120)] | None = None


class RefundPayment(OperatorOrder, frozen=True, kw_only=True):
    """An operator pays so much of what was captured for a session back, and says why."""

    session_id: Reference
    cents: Annotated[int, Meta(ge=1, le=99_999_999, examples=[500])]
    note: Annotated[str, Meta(pattern=LINE_PATTERN, min_length=1, max_length=120)]


class LookUpPayment(OperatorOrder, frozen=True, kw_only=True):
    """Somebody wants to know how the payment of a session stands with the provider: because the provider has said that
    it has changed, or because it is not as it is here."""

    session_id: Reference


class DifferenceSaid(Frozen, frozen=True, kw_only=True):
    """What is not alike here and at the provider of payments, in a sentence; what is to be done (`remedy`): look, void,
    or tell somebody."""

    remedy: Id
    reference: Reference
    payment_id: Text | None = None
    text: Text


class PaymentsCompared(OperatorOrder, frozen=True, kw_only=True):
    """Central has compared its payments since a moment with the provider's: how many there were here and there, how
    many differences, and the first of these. `cp_id` is no point: it says which shard keeps it."""

    since: Moment
    ours: Count
    theirs: Count
    found: Count
    differences: Annotated[tuple[DifferenceSaid, ...], Meta(max_length=100)] = ()


ORDERS = tuple(OperatorOrder.__subclasses__())
"""All that operators ask."""


class OperatorAnswer(Message, frozen=True, kw_only=True):
    """Central's decision on a registration, a settlement or an operator's request, after it was made to last.
    `asked_at`: when that was asked, so that who asks again with the same ID is not given the answer of before."""

    request_id: Reference
    cp_id: Id
    refusal: Text | None = None
    asked_at: Moment | None = None
