"""A session is billed by the version of a published tariff that is in force when it is authorised, whatever its shard
has been told of it."""

from datetime import datetime, timedelta

import pytest

from evcharging.common.messages import StartSupply
from evcharging.common.messages_catalogue import TariffNews
from evcharging.common.messages_operators import AssignTariff, NameTariff, OperatorAnswer, RegisterPoint
from evcharging.common.messages_tariff import Tariff
from evcharging.common.utils import changed
from evcharging.domain.catalogue import SiteTariff, TariffVersion, version_name
from evcharging.domain.charging_point import Point
from evcharging.domain.session import Session
from evcharging.domain.tariff import single
from evcharging.roles.role import ClockStepped
from evcharging.tests.stages.central_stage import CentralStage, ask, well
from evcharging.tests.stages.scenario import CP, T0, all_of, another, the
from evcharging.tests.stages.tariffs import changing_at, minutes

OWN = changing_at(minutes(5))
SITE = "SITE-1"


class Town(CentralStage):
    """A shard with one point at a site; others publish into the same ledger, and say so or not."""

    def __init__(self) -> None:
        super().__init__()
        self.open_point()
        self.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id=CP, site_id=SITE))

    def publish(self, tariff_id: str, cents: int, from_at: datetime = T0, *, told: bool = False) -> Tariff:
        """The next version of a tariff: energy for so many cents a kWh."""
        number = sum(version.tariff_id == tariff_id for version in self.published(TariffVersion)) + 1
        version_id = version_name(tariff_id, number)
        tariff = changed(single(cents * 10_000), version_id=version_id)
        self.ledger[TariffVersion, version_id] = TariffVersion(
            version_id=version_id,
            tariff_id=tariff_id,
            number=number,
            from_at=from_at,
            published_at=self.now,
            request_id=another("publish"),
            tariff=tariff,
        )
        if told:
            self.tell(TariffNews(ts=self.now, place="a", tariff_id=tariff_id))
        return tariff

    def at_site(self, tariff_id: str | None, *, told: bool = False) -> None:
        """The site names a tariff."""
        self.ledger[SiteTariff, SITE] = SiteTariff(site_id=SITE, tariff_id=tariff_id, named_at=self.now)
        if told:
            self.tell(TariffNews(ts=self.now, place="a", site_id=SITE))

    def let_name(self, tariff_id: str) -> str | None:
        """Let the point name a tariff; why it is refused."""
        order = NameTariff(ts=self.now, request_id=another("name"), cp_id=CP, tariff_id=tariff_id)
        return the(OperatorAnswer, self.tell(order)).refusal

    def assign(self, tariff: Tariff | None) -> None:
        """Give the point a tariff of its own, or none."""
        self.tell(AssignTariff(ts=self.now, request_id=another("assign"), cp_id=CP, tariff=tariff))

    def authorised(self) -> Session:
        """A session that is authorised now."""
        return the(Session, self.tell(well(), ask(another("R"))))


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.mark.parametrize("own", [None, OWN])
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("at_site", [False, True])
def test_its_own_tariff_goes_before_the_one_that_it_names_and_that_before_its_sites(
    town: Town, own: Tariff | None, named: bool, at_site: bool
) -> None:
    of_point, of_site = town.publish("of-point", 10), town.publish("of-site", 20)
    if at_site:
        town.at_site("of-site")
    if named:
        town.let_name("of-point")
    if own:
        town.assign(own)
    answers = town.tell(ask())
    due = own or (of_point if named else of_site if at_site else None)
    assert the(Session, answers).tariff == the(StartSupply, answers).tariff == due
    assert the(Session, answers).micro_euros_per_kwh == (due.elements[0].energy_micro_euros_per_kwh if due else 300_000)


def test_naming_a_tariff_takes_the_points_own_away_and_the_other_way_round(town: Town) -> None:
    town.publish("day", 10)
    town.assign(OWN)
    assert town.let_name("day") is None
    point = town.every(Point)[CP]
    assert (point.tariff, point.tariff_id) == (None, "day")
    town.assign(OWN)
    point = town.every(Point)[CP]
    assert (point.tariff, point.tariff_id) == (OWN, None)


