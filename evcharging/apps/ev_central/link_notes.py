"""Links that were taken over, and links that were refused, as actions in the ledger. Decides nothing about links."""

from datetime import datetime
from typing import Final

from evcharging.apps.ev_central.bounded_notes import BoundedNotes
from evcharging.apps.shell.actions import noted
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction

VIA: Final = "link"


class LinkNotes(BoundedNotes):
    """What is to be noted of the links of one Central."""

    def took_over(self, cp_id: str, proven: str | None) -> None:
        """A new link of a point has ended the one before; `proven` is the point whose key it has, if it needs one."""
        self._note("take_over_link", cp_id, proven, None)

    def refused(self, cp_id: str, proven: str | None, refusal: str) -> None:
        """A link was refused that said to be of a point."""
        self._note("open_link", cp_id, proven, refusal)

    def _note(self, action: str, cp_id: str, proven: str | None, refusal: str | None) -> None:
        actor = None if proven is None else Actor(kind=ActorKind.POINT, id=proven, via=VIA)

        def made(now: datetime) -> OperatorAction:
            return changed(noted(actor, action, cp_id, now, refusal=refusal), via=VIA)

        self.note(made)
