"""What a record is: a fact that must survive. Knows no store."""

from collections.abc import Mapping
from typing import ClassVar

from evcharging.common.utils import Frozen


class Record(Frozen, frozen=True, kw_only=True):
    """The newest record with a key is how its subject stands; all of them, in order, are its history.
    `key_field` names the field that identifies the subject; of a kind that is said `once`, a key has one record. Of a
    kind that is not a `fact` only the newest is kept: it has no history and is not part of the hash chain. A kind that
    a ledger keeps has a `table` there, which is `searched` by some of its fields, by a `moment`, and for `texts`; for a
    value of a field that is searched, others may be `summed`. Of each value of the field `past_of`, the last record
    until a moment can be looked up. One role writes a kind that `is_read_elsewhere`, and others decide by it."""

    key_field: ClassVar[str]
    table: ClassVar[str] = ""
    searched: ClassVar[tuple[str, ...]] = ()
    summed: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    moment: ClassVar[str] = ""
    texts: ClassVar[tuple[str, ...]] = ()
    past_of: ClassVar[str] = ""
    once: ClassVar[bool] = False
    is_fact: ClassVar[bool] = True
    is_read_elsewhere: ClassVar[bool] = False

    @property
    def is_said_elsewhere(self) -> bool:
        """Whether another fact of the same commit says all of it, so that none of its own is written."""
        return False

    @property
    def key(self) -> str:
        """The value of the key field."""
        value: str = getattr(self, self.key_field)
        return value


class Measured(Record, frozen=True, kw_only=True):
    """What was measured, beside the facts: all of it is kept, not the newest of a key alone, and it may be removed
    after a while."""

    is_fact: ClassVar[bool] = False
