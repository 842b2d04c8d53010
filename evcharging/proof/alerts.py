"""What must hold of alerts, I27, and of what others are told of them, I28, and receivers that fail. Each invariant is a
function of the world, and perhaps of one event, and answers with a sentence where it does not hold."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

from evcharging.common.messages_alerts import AlertSaid
from evcharging.common.states import CPState
from evcharging.common.utils import from_json
from evcharging.domain.alert import UNCLOSED, Alert, AlertCode
from evcharging.domain.session import Session, SessionStatus
from evcharging.domain.webhook import Delivery, DeliveryState, pause
from evcharging.proof.events import Lasted
from evcharging.proof.receivers import WEBHOOKS, moody
from evcharging.proof.world import World

Subject = tuple[AlertCode, str]

TRIED_WITHIN = timedelta(seconds=45)
"""How long after its moment a delivery is tried at the latest, once nothing is wrong any more."""


def receivers(world: World, chance: Random, seconds: float) -> None:
    """Whoever is told by webhooks fails, is slow, or has heard and does not say so."""
    world.receiver.mood = moody(chance)


NEED_TIME = (AlertCode.IDLE_LONG, AlertCode.RESERVED_IN_VAIN)
"""What goes on for longer than a world lasts, as a rule."""


def i27_what_goes_on_has_one_alert(world: World, event: Lasted) -> str | None:
    """Of each rule and subject one alert goes on at most, and only what went on closes, whoever decides."""
    unclosed = world.evidence.unclosed
    for alert in event.records:
        if not isinstance(alert, Alert):
            continue
        subject = alert.rule, alert.subject
        before = unclosed.get(subject)
        if before is not None and before.alert_id != alert.alert_id:
            return f"{alert.alert_id} is {alert.state} of {subject}, and {before.alert_id} goes on"
        if before is None and alert.state not in UNCLOSED:
            return f"{alert.alert_id} is {alert.state}, and nothing went on of {subject}"
        if alert.state in UNCLOSED:
            unclosed[subject] = alert
        else:
            del unclosed[subject]
    return None


def i27_a_held_bill_has_an_alert_in_its_commit(world: World, event: Lasted) -> str | None:
    """As long as it is held, and no longer."""
    for record in event.records:
        if isinstance(record, Session):
            stands = world.evidence.sessions[record.session_id]
            is_held = stands.status is SessionStatus.SUSPECT
            if is_held is not ((AlertCode.BILL_HELD, record.session_id) in world.evidence.unclosed):
                return f"{record.session_id} is {stands.status}, and its alert {'is missing' if is_held else 'goes on'}"
    return None


def i27_a_change_of_an_alert_is_told_in_its_commit(world: World, event: Lasted) -> str | None:
    """Once, and nothing else is told."""
    told = [message for _, message in event.commit.outbox if isinstance(message, AlertSaid)]
    changed = Counter(record.alert_id for record in event.records if isinstance(record, Alert))
    if changed != Counter(said.alert_id for said in told):
        return f"{dict(changed)} has changed, and {told} is told"
    world.evidence.told_of += told
    return None


def i27_what_is_open_is_what_is_so(world: World) -> str | None:
    """Of each point that is in fault and of each bill that is held, and of nothing else."""
    unclosed = set(world.evidence.unclosed)
    kept = {(alert.rule, alert.subject) for alert in world.ledger.select(Alert) if alert.state in UNCLOSED}
    if unclosed != kept:
        return f"{unclosed} goes on, and the ledger has {kept}"
    sessions = world.evidence.sessions.values()
    held = {(AlertCode.BILL_HELD, each.session_id) for each in sessions if each.status is SessionStatus.SUSPECT}
    engines = {cp_id: world.engine(cp_id) for cp_id in world.cp_ids}
    faulty = {(AlertCode.FAULT, cp_id) for cp_id, each in engines.items() if each and each.state is CPState.FAULT}
    judged = {subject for subject in unclosed if subject[0] not in NEED_TIME}
    return None if judged == held | faulty else f"{judged} goes on, and {held | faulty} is so"


def i28_what_counts_as_delivered_was_heard(world: World, event: Lasted) -> str | None:
    """Nobody is believed to have heard what was only said."""
    for record in event.records:
        if not isinstance(record, Delivery):
            continue
        world.evidence.delivery_at[record.key] = world.agenda.now
        if record.state is DeliveryState.DELIVERED and record.key not in world.receiver.heard:
            return f"{record.key} counts as delivered, and nobody has heard it"
    return None


def i28_nobody_hears_of_anything_under_two_ids(world: World, event: Lasted) -> str | None:
    """What is said again has its ID and its words."""
    if not any(isinstance(record, Delivery) for record in event.records):
        return None
    ids: dict[tuple[str, str, str], str] = {}
    for delivery_id, heard in world.receiver.heard.items():
        if len(set(heard)) > 1:
            return f"{delivery_id} was heard with other words"
        body = from_json(dict[str, Any], heard[0].body.encode())
        known = heard[0].webhook_id, body["type"], body["data"]["alert_id"]
        if ids.setdefault(known, delivery_id) != delivery_id:
            return f"{known} was heard as {ids[known]} and as {delivery_id}"
    return None


def i28_whoever_wants_to_hears_of_each_alert(world: World) -> str | None:
    """Or is tried again soon."""
    kept = {delivery.delivery_id: delivery for delivery in world.ledger.select(Delivery)}
    for said in world.evidence.told_of:
        for webhook in WEBHOOKS:
            delivery_id = f"{webhook.webhook_id}-{said.alert_id}-{said.event.rpartition('.')[2]}"
            if not webhook.wants(said.rule) or delivery_id in world.receiver.heard:
                continue
            delivery = kept.get(delivery_id)
            if delivery is None or delivery.next_at is None:
                return f"{webhook.webhook_id} has not heard {said.event} of {said.alert_id}, and nobody will try"
            waits = world.agenda.now - world.evidence.delivery_at[delivery_id]
            if waits > pause(delivery.attempts) + TRIED_WITHIN:
                return f"{delivery_id} waits for {waits} after {delivery.attempts} attempts, and nobody tries"
    return None


CHECKS = (i27_what_is_open_is_what_is_so, i28_whoever_wants_to_hears_of_each_alert)
