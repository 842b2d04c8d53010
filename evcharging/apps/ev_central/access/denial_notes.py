"""What somebody asked who may not, as actions in the ledger. Decides nothing about who may."""

from datetime import datetime

from starlette.types import Scope

from evcharging.apps.ev_central.access.contract import Who
from evcharging.apps.ev_central.bounded_notes import BoundedNotes
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.shell.actions import noted
from evcharging.domain.access.action import OperatorAction


class DenialNotes(BoundedNotes):
    """What is to be noted of requests to one Central that were answered 403."""

    def denied(self, who: Who, what: str, subject: str, why: str) -> None:
        """Somebody asked for `what`, a method and the template of a path, and may not."""

        def made(now: datetime) -> OperatorAction:
            return noted(who.actor, what, subject, now, refusal=why)

        # Whoever may register as a driver must not crowd out what people are denied.
        self.note(made, who.actor.kind.value)


def note_denial(scope: Scope, who: Who, what: str, path: str, why: str) -> None:
    """Have it noted by the Central whose app this is, where it notes such things."""
    notes: DenialNotes | None = getattr(scope["app"].state, "denials", None)
    if notes is not None:
        notes.denied(who, what, _subject(scope, path), why)


def _subject(scope: Scope, path: str) -> str:
    """What was asked about: the point in the path, where it is known, or else the path's template. What is kept for
    ever must not be what anybody has made up."""
    cp_id = str(scope.get("path_params", {}).get("cp_id", ""))
    queries: Queries = scope["app"].state.queries
    return cp_id if cp_id in queries.panel.points else path
