"""How one engine is, and what it has written down of that. Decides nothing."""

from evcharging.common.messages import Message
from evcharging.common.states import CPEvent, CPState, is_allowed, next_state
from evcharging.common.utils import changed
from evcharging.domain.supply import EngineMemory
from evcharging.roles.engine.orders import is_new
from evcharging.roles.role import Effect


class Condition:
    """`state` is how it is now, `memory` what it would find after a crash."""

    def __init__(self, memory: EngineMemory) -> None:
        self.state = CPState.DISCONNECTED
        self.memory = memory

    def step(self, event: CPEvent) -> None:
        """Something happens; raises ValueError where it cannot."""
        self.state = next_state(self.state, event)

    def step_if_allowed(self, event: CPEvent) -> None:
        """Something happens, or nothing where it cannot."""
        if is_allowed(self.state, event):
            self.step(event)

    def stop_if_stopped(self) -> None:
        """An operator's stop holds as soon as nothing else does."""
        if self.memory.stopped and self.state is CPState.ACTIVATED:
            self.step(CPEvent.STOP)

    def note(self, **condition: object) -> list[Effect]:
        """Write down what has changed, if anything has."""
        memory = changed(self.memory, **condition)
        if memory == self.memory:
            return []
        self.memory = memory
        return [memory]

    def obey(self, order: Message, **condition: object) -> list[Effect]:
        """Write down which order was obeyed, and what has changed with it."""
        if is_new(self.memory, order):
            return self.note(central_epoch=order.epoch, central_seq=order.seq, **condition)
        return self.note(**condition)
