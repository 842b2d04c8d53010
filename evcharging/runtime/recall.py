"""Reminds roles of what they once recorded, before they decide again. Knows no rule."""

from collections.abc import Callable, Iterable, Iterator

from evcharging.adapters.bus import Fetched
from evcharging.adapters.store import Ledger
from evcharging.common.kafka import Topic
from evcharging.common.messages import Message
from evcharging.domain.record import Record
from evcharging.roles.role import Recalling, Role

Question = tuple[type[Record], str]


class Recall:
    """For messages of some topics; `role_in` finds the role that a message of a batch goes to, if it lives here."""

    def __init__(
        self, store: Ledger, topics: Iterable[Topic], role_in: Callable[[Fetched], Callable[[Message], Role | None]]
    ) -> None:
        self._store = store
        self._topics = frozenset(topic.name for topic in topics)
        self._role_in = role_in

    def is_needed(self, batch: list[Fetched]) -> bool:
        """Whether `remind` may have to ask the store."""
        return not self._topics.isdisjoint([fetched.topic.name for fetched in batch])

    def remind(self, batch: list[Fetched]) -> None:
        """Give roles the records that this batch is about, one kind after another, in the order in which they ask."""
        asked: set[tuple[Question, int]] = set()
        while askers := self._askers(batch, asked):
            for kind in dict.fromkeys(kind for kind, _ in askers):
                for record in self._store.fetch(kind, [key for of, key in askers if of is kind]):
                    for role in askers[kind, record.key].values():
                        role.remember(record)

    def _askers(self, batch: list[Fetched], asked: set[tuple[Question, int]]) -> dict[Question, dict[int, Recalling]]:
        """What is still to be asked, and for whom; it is asked then."""
        askers: dict[Question, dict[int, Recalling]] = {}
        for question, role in self._questions(batch):
            if (question, id(role)) not in asked:
                asked.add((question, id(role)))
                askers.setdefault(question, {})[id(role)] = role
        return askers

    def divide(self, batch: list[Fetched]) -> tuple[list[Fetched], list[Fetched]]:
        """The batch in two: what may be handled together, and what waits for the next cycle. Nothing waits but where
        two roles would decide the same question in one commit, neither knowing of the other."""
        if len(batch) < 2:
            return batch, []
        partitions = [fetched.partition for fetched in batch if fetched.topic.name in self._topics]
        askers: dict[Question, Recalling] = {}
        if len(set(partitions)) < 2 or all(
            askers.setdefault(question, role) is role
            for question, role in self._questions(batch)
            if not question[0].is_read_elsewhere
        ):
            return batch, []

        def waits(fetched: Fetched) -> bool:
            return fetched.topic.name in self._topics and fetched.partition != partitions[0]

        return [fetched for fetched in batch if not waits(fetched)], [fetched for fetched in batch if waits(fetched)]

    def _questions(self, batch: list[Fetched]) -> Iterator[tuple[Question, Recalling]]:
        for fetched in batch:
            if fetched.topic.name in self._topics:
                role_for = self._role_in(fetched)
                for message in fetched.messages:
                    role = role_for(message)
                    if isinstance(role, Recalling):
                        for question in role.forgotten(message):
                            yield question, role
