"""What HTTP shows of one site in all; `views.py` says more of such structures."""

from collections.abc import Iterator
from typing import Annotated

from evcharging.apps.ev_central.views import CpId, Moment, SiteId, SiteView, View, site_view, utc_or_none
from evcharging.common.messages_grants import CircuitShown, PointPowerShown, PowerShown
from evcharging.common.messages_power import CircuitTree, Strategy
from evcharging.common.messages_site import SiteShown
from evcharging.common.site_description import SiteDescription, SitePlan
from evcharging.common.utils import field_names, shown, utc
from evcharging.domain.site import Site

Elsewhere = Annotated[list[CpId], shown(["CP-009"], "Points in the plan that are not at the site")]


class SiteDetails(SiteView, frozen=True, kw_only=True):
    """A site with its plan and its circuits, and when an operator described it last."""

    plan: SitePlan | None
    circuits: CircuitTree | None
    strategy: Strategy
    placed_elsewhere: Elsewhere
    described_at: Moment | None


def site_details(site: SiteShown, record: Site | None, at_site: set[str]) -> SiteDetails:
    """A site as it is shown, with what the ledger has of it; `at_site` are its points."""
    description = record.description if record is not None else SiteDescription()
    plan = description.plan
    placed = [point.cp_id for point in plan.points] if plan is not None else []
    view = site_view(site)
    return SiteDetails(
        **{name: getattr(view, name) for name in field_names(SiteView)},
        plan=plan,
        circuits=description.circuits,
        strategy=description.strategy,
        placed_elsewhere=[cp_id for cp_id in placed if cp_id not in at_site],
        described_at=utc_or_none(record.described_at if record is not None else None),
    )


class SitePowerView(View, frozen=True, kw_only=True):
    """The power of a site: its circuits, the main one first and each after the one that feeds it, and the points that
    they feed. Currents are in mA on each phase."""

    site_id: SiteId
    as_of: Moment
    strategy: Strategy
    circuits: list[CircuitShown]
    points: list[PointPowerShown]


def power_view(power: PowerShown) -> SitePowerView:
    """As it was shown last."""
    return SitePowerView(
        site_id=power.site_id,
        as_of=utc(power.ts),
        strategy=power.strategy,
        circuits=[*_downward(power, None)],
        points=sorted(power.points, key=lambda point: point.cp_id),
    )


def _downward(power: PowerShown, parent: str | None) -> Iterator[CircuitShown]:
    for circuit in power.circuits:
        if circuit.parent == parent:
            yield circuit
            yield from _downward(power, circuit.circuit_id)
