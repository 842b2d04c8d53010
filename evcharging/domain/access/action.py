"""What is noted of everything that somebody did, or tried to do. Knows no role and no store."""

from datetime import datetime
from typing import ClassVar

from evcharging.domain.record import Record


class OperatorAction(Record, frozen=True, kw_only=True):
    """Somebody's action, in the same commit as its effect. `action` is what was asked, such as `stop` or `sign_in`, and
    `subject` of what: a point, a session, a tariff, an account. `asked`, `before` and `after` are JSON: what was asked
    in particular, and what of the subject changed. `refusal`: why nothing was done; `left_out`: how many refused ones
    were not noted since the one before, because there were too many."""

    key_field: ClassVar[str] = "action_id"
    table: ClassVar[str] = "actions"
    searched: ClassVar[tuple[str, ...]] = ("actor_id", "subject", "action")
    moment: ClassVar[str] = "at"
    texts: ClassVar[tuple[str, ...]] = ("subject", "actor_id", "action")
    once: ClassVar[bool] = True

    action_id: str
    at: datetime
    actor_kind: str
    actor_id: str
    via: str
    action: str
    subject: str
    role: str | None = None
    request_id: str | None = None
    asked: str | None = None
    before: str | None = None
    after: str | None = None
    refusal: str | None = None
    left_out: int = 0
