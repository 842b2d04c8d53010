"""What must hold of sites: I17. Each is a function of the world, and answers with a sentence where it does not hold."""

from collections import Counter

from evcharging.common.messages_site import SessionAtSite, SiteShown
from evcharging.common.states import CPState
from evcharging.domain.site import SitePoint, place_of
from evcharging.proof.events import Lasted
from evcharging.proof.world import CENTRALS, World

Figures = tuple[int, int, int]
"""Sessions, energy and money."""


def i17_a_bill_is_told_to_the_site_of_its_point(world: World, event: Lasted) -> str | None:
    """In the same commit, once, and nothing else is."""
    told = [message for _, message in event.commit.outbox if isinstance(message, SessionAtSite)]
    billed = [
        (site_id, bill.session_id, bill.energy_mwh, bill.micro_euros)
        for site_id, bill in event.billed
        if site_id is not None
    ]
    said = [(each.site_id, each.session_id, each.energy_mwh, each.micro_euros) for each in told]
    if billed != said:
        return f"{billed} was billed at sites, and {said} is told"
    world.evidence.at_sites += told
    return None


def i17_a_site_counts_what_was_billed_at_its_points(world: World) -> str | None:
    """Each session once, whatever was said again."""
    counted = {
        point.place: (point.sessions, point.energy_mwh, point.micro_euros) for point in world.ledger.select(SitePoint)
    }
    expected: dict[str, Figures] = {}
    for each in world.evidence.at_sites:
        sessions, energy, money = expected.get(place := place_of(each.site_id, each.cp_id), (0, 0, 0))
        expected[place] = (sessions + each.sessions, energy + each.energy_mwh, money + each.micro_euros)
    return None if counted == expected else f"sites count {counted}, and {expected} was billed"


def i17_each_central_shows_what_a_site_counts(world: World) -> str | None:
    """The points of each site by their state, and what was billed there."""
    for name in CENTRALS:
        life = world.processes[name].life
        panel = world.panels.get(life) if life is not None else None
        if panel is None:
            return f"{name} is not up"
        for site_id in {point.site_id for point in world.evidence.points.values()} - {None}:
            shown = panel.sites.get(str(site_id))
            wanted = Counter(view.state for view in panel.points.values() if view.site_id == site_id)
            if shown is None or _states(shown) != wanted:
                return f"{name} shows {shown}, and the points of {site_id} are {dict(wanted)}"
            billed = [each for each in world.evidence.at_sites if each.site_id == site_id]
            sums = sum(each.sessions for each in billed), sum(each.energy_mwh for each in billed)
            if (shown.sessions, shown.energy_mwh) != sums:
                return f"{name} shows {shown}, and at {site_id} {len(billed)} sessions were billed"
    return None


def _states(shown: SiteShown) -> Counter[CPState]:
    return +Counter({state: getattr(shown, state.value.lower()) for state in CPState})


CHECKS = (i17_a_site_counts_what_was_billed_at_its_points, i17_each_central_shows_what_a_site_counts)
