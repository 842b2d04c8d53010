"""The messages that pass on framed TCP alone, and on no bus: a monitor asks its engine, and Central refuses a link."""

from evcharging.common.messages import Id, Message, Reason, Text


class HealthQuery(Message, frozen=True, kw_only=True):
    """A monitor asks its engine how it is."""

    cp_id: Id


class EngineHealth(Message, frozen=True, kw_only=True):
    """The engine answers; `asked` is the point that the question was meant for, `cp_id` the one that answers. `deaf`:
    Central's orders cannot reach it."""

    cp_id: Id
    asked: Id
    well: bool
    reason: Reason | None = None
    deaf: bool = False


class LinkRefused(Message, frozen=True, kw_only=True):
    """Central will not hear this link; the sentence says why. `retired`: the point was retired, and a program that was
    running then must not register it again."""

    reason: Text
    retired: bool = False
