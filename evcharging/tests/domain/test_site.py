"""What a site counts of a point, whatever it is told again; and which station a point belongs to."""

from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.messages_site import SessionAtSite
from evcharging.domain.site import SitePoint, counted, place_of, station_of
from evcharging.tests.laws.any_message import ids
from evcharging.tests.stages.scenario import T0, law


def session(number: int, energy_mwh: int = 0) -> SessionAtSite:
    return SessionAtSite(
        ts=T0,
        epoch=1 + number // 100,
        seq=number % 100,
        site_id="SITE-1",
        cp_id="CP-1",
        session_id=f"S-{number}",
        energy_mwh=energy_mwh,
        micro_euros=2 * energy_mwh,
    )


@law
@given(energies=st.lists(st.integers(0, 10**9), max_size=12), data=st.data())
def test_sessions_that_come_again_are_counted_once(energies: list[int], data: st.DataObject) -> None:
    point = SitePoint(place="SITE-1/CP-1", site_id="SITE-1", cp_id="CP-1")
    said = [session(50 * number, energy) for number, energy in enumerate(energies, 1)]
    done = 0
    while done < len(said):
        # Somebody who does not know how far it came begins again at an earlier one.
        back = data.draw(st.integers(0, done))
        on = data.draw(st.integers(done + 1, len(said)))
        for each in said[back:on]:
            point = counted(point, each)
        done = on
    assert (point.sessions, point.energy_mwh, point.micro_euros) == (len(said), sum(energies), 2 * sum(energies))


@law
@given(site=ids(64), cp_id=ids(64), other=ids(64), other_cp_id=ids(64))
def test_no_two_points_at_sites_have_the_same_key(site: str, cp_id: str, other: str, other_cp_id: str) -> None:
    assert (place_of(site, cp_id) == place_of(other, other_cp_id)) is ((site, cp_id) == (other, other_cp_id))


def test_a_point_belongs_to_the_station_that_it_was_registered_with_or_that_its_id_names() -> None:
    assert station_of("CP-1", "STATION-7") == "STATION-7"
    assert station_of("STATION-1:2", None) == "STATION-1"
    assert station_of("A:B:2", None) == "A:B"
    assert station_of("CP-1", None) == "CP-1"
