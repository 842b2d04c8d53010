"""What readers find in the ledger about published tariffs. Knows no rule and no route."""

from collections.abc import Sequence
from datetime import datetime

from evcharging.adapters.store.history import History
from evcharging.domain.catalogue import Catalogue, SiteTariff, TariffVersion, version_name
from evcharging.domain.charging_point import LastStatus, Point


def catalogue_for(store: History, tariff_id: str | None, site_id: str | None) -> Catalogue:
    """What is published of a tariff and of the one that a site names."""
    sites = store.fetch(SiteTariff, [site_id]) if site_id is not None else []
    named = [each for each in (tariff_id, *(site.tariff_id for site in sites)) if each is not None]
    return Catalogue(store.select(TariffVersion, {"tariff_id": named}) if named else (), sites)


def known_of(store: History, cp_id: str) -> tuple[Point, LastStatus, Catalogue]:
    """What the ledger has of a point that is shown."""
    points, statuses = store.fetch(Point, [cp_id]), store.fetch(LastStatus, [cp_id])
    point = points[0] if points else Point(cp_id=cp_id)
    status = statuses[0] if statuses else LastStatus(cp_id=cp_id)
    found = Catalogue() if point.tariff is not None else catalogue_for(store, point.tariff_id, point.site_id)
    return point, status, found


def counts(store: History, after: str, limit: int) -> list[tuple[str, int]]:
    """Published tariffs in order of their ID, with how many versions each has."""
    return [(total.value, total.count) for total in store.tally(TariffVersion, "tariff_id", after=after, limit=limit)]


def count_of(store: History, tariff_id: str) -> int:
    """How many versions a tariff has; 0 where none was published."""
    return sum(total.count for total in store.tally(TariffVersion, "tariff_id", only=tariff_id, limit=1))


def some_of(store: History, tariff_id: str, numbers: Sequence[int]) -> list[TariffVersion]:
    """Versions of a tariff, in this order."""
    return store.fetch(TariffVersion, [version_name(tariff_id, number) for number in numbers])


def in_force_now(store: History, newest: dict[str, int], now: datetime) -> dict[str, TariffVersion]:
    """Of tariffs with so many versions each: the one in force, where there is one. Few versions come later."""
    found: dict[str, TariffVersion] = {}
    looked_at = {tariff_id: number for tariff_id, number in newest.items() if number}
    while looked_at:
        asked = [version_name(tariff_id, number) for tariff_id, number in looked_at.items()]
        versions = store.fetch(TariffVersion, asked)
        found |= {version.tariff_id: version for version in versions if version.from_at <= now}
        looked_at = {each: number - 1 for each, number in looked_at.items() if each not in found and number > 1}
    return found
