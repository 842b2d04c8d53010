"""What somebody asked who may not, as actions in the ledger. Decides nothing about who may."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from starlette.types import Scope

from evcharging.apps.ev_central.access.contract import Who
from evcharging.apps.ev_central.bounded_notes import BoundedNotes
from evcharging.apps.shell.actions import noted
from evcharging.common.setting_values import checked_id
from evcharging.domain.access.action import OperatorAction


class DenialNotes(BoundedNotes):
    """What is to be noted of requests to one Central that were answered 403."""

    def denied(self, who: Who, what: str, subject: str, why: str) -> None:
        """Somebody asked for `what`, a method and the template of a path, and may not."""

        def made(now: datetime) -> OperatorAction:
            return noted(who.actor, what, subject, now, refusal=why)

        self.note(made)


def note_denial(scope: Scope, who: Who, what: str, path: str, why: str) -> None:
    """Have it noted by the Central whose app this is, where it notes such things."""
    notes: DenialNotes | None = getattr(scope["app"].state, "denials", None)
    if notes is not None:
        notes.denied(who, what, _subject(scope.get("path_params", {}), path), why)


def _subject(parameters: Mapping[str, object], path: str) -> str:
    """What was asked about: the ID in the path, or the path's template; IDs from outside may be anything."""
    with suppress(ValueError):
        for found in parameters.values():
            return checked_id(str(found))
    return path
