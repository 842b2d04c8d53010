"""What HTTP shows and is sent of tariffs; `views.py` says more of such structures. Prices are in micro-euro."""

from collections.abc import Sequence
from typing import Annotated, Literal

from evcharging.apps.ev_central.views import (
    NOON,
    Count,
    CpId,
    DriverId,
    EurosPerKwh,
    Kilowatts,
    Kwh,
    Moment,
    Next,
    SessionId,
    SiteId,
    View,
)
from evcharging.common import messages
from evcharging.common.messages_tariff import Price, Tariff, TariffBody, TariffId, VersionId
from evcharging.common.utils import Frozen, shown, utc
from evcharging.domain.catalogue import TariffVersion

FROM = {"from_at": "from", "to_at": "to"}
Said = Annotated[messages.Moment, shown(NOON)]
MicroEuros = Annotated[int, shown(1_250_000, "Micro-euro, VAT included")]


class PublicationBody(Frozen, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=FROM):
    """The next version of a tariff, as people write it: from when on it counts; from now on, if that is left out. The
    server numbers the versions: a `version_id` in the tariff counts for nothing."""

    tariff_id: TariffId
    from_at: Said | None = None
    tariff: TariffBody


class PreviewBody(Frozen, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=FROM):
    """A tariff to be tried on the sessions that ended from one moment until before another: the last week, if these are
    left out."""

    tariff: TariffBody
    from_at: Said | None = None
    to_at: Said | None = None


class TariffVersionView(View, frozen=True, kw_only=True, rename=FROM):
    """A published version of a tariff. `state`: it is the one in force now, or one that comes later, or a newer one
    counts instead."""

    tariff_id: TariffId
    version_id: VersionId
    number: Annotated[int, shown(1)]
    state: Literal["in_force", "later", "over"]
    from_at: Moment
    published_at: Moment
    tariff: Tariff


class TariffView(View, frozen=True, kw_only=True):
    """A published tariff: how many versions it has, the one that is in force now, and the newest."""

    tariff_id: TariffId
    versions: Count
    in_force: TariffVersionView | None
    newest: TariffVersionView


class TariffPage(View, frozen=True, kw_only=True):
    """Some published tariffs, and where the next ones begin."""

    items: list[TariffView]
    next: Next | None


class TariffVersions(View, frozen=True, kw_only=True):
    """A published tariff with its versions, the newest first, and where the next ones begin."""

    tariff_id: TariffId
    versions: Count
    in_force: VersionId | None
    items: list[TariffVersionView]
    next: Next | None


class PointTariff(View, frozen=True, kw_only=True):
    """The tariff of a point, before VAT; where it has none, its single price counts. `euros_per_kwh` is that price, or
    the tariff's first one of energy. `by` says why it counts: it is the point's own, or the point or its site names it;
    `tariff_id` is what the point names."""

    cp_id: CpId
    euros_per_kwh: EurosPerKwh
    by: Literal["own", "point", "site"] | None
    tariff_id: TariffId | None
    tariff: Tariff | None


class SiteTariffView(View, frozen=True, kw_only=True):
    """The tariff that a site names, and the version that is in force now."""

    site_id: SiteId
    tariff_id: TariffId | None
    tariff: Tariff | None


class EstimateView(View, frozen=True, kw_only=True):
    """What a charge costs that begins then and goes on with the power that the point gives: `price` in micro-euro, by
    lines, and the version of the `tariff` that is in force then, if there is one."""

    cp_id: CpId
    at: Moment
    kw: Kilowatts
    kwh: Kwh
    minutes: Annotated[float, shown(27.5)]
    tariff: VersionId | None
    price: Price


class PreviewedSession(View, frozen=True, kw_only=True):
    """A session that was billed: what for, and what it would have cost, by lines. `price` is what it cost by lines, and
    null where a single price was all."""

    session_id: SessionId
    cp_id: CpId
    driver_id: DriverId
    started_at: Moment
    ended_at: Moment
    kwh: Kwh
    tariff: VersionId | None
    billed: MicroEuros
    price: Price | None
    would_be: Price


class PreviewView(View, frozen=True, kw_only=True, rename=FROM):
    """What a tariff would have made of the sessions that were billed: all of the time, or the newest `sessions` of it
    where they are too many (`is_cut`). `examples` are those that differ most."""

    from_at: Moment
    to_at: Moment
    sessions: Count
    is_cut: bool
    kwh: Kwh
    billed: MicroEuros
    would_be: MicroEuros
    dearer: Count
    cheaper: Count
    examples: list[PreviewedSession]


def version_view(version: TariffVersion, current: TariffVersion | None) -> TariffVersionView:
    """A version of a tariff, of which `current` is in force now."""
    return TariffVersionView(
        tariff_id=version.tariff_id,
        version_id=version.version_id,
        number=version.number,
        state=_state(version.number, current.number if current is not None else 0),
        from_at=utc(version.from_at),
        published_at=utc(version.published_at),
        tariff=version.tariff,
    )


def _state(number: int, current: int) -> Literal["in_force", "later", "over"]:
    """Whatever is newer than the version in force comes later."""
    if number == current:
        return "in_force"
    return "later" if number > current else "over"


def tariff_view(newest: TariffVersion, current: TariffVersion | None) -> TariffView:
    """A tariff, of which `current` is in force now."""
    return TariffView(
        tariff_id=newest.tariff_id,
        versions=newest.number,
        in_force=version_view(current, current) if current is not None else None,
        newest=version_view(newest, current),
    )


def versions_view(
    tariff_id: str, count: int, found: Sequence[TariffVersion], current: TariffVersion | None, *, more: bool
) -> TariffVersions:
    """A tariff with some of its versions, the newest first."""
    return TariffVersions(
        tariff_id=tariff_id,
        versions=count,
        in_force=current.version_id if current is not None else None,
        items=[version_view(version, current) for version in found],
        next=str(found[-1].number) if more else None,
    )
