"""Mutants of prices that change while a supply goes on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from evcharging.common.messages import SupplyEnded
from evcharging.common.messages_tariff import Price, Tariff
from evcharging.common.utils import changed
from evcharging.domain import catalogue
from evcharging.domain import session as session_rules
from evcharging.domain.catalogue import Catalogue
from evcharging.domain.charging_point import Point
from evcharging.domain.price import price_of_supply
from evcharging.domain.session import Session, finalised
from evcharging.roles.central import orders, pricing, requests, starting, supplies
from evcharging.roles.central.shard import Shard
from evcharging.roles.engine.meter import RunningMeter
from evcharging.roles.tariff.tariffs import Tariffs
from evcharging.tests.mutants.deciding import handler
from evcharging.tests.mutants.mutant import Target, mutant


@mutant("edge-unnoted")
def edge_unnoted() -> list[Target]:
    """An engine does not note its register where the price changes."""
    passes = RunningMeter.passes_edge

    def unnoted(meter: RunningMeter, at: datetime) -> bool:
        passes(meter, at)
        return False

    return [(RunningMeter, "passes_edge", unnoted)]


@mutant("marks-dropped")
def marks_dropped() -> list[Target]:
    """Central makes a bill of the first and the last reading alone."""

    def without(session: Session, final: SupplyEnded, doubt: str | None = None) -> Session:
        return changed(finalised(session, final, doubt), marks=())

    return [(supplies, "finalised", without)]


@mutant("line-lost")
def line_lost() -> list[Target]:
    """A bill by a tariff has no line of the last price."""

    def shorter(*args: Any) -> Price:
        price = price_of_supply(*args)
        return changed(price, lines=price.lines[:-1])

    return [(session_rules, "price_of_supply", shorter)]


@mutant("vat-forgotten")
def vat_forgotten() -> list[Target]:
    """What is billed by a tariff is without VAT."""

    def net(*args: Any) -> Price:
        price = price_of_supply(*args)
        return changed(price, gross=price.net)

    return [(session_rules, "price_of_supply", net)]


@mutant("tariff-not-frozen")
def tariff_not_frozen() -> list[Target]:
    """A session ends by the tariff that its point has on that day."""
    on_ended = supplies.on_ended

    def by_the_newest(shard: Shard, message: SupplyEnded, now: datetime) -> list[Any]:
        live, session = shard.points.get(message.cp_id), shard.open_session(message.cp_id, message.session_id)
        if live is not None and session is not None:
            live.session = changed(session, tariff=live.point.tariff)
        return on_ended(shard, message, now)

    return [handler(SupplyEnded, by_the_newest)]


@mutant("tariff-not-ordered")
def tariff_not_ordered() -> list[Target]:
    """The order to supply does not carry the tariff."""
    start = orders.start

    def untold(*args: Any) -> Any:
        return changed(start(*args), tariff=None)

    return [(starting, "start", untold)]


@mutant("version-untimely")
def version_untimely() -> list[Target]:
    """The newest version of a tariff counts, though it is to begin later."""
    return [(catalogue, "in_force", lambda versions, at: versions[-1] if versions else None)]


@mutant("tariff-by-hearsay")
def tariff_by_hearsay() -> list[Target]:
    """A request is decided by what its shard has been told of tariffs, and the ledger is not asked."""
    return [(pricing, "to_look_up", lambda shard, cp_id: ())]


@mutant("site-goes-first")
def site_goes_first() -> list[Target]:
    """What its site names goes before what a point names."""
    named = catalogue.tariff_at

    def reversed_order(point: Point, known: Catalogue, at: datetime) -> Tariff | None:
        return known.of(known.named_at(point.site_id), at) or named(point, known, at)

    return [(requests, "tariff_at", reversed_order)]


@mutant("numbers-begin-again")
def numbers_begin_again() -> list[Target]:
    """A Central that has taken over numbers what it publishes from the beginning."""

    def forgetful(self: Tariffs, name: str, epoch: int, known: Catalogue, places: Sequence[str]) -> None:
        begin(self, name, epoch, Catalogue(), places)

    begin = Tariffs.__init__
    return [(Tariffs, "__init__", forgetful)]
