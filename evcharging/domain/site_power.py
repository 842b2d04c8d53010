"""What a site has granted its points, so that who takes the site over knows what they may draw. Knows no bus, store or
clock."""

from typing import ClassVar

from evcharging.domain.power.escrow import Bound
from evcharging.domain.record import Record


class SitePower(Record, frozen=True, kw_only=True):
    """The bounds of all points of a site. It is written before a grant is said, and with each renewal, so that a run of
    the site that was overtaken renews nothing."""

    key_field: ClassVar[str] = "site_id"
    table: ClassVar[str] = "site_power"
    is_fact: ClassVar[bool] = False

    site_id: str
    bounds: tuple[Bound, ...] = ()
