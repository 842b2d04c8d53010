"""What is noted of somebody who acts beside the orders."""

import re

from evcharging.apps.shell.actions import by_command, noted
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.tests.stages.store_world import NOW

ANA = Actor(kind=ActorKind.PERSON, id="acc-1", via="console", role="admin")


def test_an_action_says_who_did_what_to_what_and_when() -> None:
    action = noted(ANA, "add_account", "acc-2", NOW)
    assert (action.actor_kind, action.actor_id, action.via, action.role) == ("person", "acc-1", "console", "admin")
    assert (action.action, action.subject, action.at) == ("add_account", "acc-2", NOW)
    assert (action.asked, action.before, action.after, action.refusal) == (None, None, None, None)


def test_what_was_asked_and_changed_is_json_and_why_not_is_a_sentence() -> None:
    asked, before, after = {"purpose": "reset"}, {"disabled": False}, {"disabled": True, "until": NOW}
    action = noted(ANA, "change", "acc-2", NOW, asked=asked, before=before, after=after, refusal="not now")
    assert (action.asked, action.before) == ('{"purpose":"reset"}', '{"disabled":false}')
    assert action.after == f'{{"disabled":true,"until":"{NOW.isoformat().replace("+00:00", "Z")}"}}'
    assert action.refusal == "not now"


def test_no_two_actions_have_an_id() -> None:
    ids = {noted(ANA, "sign_in", "acc-1", NOW).action_id for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch("action-[0-9a-f]{32}", each) for each in ids)


def test_whom_nobody_knows_is_said_to_be_unknown() -> None:
    action = noted(None, "open_link", "CP-001", NOW)
    assert (action.actor_kind, action.actor_id, action.via, action.role) == ("unknown", "unknown", "unknown", None)


def test_a_command_acts_for_the_system() -> None:
    assert by_command("users") == Actor(kind=ActorKind.SYSTEM, id="users", via="command")
