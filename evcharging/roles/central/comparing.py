"""What Central keeps of a comparison of its payments with the provider's: the last one, and an alert for each
difference that only somebody can put right. Knows no provider."""

from datetime import datetime

from evcharging.common.messages_operators import PaymentsCompared
from evcharging.domain.alert import AlertCode
from evcharging.domain.charging_point import Point
from evcharging.domain.reconcile import Comparison, Difference, Remedy
from evcharging.roles.central.operators import answer
from evcharging.roles.central.shard import Handlers, Shard
from evcharging.roles.role import Effect

RULE = AlertCode.PAYMENT_DIFFERENCE


def on_compared(shard: Shard, order: PaymentsCompared, now: datetime) -> list[Effect]:
    """What is told of opens an alert, and what is not found any more closes it."""
    found = tuple(
        Difference(remedy=Remedy(each.remedy), reference=each.reference, payment_id=each.payment_id, text=each.text)
        for each in order.differences
    )
    told = {each.reference: each.text for each in found if each.remedy is Remedy.TELL}
    comparison = Comparison(
        at=order.ts, since=order.since, ours=order.ours, theirs=order.theirs, found=order.found, differences=found
    )
    point = Point(cp_id=order.cp_id)
    opened = [each for name, text in told.items() for each in shard.alerts.begin(RULE, point, name, text, now, now)]
    over = [name for name in shard.alerts.subjects(RULE) if name not in told]
    closed = [each for name in over for each in shard.alerts.end(RULE, name, now)]
    return [comparison, *opened, *closed, answer(shard, order, None, now)]


HANDLERS: Handlers = {PaymentsCompared: on_compared}
