"""What must hold of orders and of what is noted of them: I25. Each is a function of the world and one event, and
answers with a sentence where it does not hold."""

from collections import defaultdict

from evcharging.common.messages import CentralCommand, SetLimit, StopSupply
from evcharging.common.messages_alerts import (
    AddWebhook,
    ChangeWebhook,
    RemoveWebhook,
    TestWebhook,
    WebhookAnswer,
)
from evcharging.common.messages_catalogue import NameSiteTariff, PublishTariff, TariffAnswer
from evcharging.common.messages_operators import (
    AckAlert,
    Actor,
    AssignTariff,
    EndSession,
    ForgetRun,
    FreeReservation,
    LimitPoint,
    LookUpPayment,
    NameTariff,
    OperatorAnswer,
    OperatorRequest,
    RefundPayment,
    RegisterPoint,
    RetirePoint,
    SettleSession,
    StopAfterSupply,
)
from evcharging.common.messages_site import DescribeSite, RemoveFromQueue, SiteAnswer
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.domain.payment import Payment
from evcharging.proof.events import Lasted, Said
from evcharging.proof.orders import Change, Order, said_in
from evcharging.proof.world import World
from evcharging.roles.actions import MOST_REFUSED

FORGET, END, FREE, REFUND = "forget_run", "end_session", "free_reservation", "refund_payment"
"""Which run an engine is in is no fact, and how a session, a reservation or a payment stands is no operator's."""

CALLED: dict[type[Order], tuple[str, str]] = {
    RegisterPoint: ("register_point", "cp_id"),
    StopAfterSupply: ("stop_after_supply", "cp_id"),
    AssignTariff: ("assign_tariff", "cp_id"),
    NameTariff: ("name_tariff", "cp_id"),
    LimitPoint: ("limit_point", "cp_id"),
    RetirePoint: ("retire_point", "cp_id"),
    ForgetRun: (FORGET, "cp_id"),
    SettleSession: ("settle_session", "session_id"),
    EndSession: (END, "session_id"),
    AckAlert: ("ack_alert", "alert_id"),
    FreeReservation: (FREE, "reservation_id"),
    RefundPayment: (REFUND, "session_id"),
    LookUpPayment: ("look_up_payment", "session_id"),
    AddWebhook: ("add_webhook", "webhook_id"),
    ChangeWebhook: ("change_webhook", "webhook_id"),
    RemoveWebhook: ("remove_webhook", "webhook_id"),
    TestWebhook: ("test_webhook", "webhook_id"),
    PublishTariff: ("publish_tariff", "tariff_id"),
    NameSiteTariff: ("name_site_tariff", "site_id"),
    DescribeSite: ("describe_site", "site_id"),
    RemoveFromQueue: ("remove_from_queue", "site_id"),
}
"""What the action of each kind of order is called, and the field that names its subject."""


QUIET = (RegisterPoint, SettleSession, EndSession, AckAlert, DescribeSite, RefundPayment, LookUpPayment)
"""What is done already and asked again is none of their actions."""


def i25_a_change_comes_with_its_action(world: World, event: Lasted) -> str | None:
    """What operators decide of a point, a session, a tariff or a site changes in the commit that says who did it, by
    whom and as that says."""
    ordered = world.evidence.acts
    noted: defaultdict[str, list[OperatorAction]] = defaultdict(list)
    for action in ordered.done:
        if action.after is not None and action.action not in (FORGET, END, FREE, REFUND):
            noted[action.subject].append(action)
    for change in ordered.changes:
        own = noted[change.subject]
        if not own:
            return f"{change.subject} was changed from {change.before} to {change.after}, and no action says so"
        if not _says(own.pop(0), change):
            return f"{change.subject} was changed from {change.before} to {change.after}, and its action says otherwise"
    left = [action for own in noted.values() for action in own]
    return f"{left[0]} is noted, and nothing has changed so" if left else None


def i25_an_action_is_of_an_order_of_its_actor(world: World, event: Lasted) -> str | None:
    """Somebody gave it, and nobody else is said to have done so."""
    for action in event.records:
        if not isinstance(action, OperatorAction):
            continue
        order = world.evidence.acts.given.get(action.request_id or "")
        if order is None:
            return f"{action} is noted, and nobody gave that order"
        if not _is_by(action, order.actor):
            return f"{action} is noted, and it was {order.actor} who gave that order"
        if (action.action, action.subject) != _called(order):
            return f"{action} is noted of {order}"
    return None


def i25_what_is_noted_as_done_is_done(world: World, event: Lasted) -> str | None:
    """In the same commit: it changes something, or the engine is told."""
    said = [message for _, message in event.commit.outbox]
    for action in world.evidence.acts.done:
        order = world.evidence.acts.given.get(action.request_id or "")
        match order:
            case OperatorRequest():
                told = [(each.cp_id, each.action) for each in said if isinstance(each, CentralCommand)]
                is_done = (order.cp_id, order.action) in told
            case LimitPoint():
                is_done = any(isinstance(each, SetLimit) and each.cp_id == order.cp_id for each in said)
            case EndSession():
                is_done = any(isinstance(each, StopSupply) and each.session_id == order.session_id for each in said)
            case RefundPayment():
                paid = [each for each in event.records if isinstance(each, Payment)]
                is_done = any(asked.request_id == order.request_id for each in paid for asked in each.refunds)
            case ForgetRun():
                known = [each for each in event.records if isinstance(each, LastStatus) and each.epoch == 0]
                is_done = order.cp_id in [each.cp_id for each in known]
            case AssignTariff() | NameTariff() | StopAfterSupply():
                is_done = any(isinstance(each, Point) and each.cp_id == order.cp_id for each in event.records)
            case _:
                is_done = action.after is not None
        if not is_done:
            return f"{action} is noted as done, and nothing came of it"
    return None


def i25_what_is_answered_is_noted(world: World, event: Said) -> str | None:
    """Whoever is told that an order is done, or refused, finds it noted so; not what is said again and changes nothing,
    and no more refusals than are noted in a minute."""
    answer, ordered = event.message, world.evidence.acts
    if not isinstance(answer, OperatorAnswer | TariffAnswer | WebhookAnswer | SiteAnswer):
        return None
    if answer.refusal in [action.refusal for action in ordered.noted[answer.request_id]]:
        return None
    if answer.refusal is None:
        is_quiet = isinstance(ordered.given.get(answer.request_id), QUIET)
        return None if is_quiet else f"{answer} is said, and nothing is noted of it"
    is_flooded = ordered.refused_lately(world.agenda.now) >= MOST_REFUSED
    return None if is_flooded else f"{answer} is said, and no refusal is noted"


def _says(action: OperatorAction, change: Change) -> bool:
    before, after = said_in(action.before), said_in(action.after)
    return (
        _is_by(action, change.actor)
        and change.before.items() <= before.items()
        and change.after.items() <= after.items()
    )


def _is_by(action: OperatorAction, actor: Actor | None) -> bool:
    who = actor and (actor.kind.value, actor.id, actor.via, actor.role)
    return (action.actor_kind, action.actor_id, action.via, action.role) == who


def _called(order: Order) -> tuple[str, str]:
    if isinstance(order, OperatorRequest):
        return order.action.value, order.cp_id
    name, subject = CALLED[type(order)]
    return name, getattr(order, subject)
