"""Published tariffs: their versions, who names which, and the one by which a session is billed. Knows no bus, store or
clock."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol, TypeVar

from evcharging.common.messages_catalogue import PublishTariff
from evcharging.common.messages_operators import Actor
from evcharging.common.messages_tariff import UNPUBLISHED, Tariff
from evcharging.common.utils import changed, iso
from evcharging.domain.charging_point import Point
from evcharging.domain.price import can_be_priced
from evcharging.domain.record import Record
from evcharging.domain.tariff import SINGLE, why_no_tariff

MOST_VERSIONS = 1_000
"""Of one tariff."""

RESERVED = frozenset(version.partition("@")[0] for version in (SINGLE, UNPUBLISHED))


class TariffVersion(Record, frozen=True, kw_only=True):
    """A version of a tariff, which was published once and never changes; it counts from `from_at` on, until a newer one
    does. Versions of a tariff are numbered from 1. `request_id` is the order's, `actor` who gave it."""

    key_field: ClassVar[str] = "version_id"
    table: ClassVar[str] = "tariff_versions"
    searched: ClassVar[tuple[str, ...]] = ("tariff_id",)
    once: ClassVar[bool] = True
    is_read_elsewhere: ClassVar[bool] = True

    version_id: str
    tariff_id: str
    number: int
    from_at: datetime
    published_at: datetime
    request_id: str
    tariff: Tariff
    actor: Actor | None = None


class SiteTariff(Record, frozen=True, kw_only=True):
    """The tariff that a site names, or none any more, and who said so."""

    key_field: ClassVar[str] = "site_id"
    table: ClassVar[str] = "site_tariffs"
    is_read_elsewhere: ClassVar[bool] = True

    site_id: str
    tariff_id: str | None
    named_at: datetime
    actor: Actor | None = None


def version_name(tariff_id: str, number: int) -> str:
    """The ID of a version."""
    return f"{tariff_id}@{number}"


class Begins(Protocol):
    """What counts from a moment on."""

    @property
    def from_at(self) -> datetime:
        """That moment."""
        ...


B = TypeVar("B", bound=Begins)


def in_force(versions: Sequence[B], at: datetime) -> B | None:
    """Of the versions of a tariff, in their order: the newest one that counts at a moment, if any does."""
    return next((version for version in reversed(versions) if version.from_at <= at), None)


class Catalogue:
    """What is known of published tariffs: the `versions` of each, in order and without a gap, and what `sites` name."""

    def __init__(self, versions: Iterable[TariffVersion] = (), sites: Iterable[SiteTariff] = ()) -> None:
        self.versions: dict[str, tuple[TariffVersion, ...]] = {}
        self.sites: dict[str, SiteTariff] = {}
        for version in sorted(versions, key=lambda each: (each.tariff_id, each.number)):
            self.learn(version)
        for site in sites:
            self.learn(site)

    def learn(self, record: Record) -> None:
        """Take in what the ledger says."""
        if isinstance(record, SiteTariff):
            self.sites[record.site_id] = record
        elif isinstance(record, TariffVersion):
            known = self.versions.get(record.tariff_id, ())
            if record.number == len(known) + 1:
                self.versions[record.tariff_id] = (*known, record)

    def of(self, tariff_id: str | None, at: datetime) -> Tariff | None:
        """The version of a tariff that is in force at a moment, as far as is known."""
        version = in_force(self.versions.get(tariff_id, ()), at) if tariff_id is not None else None
        return version.tariff if version is not None else None

    def named_at(self, site_id: str | None) -> str | None:
        """What a site names."""
        site = self.sites.get(site_id) if site_id is not None else None
        return site.tariff_id if site is not None else None

    def next_version(self, tariff_id: str) -> tuple[type[Record], str]:
        """The kind and the key of the first version that is not known."""
        return TariffVersion, version_name(tariff_id, len(self.versions.get(tariff_id, ())) + 1)

    def look_up(self, tariff_id: str | None, site_id: str | None) -> list[tuple[type[Record], str]]:
        """The kinds and keys of what may be new in the ledger of a tariff, a site, and the tariff that it names."""
        sites: list[tuple[type[Record], str]] = [(SiteTariff, site_id)] if site_id is not None else []
        return [*sites, *map(self.next_version, filter(None, (tariff_id, self.named_at(site_id))))]

    def next_change(self, after: datetime) -> datetime | None:
        """When a version begins to count next."""
        begins = (version.from_at for versions in self.versions.values() for version in versions)
        return min((at for at in begins if at > after), default=None)


class TariffBy(StrEnum):
    """Why a tariff counts at a point: it was given to it, the point names it, or its site does."""

    OWN = "own"
    POINT = "point"
    SITE = "site"


def resolved(point: Point, catalogue: Catalogue, at: datetime) -> tuple[TariffBy | None, Tariff | None]:
    """The tariff by which a session is billed that is authorised at a point at that moment, and why: its own whole one,
    or the version in force of the one that it names, or else of the one that its site names. None: its single price
    counts."""
    if point.tariff is not None:
        return TariffBy.OWN, point.tariff
    if (named := catalogue.of(point.tariff_id, at)) is not None:
        return TariffBy.POINT, named
    named = catalogue.of(catalogue.named_at(point.site_id), at)
    return (None if named is None else TariffBy.SITE), named


def tariff_at(point: Point, catalogue: Catalogue, at: datetime) -> Tariff | None:
    """The tariff by which a session is billed that is authorised at a point at that moment."""
    return resolved(point, catalogue, at)[1]


def why_not_named(tariff_id: str, catalogue: Catalogue) -> str | None:
    """Why nobody can name a tariff, in one sentence; None where a version of it was published."""
    return None if tariff_id in catalogue.versions else f"{tariff_id} is not a published tariff: publish it first"


def why_not_published(order: PublishTariff, versions: Sequence[TariffVersion], now: datetime) -> str | None:
    """Why the next version of a tariff cannot be published, in one sentence; None where it can."""
    if order.tariff_id in RESERVED:
        return f"{order.tariff_id} is the name of what is no published tariff: give another ID"
    if order.from_at is not None and order.from_at < now:
        return f"from {iso(order.from_at)} on is past, and nothing is billed again: leave it out for from now on"
    if order.from_at is not None and not can_be_priced(order.from_at):
        return "from is no moment of the years 2000 to 2099"
    if len(versions) >= MOST_VERSIONS:
        return f"{order.tariff_id} has {MOST_VERSIONS} versions, which is the most: publish it by another ID"
    return why_no_tariff(order.tariff)


def published(order: PublishTariff, number: int, now: datetime) -> TariffVersion:
    """The version that an order publishes."""
    version_id = version_name(order.tariff_id, number)
    return TariffVersion(
        version_id=version_id,
        tariff_id=order.tariff_id,
        number=number,
        from_at=order.from_at or now,
        published_at=now,
        request_id=order.request_id,
        tariff=changed(order.tariff, version_id=version_id),
        actor=order.actor,
    )


def is_published_by(version: TariffVersion, order: PublishTariff) -> bool:
    """Whether an order asks for a version as it was published."""
    again = published(order, version.number, version.published_at)
    return again == changed(version, request_id=order.request_id, actor=order.actor)
