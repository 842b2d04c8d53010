"""A bill as its driver receives it. Knows no message bus, store or clock."""

from evcharging.common.messages import Ticket
from evcharging.domain.meter import to_kwh
from evcharging.domain.money import to_euros
from evcharging.domain.session import Bill


def ticket_of(bill: Bill) -> Ticket:
    """A bill as the driver receives it."""
    return Ticket(
        session_id=bill.session_id,
        cp_id=bill.cp_id,
        started_at=bill.started_at,
        ended_at=bill.ended_at,
        kwh=to_kwh(bill.energy_mwh),
        euros_per_kwh=to_euros(bill.micro_euros_per_kwh),
        euros=to_euros(bill.micro_euros),
        ended_by=bill.ended_by,
        tariff=bill.tariff,
        price=bill.price,
        unplugged_at=bill.unplugged_at,
    )
