"""Who did what, as `evcharging audit --actions` prints it: a line for each action. Decides nothing."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from evcharging.adapters.store.audit.actions import actions_in
from evcharging.adapters.store.backup.snapshot import snapshot
from evcharging.common.utils import Raw, as_fields, iso, to_json
from evcharging.domain.access.action import OperatorAction

ACTIONS = click.Option(["--actions"], is_flag=True, help="Print who did what instead, a line for each action")
ACTOR = click.Option(["--actor"], help="With --actions: only what this account, key or point did")
SUBJECT = click.Option(["--subject"], help="With --actions: only what was done to this point, session, tariff or site")
SINCE = click.Option(["--since"], help="With --actions: only from this moment on, ISO 8601 with a time zone")
OPTIONS = (ACTIONS, ACTOR, SUBJECT, SINCE)

IN_JSON = ("asked", "before", "after")


def moment(text: str | None, option: str = "--since") -> datetime | None:
    """A moment as somebody typed it; raises ValueError in one sentence."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{option} {text} is no moment: give one such as 2026-01-31T12:00:00Z") from None
    if at.tzinfo is None:
        raise ValueError(f"{option} {text} has no time zone: give one such as 2026-01-31T12:00:00Z")
    return at


def action_lines(
    url: str, actor: str | None, subject: str | None, since: datetime | None, *, as_json: bool
) -> Iterator[str]:
    """A line for each action in the ledger at a URL; raises BadStoreUrl, and StoreUnavailable."""
    with snapshot(url) as ledger:
        for action in actions_in(ledger, actor, subject, since):
            yield json_of(action) if as_json else line_of(action)


def line_of(action: OperatorAction) -> str:
    """An action for people."""
    role = f" {action.role}" if action.role else ""
    said = f"{iso(action.at)} {action.actor_id} ({action.actor_kind}{role}, {action.via}) "
    said += f"{action.action} {action.subject}"
    if action.asked is not None:
        said += f" {action.asked}"
    if action.after is not None:
        said += f": {action.before or 'nothing'} became {action.after}"
    if action.refusal is not None:
        said += f": refused, {action.refusal}"
    return f"{said} ({action.left_out} refused before it were not noted)" if action.left_out else said


def json_of(action: OperatorAction) -> str:
    """An action for scripts."""
    fields: dict[str, Any] = as_fields(action)
    for name in IN_JSON:
        if fields[name] is not None:
            fields[name] = Raw(fields[name].encode())
    return to_json(fields).decode()
