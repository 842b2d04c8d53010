"""Sites as drivers see them, under /api/v1/me. Knows no rule."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from evcharging.apps.ev_central.answers import answers
from evcharging.apps.ev_central.api_v1.paging import After, Limit, Text, cut, page
from evcharging.apps.ev_central.own import TheDriver
from evcharging.apps.ev_central.views import Next, View
from evcharging.apps.ev_central.views_own import OfferedSite, offered_site
from evcharging.apps.ev_central.web import StrictRoute, TheQueries
from evcharging.common.messages_site import SiteShown
from evcharging.common.messages_view import PointShown

SiteOrder = Annotated[
    Literal["site_id", "-site_id"], Query(description="In order of the ID, or from the last one back")
]

api = APIRouter(prefix="/api/v1/me", tags=["drivers"], route_class=StrictRoute)


class OfferedSitePage(View, frozen=True, kw_only=True):
    """Some sites, and where the next ones begin."""

    items: list[OfferedSite]
    next: Next | None


@api.get("/sites", responses=answers(OfferedSitePage), summary="Sites at which the driver may charge")
async def list_own_sites(
    queries: TheQueries,
    driver: TheDriver,
    limit: Limit = 50,
    after: After = None,
    q: Text = None,
    sort: SiteOrder = "site_id",
) -> Response:
    """Where they are, how many points are free, how many drivers wait, and from which price on."""

    def is_wanted(site: SiteShown) -> bool:
        about = site.about
        texts = (site.site_id, about.name, about.address) if about else (site.site_id,)
        return not q or any(q.lower() in text.lower() for text in texts)

    wanted = [site for site in queries.panel.sites.values() if is_wanted(site)]
    found = cut(wanted, limit, lambda site: site.site_id, after, falling=sort == "-site_id")
    points = _by_site(queries.panel.points.values())
    items = [offered_site(site, points[site.site_id]) for site in found[:limit]]
    return page(items, items[-1].site_id if len(found) > limit else None)


def _by_site(points: Iterable[PointShown]) -> defaultdict[str, list[PointShown]]:
    found: defaultdict[str, list[PointShown]] = defaultdict(list)
    for point in points:
        if point.site_id is not None:
            found[point.site_id].append(point)
    return found
