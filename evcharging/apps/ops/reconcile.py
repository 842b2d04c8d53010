"""Payments compared with the provider's, by a running Central: `evcharging reconcile`. Decides nothing."""

import os
import sys

import click
import httpx

from evcharging.apps.ops.audit_actions import moment
from evcharging.apps.shell.asking import Unanswered, asking, sentence
from evcharging.apps.shell.options import CONTEXT, UserError
from evcharging.common.utils import Frozen, from_json, iso, to_json

PATH = "/api/v1/payments/reconcile"
PATIENCE_S = 600.0
KEY = "CENTRAL_API_KEY"


class DifferenceTold(Frozen, frozen=True, kw_only=True):
    """A difference, as Central tells it."""

    remedy: str
    reference: str
    payment_id: str | None
    text: str


class Compared(Frozen, frozen=True, kw_only=True):
    """What Central answers."""

    ours: int
    theirs: int
    found: int
    differences: list[DifferenceTold]


class Refusal(Frozen, frozen=True, kw_only=True):
    """Why it does not."""

    detail: str


class Unreached(UserError):
    """Nothing was compared: exit status 2."""

    exit_code = 2


@click.command("reconcile", context_settings=CONTEXT)
@click.option("--central", default="http://localhost:8000", show_default=True, help="Where Central's HTTP is")
@click.option("--since", help="Payments made from this moment on, ISO 8601 with a time zone; else of the last 26 hours")
@click.option("--json", "as_json", is_flag=True, help="Print Central's answer as one line of JSON")
def main(central: str, since: str | None, as_json: bool) -> None:
    """Have a running Central compare its payments with the provider's, both ways.

    Where people sign in, it needs a machine key with bills:write in CENTRAL_API_KEY. Exit status 0: no difference;
    1: differences; 2: nothing was compared.

    \b
    Examples:
      evcharging reconcile
      evcharging reconcile --since 2026-01-01T00:00Z --json
    """
    try:
        begin = moment(since)
        with asking(central):
            answer = _answer(central, None if begin is None else iso(begin))
            if answer.is_error:
                raise Unreached(from_json(Refusal, answer.content).detail)
            compared = from_json(Compared, answer.content)
    except Unanswered as trouble:
        raise Unreached(sentence([trouble])) from None
    except ValueError as error:
        raise Unreached(str(error)) from None
    click.echo(to_json(compared).decode() if as_json else "\n".join(lines(compared)))
    sys.exit(1 if compared.found else 0)


def _answer(central: str, since: str | None) -> httpx.Response:
    key = os.environ.get(KEY)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    params = {} if since is None else {"from": since}
    url = f"{central.rstrip('/')}{PATH}"
    return httpx.post(url, params=params, headers=headers, timeout=PATIENCE_S, trust_env=False)


def lines(compared: Compared) -> list[str]:
    """A comparison for people."""
    more = compared.found - len(compared.differences)
    return [
        *(
            f"{each.reference} ({each.payment_id or 'no payment'}): {each.text} -> {each.remedy}"
            for each in compared.differences
        ),
        *([f"... and {more} more"] if more else []),
        f"{compared.ours:,} payments here, {compared.theirs:,} at the provider: "
        f"{compared.found or 'no'} {'difference' if compared.found == 1 else 'differences'}",
    ]


if __name__ == "__main__":
    main()
