"""What is said of a site: its name, where it is, and where its points stand. Knows no transport."""

from typing import Annotated

from msgspec import Meta

from evcharging.common.messages import Id
from evcharging.common.messages_power import MOST_CIRCUITS, MOST_FED, Circuit, CircuitTree, FedPoint, Strategy
from evcharging.common.utils import Frozen, from_json, to_json

MOST_PLACED = 1_000
"""Points in the plan of one site."""

MOST_METRES = 10_000

Latitude = Annotated[float, Meta(ge=-90, le=90, examples=[40.4168], description="Degrees north of the equator")]
Longitude = Annotated[float, Meta(ge=-180, le=180, examples=[-3.7038], description="Degrees east of Greenwich")]
Metres = Annotated[float, Meta(ge=0, le=MOST_METRES, examples=[2.5])]
Angle = Annotated[int, Meta(ge=0, le=359, examples=[90], description="Degrees, clockwise")]
SiteName = Annotated[str, Meta(max_length=100, examples=["North car park"])]
Address = Annotated[str, Meta(max_length=250, examples=["Calle Mayor 1, 28013 Madrid"])]
Zone = Annotated[str, Meta(max_length=64, examples=["Europe/Madrid"])]


class Coordinates(Frozen, frozen=True, kw_only=True):
    """A place on the Earth, in degrees of WGS 84."""

    latitude: Latitude
    longitude: Longitude


class PlacedPoint(Frozen, frozen=True, kw_only=True):
    """Where a charging point stands in the plan of its site: metres to the right of the upper left corner and below it,
    and how it is turned."""

    cp_id: Annotated[Id, Meta(examples=["CP-001"])]
    x_m: Metres
    y_m: Metres
    angle: Angle = 0


class SitePlan(Frozen, frozen=True, kw_only=True):
    """Where the points of a site stand."""

    points: Annotated[tuple[PlacedPoint, ...], Meta(max_length=MOST_PLACED)] = ()


class SiteAbout(Frozen, frozen=True, kw_only=True):
    """What a site is called and where it is; `time_zone` is a name in the IANA database."""

    name: SiteName = ""
    address: Address = ""
    coordinates: Coordinates | None = None
    time_zone: Zone | None = None


class SiteDescription(SiteAbout, frozen=True, kw_only=True):
    """All that operators say of a site. With `circuits` their limits are kept, and what they carry is shared by the
    `strategy`."""

    plan: SitePlan | None = None
    circuits: CircuitTree | None = None
    strategy: Strategy = Strategy.EQUAL_SHARE


def about(description: SiteDescription) -> SiteAbout:
    """What of a description is shown wherever the site is."""
    return SiteAbout(
        name=description.name,
        address=description.address,
        coordinates=description.coordinates,
        time_zone=description.time_zone,
    )


class CoordinatesBody(Coordinates, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place on the Earth as people write it."""


class PlacedPointBody(PlacedPoint, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a point stands, as people write it."""


class SitePlanBody(SitePlan, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan as people write it."""

    points: Annotated[tuple[PlacedPointBody, ...], Meta(max_length=MOST_PLACED)] = ()


class FedPointBody(FedPoint, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A point of a circuit, as people write it."""


class CircuitBody(Circuit, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A circuit as people write it."""

    points: Annotated[tuple[FedPointBody, ...], Meta(max_length=MOST_FED)] = ()


class CircuitTreeBody(CircuitTree, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All circuits of a site, as people write them."""

    circuits: Annotated[tuple[CircuitBody, ...], Meta(max_length=MOST_CIRCUITS)]


class SiteBody(SiteDescription, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that is said of a site, as people write it: an unknown field is refused. What is left out is not said any
    more."""

    coordinates: CoordinatesBody | None = None
    plan: SitePlanBody | None = None
    circuits: CircuitTreeBody | None = None


def as_description(body: SiteBody) -> SiteDescription:
    """What somebody wrote."""
    return from_json(SiteDescription, to_json(body))
