"""What somebody who watches from outside has seen of published tariffs: which of them lasted when, and when each
request was decided. By its own arithmetic; it trusts nothing that the roles keep in mind."""

from collections.abc import Iterator
from datetime import datetime

from evcharging.common.messages_tariff import Tariff
from evcharging.domain.catalogue import SiteTariff, TariffVersion
from evcharging.domain.charging_point import Point
from evcharging.domain.session import Session


class Published:
    """`asked`: when each process last asked the ledger something. `decided`: between which moments the ledger was asked
    and a session authorised. `due`: the tariffs, or none, by which it may be billed: by the ledger as it was at some
    moment of these. `numbers`: how many versions each tariff has."""

    def __init__(self) -> None:
        self.asked: dict[str, datetime] = {}
        self.decided: dict[str, tuple[datetime, datetime]] = {}
        self.due: dict[str, list[Tariff | None]] = {}
        self.numbers: dict[str, int] = {}
        self._versions: list[tuple[datetime, TariffVersion]] = []
        self._sites: list[tuple[datetime, SiteTariff]] = []

    def lasted(self, now: datetime, record: TariffVersion | SiteTariff) -> None:
        """Something lasts in the ledger."""
        if isinstance(record, SiteTariff):
            self._sites.append((now, record))
        else:
            self._versions.append((now, record))

    def decides(self, now: datetime, process: str, session: Session) -> None:
        """A process has authorised a session, whether that lasts or not."""
        self.decided[session.session_id] = self.asked.get(process, now), now

    def authorised(self, session: Session, point: Point) -> None:
        """A session lasts that was authorised at a point that stood so."""
        begin, end = self.decided[session.session_id]
        changes = [at for at, _ in (*self._versions, *self._sites) if begin < at <= end]
        self.due[session.session_id] = [self._tariff(point, session.requested_at, as_of) for as_of in (begin, *changes)]

    def _tariff(self, point: Point, at: datetime, as_of: datetime) -> Tariff | None:
        if point.tariff is not None:
            return point.tariff
        sites = [site for lasted, site in self._sites if lasted <= as_of and site.site_id == point.site_id]
        for name in (point.tariff_id, sites[-1].tariff_id if sites else None):
            found = max(self._in_force(name, at, as_of), default=None)
            if found is not None:
                return found[1].tariff
        return None

    def _in_force(self, name: str | None, at: datetime, as_of: datetime) -> Iterator[tuple[int, TariffVersion]]:
        for lasted, version in self._versions:
            if lasted <= as_of and version.tariff_id == name and version.from_at <= at:
                yield version.number, version
