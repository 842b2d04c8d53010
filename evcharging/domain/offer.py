"""What a charging point offers a vehicle, by its nameplate and by a limit. Whole mA and W. Knows no vehicle, clock or
message bus."""

from evcharging.common.amperes import LEAST_MA, VOLTS
from evcharging.common.messages import Limit
from evcharging.common.utils import Frozen

LEAST_DC_W = LEAST_MA * VOLTS // 1000
"""The least direct current that a point offers, as power: as little as alternating current on one phase."""

MOST_AC_W = 43_470
"""63 A on three phases, the largest plug for alternating current (IEC 62196-2): a stronger point gives direct
current."""

MOST_ONE_PHASE_W = 7_400
"""32 A on one phase, as it is written on points; a stronger one has three."""


class Offer(Frozen):
    """At most `watts`; of alternating current `ma` on each of its `phases`, of direct current neither."""

    watts: int
    phases: int = 0
    ma: int = 0


def phases_of(power_w: int) -> int:
    """How many phases a point of this nameplate power has; 0 where it gives direct current."""
    if power_w > MOST_AC_W:
        return 0
    return 3 if power_w > MOST_ONE_PHASE_W else 1


def offer_of(power_w: int, limit: Limit | None = None) -> Offer:
    """What a point of this nameplate power offers under a limit: nothing, where that is below the least current. A
    limit of current that was set before a point was known to give direct current counts as on one phase."""
    phases = phases_of(power_w)
    most_w = power_w if limit is None or limit.watts is None else min(power_w, limit.watts)
    if not phases:
        if limit is not None and limit.milliamperes is not None:
            most_w = min(most_w, limit.milliamperes * VOLTS // 1000)
        return Offer(watts=most_w if most_w >= min(LEAST_DC_W, power_w) else 0)
    rated_ma = _to_ma(power_w, phases)
    ma = min(rated_ma, _to_ma(most_w, phases))
    if limit is not None and limit.milliamperes is not None:
        ma = min(ma, limit.milliamperes)
    if ma < min(LEAST_MA, rated_ma):
        return Offer(watts=0, phases=phases)
    # A limit that is the nameplate leaves it whole: its last W is less than a mA.
    return Offer(watts=most_w if ma == rated_ma else min(most_w, ma * phases * VOLTS // 1000), phases=phases, ma=ma)


def granted(offer: Offer, ma: int | None, phases: int) -> Offer:
    """What is offered of it to a vehicle of so many phases under a grant of mA on each; None is no grant at all. Direct
    current is drawn on three phases."""
    if ma is None:
        return offer
    used = offer.phases or phases
    watts = min(offer.watts, ma * used * VOLTS // 1000)
    if not offer.phases:
        return Offer(watts=watts if watts >= LEAST_DC_W else 0)
    if ma < LEAST_MA or not offer.watts:
        return Offer(watts=0, phases=used)
    return Offer(watts=watts, phases=used, ma=min(offer.ma, ma))


def _to_ma(watts: int, phases: int) -> int:
    return watts * 1000 // (VOLTS * phases)


def why_no_limit(limit: Limit | None, power_w: int) -> str | None:
    """Why a limit cannot be set at a point of this nameplate power, in one sentence; None where it can. 0 pauses. Of a
    point whose power is not known yet (0), only what holds of all is asked."""
    if limit is None:
        return None
    if limit.milliamperes is None and limit.watts is None:
        return "the limit says neither milliamperes nor watts: give one of them, or delete the limit"
    ma, watts, phases = limit.milliamperes, limit.watts, phases_of(power_w)
    if ma is not None and 0 < ma < LEAST_MA:
        return f"{ma} mA is below {LEAST_MA} mA on each phase, the least that a point offers (IEC 61851-1): 0 pauses"
    if ma is not None and power_w and not phases:
        return f"a point of {power_w} W gives direct current, which milliamperes on each phase do not limit: give watts"
    least_w = LEAST_MA * phases * VOLTS // 1000 if power_w and phases else LEAST_DC_W
    if watts is not None and 0 < watts < min(least_w, power_w or least_w):
        on = f"6 A on {phases} phase{'s' if phases > 1 else ''}" if power_w and phases else "6 A on one phase"
        return f"{watts} W is below {least_w} W, which is {on}, the least that a point offers (IEC 61851-1): 0 pauses"
    return None
