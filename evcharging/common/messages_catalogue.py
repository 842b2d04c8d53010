"""The messages about published tariffs: what operators ask, what is answered, and what Central is told of it."""

from evcharging.common.messages import Id, Message, Moment, Reference, Text
from evcharging.common.messages_operators import Actor
from evcharging.common.messages_tariff import Tariff, TariffId, VersionId


class TariffOrder(Message, frozen=True, kw_only=True):
    """What is asked about published tariffs; `actor` is who asks, where that is known."""

    request_id: Reference
    actor: Actor | None = None


class PublishTariff(TariffOrder, frozen=True, kw_only=True):
    """An operator publishes the next version of a tariff. It counts from `from_at` on, or from when that is decided;
    the version that `tariff` names counts for nothing."""

    tariff_id: TariffId
    tariff: Tariff
    from_at: Moment | None = None


class NameSiteTariff(TariffOrder, frozen=True, kw_only=True):
    """An operator names the published tariff of a site, or none any more."""

    site_id: Id
    tariff_id: TariffId | None = None


class TariffAnswer(Message, frozen=True, kw_only=True):
    """The decision on such an order, after it was made to last: the version that was published, where one was.
    `asked_at`: when that was asked, so that who asks again with the same ID is not given the answer of before."""

    request_id: Reference
    refusal: Text | None = None
    version_id: VersionId | None = None
    asked_at: Moment | None = None


class TariffNews(Message, frozen=True, kw_only=True):
    """A tariff has a new version, or a site names another tariff; the ledger has the details. Each partition receives
    one: `place` is a key of that partition."""

    place: Id
    tariff_id: TariffId | None = None
    site_id: Id | None = None
