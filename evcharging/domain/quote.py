"""What a charge will cost, as its driver hears it before it begins: an estimate for what is wanted, and the price of
each unit. Knows no clock."""

from datetime import datetime, timedelta

from evcharging.common.messages import Limit, Quote
from evcharging.common.messages_tariff import PriceLine, Tariff
from evcharging.domain.meter import energy_mwh, time_to_deliver, to_kwh
from evcharging.domain.offer import offer_of
from evcharging.domain.price import can_be_priced, estimate
from evcharging.domain.session import Session
from evcharging.domain.tariff import single, why_no_tariff

LONGEST = timedelta(days=1)
"""Of a longer charge the unit prices are said: a shard does not stop to add up a month of edges."""


def quote_of(session: Session, power_w: int, limit: Limit | None) -> Quote | None:
    """What a session will cost at a point of this nameplate power, under its limit; None where the tariff cannot be
    used on this machine."""
    tariff = session.tariff or single(session.micro_euros_per_kwh)
    if why_no_tariff(tariff) is not None:
        return None
    version = session.tariff.version_id if session.tariff else None
    units = unit_prices(tariff)
    watts = offer_of(power_w, limit).watts if power_w else 0
    charging = _time(session, watts)
    if charging is None or not can_be_priced(session.requested_at):
        return Quote(tariff=version, unit_prices=units, vat_permille=tariff.vat_permille)
    return Quote(
        tariff=version,
        kwh=to_kwh(energy_mwh(watts, charging)),
        minutes=round(charging / timedelta(minutes=1), 6),
        price=estimate(tariff, session.requested_at, watts, charging),
        unit_prices=units,
        vat_permille=tariff.vat_permille,
    )


def expected_end(session: Session, power_w: int, limit: Limit | None) -> datetime | None:
    """When a session is expected to end at a point of this nameplate power, under its limit: once it has what its
    driver asked for. None where nobody can say."""
    charging = _time(session, offer_of(power_w, limit).watts if power_w else 0)
    return None if charging is None else (session.started_at or session.requested_at) + charging


def unit_prices(tariff: Tariff) -> tuple[PriceLine, ...]:
    """What each unit costs, by the elements in their order."""
    return tuple(
        PriceLine(component=component.value, micro_euros=0, element=number, unit_micro_euros=unit, per=per)
        for number, element in enumerate(tariff.elements, 1)
        for component, (unit, per) in element.rates.items()
    )


def _time(session: Session, watts: int) -> timedelta | None:
    """How long it charges until it has what is wanted; None where nothing is, or that takes too long to tell."""
    times = []
    if session.minutes is not None:
        times.append(timedelta(minutes=session.minutes))
    if session.limit_mwh is not None and watts:
        times.append(time_to_deliver(watts, session.limit_mwh))
    wanted = min(times, default=None)
    return wanted if watts and wanted is not None and wanted <= LONGEST else None
