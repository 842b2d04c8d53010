"""Cards of drivers in a ledger's database. Knows no rule but what the contract says."""

from collections.abc import Sequence

from sqlalchemy import Connection, Select, delete, select

from evcharging.adapters.store.accounts import Overtaken
from evcharging.adapters.store.sql.access_changes import as_structure, put
from evcharging.adapters.store.sql.access_keys import SqlKeys
from evcharging.adapters.store.sql.tables import ACCESS
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.cards import Card

CARDS, PEOPLE = ACCESS.cards, ACCESS.accounts


class SqlCards(SqlKeys):
    """What accounts pay by."""

    def cards(self, account_id: str) -> Sequence[Card]:
        return self._all(Card, _of(account_id))

    def put_cards(
        self, account_id: str, cards: Sequence[Card], action: OperatorAction, *, before: Sequence[Card]
    ) -> None:
        def job(connection: Connection) -> None:
            owner = select(PEOPLE.c.account_id).where(PEOPLE.c.account_id == account_id).with_for_update()
            is_there = connection.execute(owner).first() is not None
            stored = [as_structure(Card, row) for row in connection.execute(_of(account_id)).mappings()]
            if not is_there or stored != [*before]:
                raise Overtaken(f"The cards of {account_id} were changed meanwhile: look at them once more")
            connection.execute(delete(CARDS).where(CARDS.c.account_id == account_id))
            for card in cards:
                put(connection, CARDS, card)

        self._change(action, job, is_seen=False)
        self._database.empty_log()


def _of(account_id: str) -> Select[tuple[object, ...]]:
    return select(CARDS).where(CARDS.c.account_id == account_id).order_by(CARDS.c.added_at, CARDS.c.card_id)
