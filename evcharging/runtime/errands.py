"""What roles cannot do themselves: an errand is asked of the host as often as is needed, and its outcome is handed
back. Knows no network and no clock: a runner begins it, and says later what came of it."""

from collections.abc import Callable
from typing import Protocol

from evcharging.common.messages import Message
from evcharging.common.messages_alerts import ErrandDue
from evcharging.common.messages_payments import ProviderDue
from evcharging.domain.provider import ProviderOutcome
from evcharging.domain.webhook import ErrandOutcome
from evcharging.roles.role import ErrandDone, ProviderDone
from evcharging.runtime.host import Host

Answer = Callable[[ErrandOutcome], None]


class Runner(Protocol):
    """Does errands, each at least once."""

    def __call__(self, errand: ErrandDue, answer: Answer) -> None:
        """Begin one; `answer` takes what came of it, in the thread of the host."""
        ...


class ProviderRunner(Protocol):
    """Asks a provider of payments, at least once."""

    def __call__(self, due: ProviderDue, answer: Callable[[ProviderOutcome], None]) -> None:
        """Begin; `answer` takes what came of it, in the thread of the host."""
        ...


def add_provider(host: Host, run: ProviderRunner, home: Callable[[str], str]) -> None:
    """Have the provider asked for what a host's roles want of it; `home` gives the address of the role that decides
    for a point."""

    def begin(message: Message) -> None:
        if not isinstance(message, ProviderDue):
            return
        due = message

        def answer(outcome: ProviderOutcome) -> None:
            done = ProviderDone(session_id=due.session_id, key=due.key, is_look=due.is_look, outcome=outcome)
            host.tell(home(due.cp_id), done)

        run(due, answer)

    host.send_by(ProviderDue, begin)


def add_errands(host: Host, run: Runner, home: str) -> None:
    """Have the errands of a host's roles done; `home` is the address of the role that hears what came of one."""

    def begin(message: Message) -> None:
        if not isinstance(message, ErrandDue):
            return
        errand = message

        def answer(outcome: ErrandOutcome) -> None:
            done = ErrandDone(errand_id=errand.errand_id, attempt=errand.attempt, outcome=outcome)
            host.tell(home, done)

        run(errand, answer)

    host.send_by(ErrandDue, begin)
