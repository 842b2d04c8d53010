"""Whatever somebody changed in a ledger past its store is found: in its chain, and in its tables."""

import pytest

from evcharging.tests.stages.audit_world import CUT_OFF, FOLLOWS, ask, audit, story, tamper, tell

# Who changed the chain


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE facts SET body = REPLACE(body, '300000', '3') WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["UPDATE facts SET key = 'S-9' WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["UPDATE facts SET kind = 'Point' WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["UPDATE facts SET shard = '1' WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["UPDATE facts SET hash = '' WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["DELETE FROM facts WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["DELETE FROM facts WHERE fact_id = FIRST"], FOLLOWS),
        (
            [
                "UPDATE facts SET fact_id = FIRST + 99 WHERE fact_id = FIRST + 3",
                "UPDATE facts SET fact_id = FIRST + 3 WHERE fact_id = FIRST + 4",
                "UPDATE facts SET fact_id = FIRST + 4 WHERE fact_id = FIRST + 99",
            ],
            FOLLOWS,
        ),
        (
            [
                "INSERT INTO facts (fact_id, shard, kind, key, body, hash) "
                "SELECT FIRST + 99, shard, kind, key, body, hash FROM facts WHERE fact_id = FIRST + 4"
            ],
            FOLLOWS,
        ),
        (["DELETE FROM facts WHERE fact_id = FIRST + 10"], CUT_OFF),
        (["DELETE FROM facts WHERE shard = '1'"], CUT_OFF),
        (["UPDATE shards SET head = '' WHERE shard = '0'"], CUT_OFF),
        (["DELETE FROM shards WHERE shard = '0'"], CUT_OFF),
    ],
)
def test_facts_that_were_changed_removed_moved_or_put_in_are_found(url: str, statements: list[str], said: str) -> None:
    first = str(ask(url, "SELECT MIN(fact_id) FROM facts")[0][0])
    tamper(url, *(statement.replace("FIRST", first) for statement in statements))
    assert any(said in text for text in audit(url).findings)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE facts SET body = '[' WHERE kind = 'Bill'", "The newest fact of Bill S-1 cannot be read"),
        ("UPDATE facts SET kind = 'Gift' WHERE kind = 'Bill'", "1 facts are of the kind Gift"),
    ],
)
def test_a_fact_that_this_program_cannot_read_or_does_not_know_is_found(empty: str, statement: str, said: str) -> None:
    tell(empty, *story())
    tamper(empty, statement)
    assert any(said in text for text in audit(empty).findings)


# Who changed a table


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE tickets SET micro_euros = 1 WHERE session_id = 'S-1'", "Bill S-1 has micro_euros 1 in its table"),
        ("UPDATE sessions SET status = 'OPENED' WHERE session_id = 'S-1'", "Session S-1 has status 'OPENED'"),
        ("UPDATE sessions SET ended_at = NULL WHERE session_id = 'S-1'", "Session S-1 has ended_at None in its table"),
        ("UPDATE points SET stopped = true WHERE cp_id = 'CP-2'", "Point CP-2 has stopped"),
        ("UPDATE notices SET text = 'ab'", "Notice N-1 has text 'ab' in its table"),
        ("DELETE FROM sessions WHERE session_id = 'S-2'", "Session S-2 is missing in its table"),
        ("DELETE FROM requests WHERE request_id = 'R-3'", "S-3 says that request R-3 led to it; that"),
        ("UPDATE requests SET limit_mwh = 5 WHERE request_id = 'R-3'", "Request R-3 is another in its table"),
        ("UPDATE requests SET driver_id = 'x' WHERE request_id = 'R-3'", "Request R-3 is another in its table"),
        ("UPDATE requests SET reason = 'no' WHERE request_id = 'R-3'", "Request R-3 is another in its table"),
        ("UPDATE requests SET accepted = false WHERE request_id = 'R-3'", "Request R-3 is in its table, and no fact"),
        ("UPDATE sessions SET session_id = 'S-0' WHERE session_id = 'S-2'", "Session S-0 is in its table, and no fact"),
    ],
)
def test_a_table_that_is_not_as_the_facts_say_is_found(url: str, statement: str, said: str) -> None:
    tamper(url, statement)
    assert any(said in text for text in audit(url).findings)