def test_a_tariff_that_nobody_published_is_refused(town: Town) -> None:
    assert town.let_name("day") == "day is not a published tariff: publish it first"
    assert town.every(Point)[CP].tariff_id is None


@pytest.mark.parametrize(("seconds", "cents"), [(-0.000001, 10), (0, 20)])
def test_a_version_counts_from_its_moment_on_to_the_microsecond(town: Town, seconds: float, cents: int) -> None:
    town.publish("day", 10)
    town.let_name("day")
    town.publish("day", 20, minutes(10))
    town.wait(600 + seconds - (town.now - T0).total_seconds())
    assert town.authorised().micro_euros_per_kwh == cents * 10_000


def test_the_newest_version_counts_though_an_older_one_begins_later(town: Town) -> None:
    for cents, begin in ((10, T0), (20, minutes(10)), (30, minutes(5))):
        town.publish("day", cents, begin)
    town.let_name("day")
    town.wait(11 * 60)
    town.tell(town.status())
    assert town.shown().euros_per_kwh == 0.3


def test_nobody_need_have_told_a_shard_what_was_published_or_what_its_site_names(town: Town) -> None:
    town.publish("day", 10)
    town.at_site("day")
    newest = town.publish("day", 20)
    assert town.authorised().tariff == newest


def test_a_shard_that_starts_again_decides_as_before(town: Town) -> None:
    town.publish("day", 10)
    later = town.publish("day", 20, minutes(1))
    town.let_name("day")
    town.now = minutes(1)
    town.restart()
    assert town.shown().euros_per_kwh == 0.2
    town.open_point()
    assert town.authorised().tariff == later


def test_a_point_shows_its_price_as_soon_as_its_shard_is_told_and_when_a_version_begins(town: Town) -> None:
    town.publish("day", 10, told=True)
    town.at_site("day", told=True)
    assert town.shown().euros_per_kwh == 0.1
    town.publish("day", 20, minutes(1), told=True)
    town.wait(59.999)
    assert town.shown().euros_per_kwh == 0.1
    town.wait(0.001)
    assert town.shown().euros_per_kwh == 0.2
    town.at_site(None, told=True)
    assert town.shown().euros_per_kwh == 0.3


def test_a_clock_that_is_set_moves_no_moment_from_which_on_a_version_counts(town: Town) -> None:
    town.publish("day", 10, told=True)
    town.at_site("day", told=True)
    town.publish("day", 20, minutes(60), told=True)
    town.now += timedelta(minutes=30)
    town.tell(ClockStepped(by=timedelta(minutes=30)))
    town.wait(30 * 60)
    assert town.shown().euros_per_kwh == 0.2
    town.now -= timedelta(minutes=60)
    town.tell(ClockStepped(by=timedelta(minutes=-60)))
    assert town.shown().euros_per_kwh == 0.1


def test_a_point_that_moves_to_another_site_has_what_that_one_names(town: Town) -> None:
    there = town.publish("day", 10)
    town.ledger[SiteTariff, "SITE-2"] = SiteTariff(site_id="SITE-2", tariff_id="day", named_at=T0)
    town.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id=CP, site_id="SITE-2"))
    assert town.shown().euros_per_kwh == 0.1
    assert town.authorised().tariff == there


def test_a_request_that_is_repeated_asks_the_ledger_for_no_tariff(town: Town) -> None:
    town.publish("day", 10)
    town.let_name("day")
    town.tell(ask("R-1"))
    assert not town.role.forgotten(ask("R-1"))
    assert all_of(Session, town.tell(ask("R-1"))) == []


def test_the_ledger_is_asked_though_the_point_has_a_tariff_of_its_own_which_it_may_lose_meanwhile(town: Town) -> None:
    town.assign(OWN)
    assert (SiteTariff, SITE) in town.role.forgotten(ask())
