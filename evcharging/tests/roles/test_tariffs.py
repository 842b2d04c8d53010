"""What is published is decided and numbered by one role, and so is what sites name."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from evcharging.common.messages_catalogue import NameSiteTariff, PublishTariff, TariffAnswer, TariffNews
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.messages_tariff import Tariff
from evcharging.common.utils import changed
from evcharging.domain import catalogue as rules
from evcharging.domain.catalogue import Catalogue, SiteTariff, TariffVersion
from evcharging.domain.tariff import single
from evcharging.roles.orders import TOO_LATE, USED
from evcharging.roles.role import Effect, Started
from evcharging.roles.tariff.tariffs import Tariffs
from evcharging.tests.stages.scenario import Stage, all_of, another, kinds, the

PLACES = ("a", "b", "c")
TARIFF, OTHER = single(200_000), single(300_000)
ME = Actor(kind=ActorKind.LOCAL, id="local", via="http")


class TariffsStage(Stage):
    """The tariffs of a partition, in a run that has just begun."""

    role: Tariffs

    def __init__(self) -> None:
        super().__init__()
        self.epoch = 0
        self.restart()

    def restart(self) -> list[Effect]:
        """Start it anew from its records."""
        self.epoch += 1
        catalogue = Catalogue(self.every(TariffVersion).values(), self.every(SiteTariff).values())
        self.role = Tariffs("tariff-0", self.epoch, catalogue, PLACES)
        return self.tell(Started())

    def order(
        self, tariff: Tariff = TARIFF, *, tariff_id: str = "day", starts_in: float | None = None
    ) -> PublishTariff:
        """The next order to publish, now."""
        begin = None if starts_in is None else self.now + timedelta(seconds=starts_in)
        return PublishTariff(
            ts=self.now, request_id=another("publish"), tariff_id=tariff_id, tariff=tariff, from_at=begin, actor=ME
        )

    def name(self, tariff_id: str | None, site_id: str = "SITE-1") -> NameSiteTariff:
        """The next order to name a tariff at a site, now."""
        return NameSiteTariff(ts=self.now, request_id=another("name"), site_id=site_id, tariff_id=tariff_id, actor=ME)


def answered(effects: Sequence[Effect]) -> tuple[str | None, str | None]:
    answer = the(TariffAnswer, effects)
    return answer.version_id, answer.refusal


def test_versions_are_numbered_for_each_tariff_and_told_everywhere_once_they_last() -> None:
    stage = TariffsStage()
    first = stage.tell(stage.order())
    assert kinds(first) == ["TariffVersion", "OperatorAction", "TariffNews", "TariffNews", "TariffNews", "TariffAnswer"]
    assert [news.place for news in all_of(TariffNews, first)] == list(PLACES)
    version = the(TariffVersion, first)
    assert (version.version_id, version.tariff.version_id, version.number) == ("day@1", "day@1", 1)
    assert (version.from_at, version.published_at, version.actor) == (stage.now, stage.now, ME)
    assert answered(first) == ("day@1", None)
    stage.wait(1)
    assert answered(stage.tell(stage.order(OTHER))) == ("day@2", None)
    assert answered(stage.tell(stage.order(tariff_id="night"))) == ("night@1", None)


def test_numbers_go_on_after_a_restart() -> None:
    stage = TariffsStage()
    stage.tell(stage.order())
    stage.restart()
    assert answered(stage.tell(stage.order())) == ("day@2", None)


def test_what_is_published_again_with_the_same_id_is_one_version_even_after_a_restart() -> None:
    stage = TariffsStage()
    order = stage.order()
    stage.tell(order)
    stage.restart()
    stage.wait(100)
    again = stage.tell(changed(order, ts=stage.now))
    assert kinds(again) == ["TariffAnswer"]
    assert answered(again) == ("day@1", None)
    assert the(TariffAnswer, again).asked_at == stage.now


@pytest.mark.parametrize("change", [{"tariff": OTHER}, {"tariff_id": "night"}, {"from_at": None}])
def test_an_id_that_was_used_for_another_publication_is_refused(change: dict[str, object]) -> None:
    stage = TariffsStage()
    order = stage.order(starts_in=60)
    stage.tell(order)
    assert answered(stage.tell(changed(order, **change))) == (None, USED)


def test_a_version_may_begin_later_and_not_in_the_past() -> None:
    stage = TariffsStage()
    assert the(TariffVersion, stage.tell(stage.order(starts_in=60))).from_at == stage.now + timedelta(seconds=60)
    assert answered(stage.tell(stage.order(starts_in=0)))[0] == "day@2"
    version, refusal = answered(stage.tell(stage.order(starts_in=-0.001)))
    assert version is None
    assert refusal is not None
    assert refusal.endswith("is past, and nothing is billed again: leave it out for from now on")


@pytest.mark.parametrize("tariff_id", ["single", "unpublished"])
def test_names_of_what_is_no_published_tariff_are_kept_free(tariff_id: str) -> None:
    stage = TariffsStage()
    assert answered(stage.tell(stage.order(tariff_id=tariff_id)))[0] is None


def test_a_tariff_has_so_many_versions_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_VERSIONS", 1)
    stage = TariffsStage()
    stage.tell(stage.order())
    refusal = answered(stage.tell(stage.order()))[1]
    assert refusal == "day has 1 versions, which is the most: publish it by another ID"


def test_a_tariff_that_cannot_be_used_is_not_published() -> None:
    stage = TariffsStage()
    refusal = answered(stage.tell(stage.order(Tariff(zone="UTC", elements=()))))[1]
    assert refusal is not None
    assert "the tariff has no price" in refusal
    assert stage.every(TariffVersion) == {}


def test_an_order_that_comes_too_late_is_not_carried_out() -> None:
    stage = TariffsStage()
    stage.tell(stage.order())
    late, late_name = stage.order(), stage.name("day")
    stage.wait(5.001)
    assert answered(stage.tell(late)) == answered(stage.tell(late_name)) == (None, TOO_LATE)
    assert list(stage.every(TariffVersion)) == ["day@1"]


def test_a_site_names_a_tariff_and_names_none_any_more() -> None:
    stage = TariffsStage()
    stage.tell(stage.order())
    named = stage.tell(stage.name("day"))
    assert kinds(named) == ["SiteTariff", "OperatorAction", "TariffNews", "TariffNews", "TariffNews", "TariffAnswer"]
    assert the(SiteTariff, named) == SiteTariff(site_id="SITE-1", tariff_id="day", named_at=stage.now, actor=ME)
    assert {(news.site_id, news.tariff_id) for news in all_of(TariffNews, named)} == {("SITE-1", "day")}
    assert the(SiteTariff, stage.tell(stage.name(None))).tariff_id is None


def test_what_a_site_was_to_name_is_not_done_again_with_the_same_id() -> None:
    stage = TariffsStage()
    stage.tell(stage.order())
    order = stage.name("day")
    stage.tell(order, stage.name(None))
    assert kinds(stage.tell(order)) == ["TariffAnswer"]
    assert stage.every(SiteTariff)["SITE-1"].tariff_id is None
    assert answered(stage.tell(changed(order, tariff_id=None))) == (None, USED)


def test_a_tariff_of_another_partition_is_looked_up_before_a_site_names_it() -> None:
    stage = TariffsStage()
    order = stage.name("night")
    assert stage.role.forgotten(order) == [(TariffVersion, "night@1")]
    assert answered(stage.tell(order)) == (None, "night is not a published tariff: publish it first")
    elsewhere = TariffsStage()
    stage.role.remember(the(TariffVersion, elsewhere.tell(elsewhere.order(tariff_id="night"))))
    assert stage.role.forgotten(order) == [(TariffVersion, "night@2")]
    assert answered(stage.tell(order)) == (None, None)
