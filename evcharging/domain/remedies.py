"""What is done about payments that are not alike here and at the provider. Knows no provider, store or clock."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from evcharging.common.utils import Frozen
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.provider import ProviderPayment
from evcharging.domain.reconcile import RELEASED_WITHIN, Difference, Remedy, differences


class Remedies(Frozen, frozen=True, kw_only=True):
    """`looks`: payments of ours that are looked up. `voids`: holds that are released, by the provider's ID. `told`:
    what an operator is told of."""

    looks: tuple[Payment, ...] = ()
    voids: tuple[str, ...] = ()
    told: tuple[Difference, ...] = ()


def remedies(
    ours: Iterable[Payment],
    theirs: Iterable[ProviderPayment],
    ended: Mapping[str, datetime],
    now: datetime,
    within: timedelta = RELEASED_WITHIN,
) -> Remedies:
    """What is to be done now; as `differences`. A session whose bill is held has not ended: its hold stays."""
    ours = list(ours)
    found = list(differences(ours, theirs, ended, now, within))
    looks = {each.reference for each in found if each.remedy is Remedy.LOOK}
    return Remedies(
        looks=tuple(each for each in ours if each.reference in looks and each.state is not PaymentState.PASSED_ON),
        voids=tuple(each.payment_id for each in found if each.remedy is Remedy.VOID and each.payment_id),
        told=tuple(each for each in found if each.remedy is Remedy.TELL),
    )


def void_key(payment_id: str) -> str:
    """The key under which a hold is released that no payment of ours asks to be: the same however often."""
    return f"reconcile:{payment_id}:void"
