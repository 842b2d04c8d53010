"""What roles cannot do themselves: an errand is asked of the host as often as is needed, and its outcome is handed
back. Knows no network and no clock: a runner begins it, and says later what came of it."""

from collections.abc import Callable
from typing import Protocol

from evcharging.common.messages import Message
from evcharging.common.messages_alerts import ErrandDue
from evcharging.domain.webhook import ErrandOutcome
from evcharging.roles.role import ErrandDone
from evcharging.runtime.host import Host

Answer = Callable[[ErrandOutcome], None]


class Runner(Protocol):
    """Does errands, each at least once."""

    def __call__(self, errand: ErrandDue, answer: Answer) -> None:
        """Begin one; `answer` takes what came of it, in the thread of the host."""
        ...


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
