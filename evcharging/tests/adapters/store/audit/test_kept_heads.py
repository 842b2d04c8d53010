"""Heads that were kept elsewhere show what a ledger by itself does not: that its chain was cut off or rewritten."""

from pathlib import Path

from sqlalchemy import select

from evcharging.adapters.store.audit.report import heads_in, line_of
from evcharging.adapters.store.chain import link
from evcharging.adapters.store.sql.move import move
from evcharging.adapters.store.sql.tables import FACTS, SHARDS
from evcharging.common.utils import to_json
from evcharging.tests.stages.audit_world import (
    CUT_OFF,
    FOLLOWS,
    audit,
    ledger_with_a_story,
    story,
    tamper,
    tell,
    writing,
)


def test_a_head_that_was_kept_shows_a_tail_that_was_cut_off_with_its_head(url: str) -> None:
    kept = audit(url).heads
    cut_off(url)
    assert audit(url).findings == []
    assert any("facts were cut off" in text for text in audit(url, kept=kept).findings)


def cut_off(url: str) -> None:
    """Undo the newest fact, its row and what its shard remembers of it, as somebody would who knows how."""
    tamper(
        url,
        "DELETE FROM facts WHERE kind = 'Notice'",
        "DELETE FROM notices",
        "UPDATE shards SET head = "
        "(SELECT hash FROM facts WHERE fact_id = (SELECT MAX(fact_id) FROM facts WHERE shard = '0')) WHERE shard = '0'",
    )


def test_a_head_that_was_kept_shows_a_chain_that_was_rewritten(url: str) -> None:
    kept = audit(url).heads
    rewrite(url)
    assert not [text for text in audit(url).findings if FOLLOWS in text or CUT_OFF in text]
    assert any("the chain was rewritten" in text for text in audit(url, kept=kept).findings)


def rewrite(url: str) -> None:
    """Change the newest fact of a shard, and its chain, as somebody would who knows how."""
    of_shard = select(FACTS).where(FACTS.c.shard == "1").order_by(FACTS.c.fact_id)
    with writing(url) as engine, engine.begin() as connection:
        *_, before, newest = connection.execute(of_shard).all()
        body = newest.body.replace("supply complete", "no reason")
        head = link(before.hash, "1", newest.kind, newest.key, body)
        connection.execute(FACTS.update().where(FACTS.c.fact_id == newest.fact_id).values(body=body, hash=head))
        connection.execute(SHARDS.update().where(SHARDS.c.shard == "1").values(head=head))


def test_heads_that_were_kept_are_met_again_in_a_chain_that_went_on(url: str) -> None:
    kept = audit(url).heads
    tell(url, *story(4))
    assert audit(url, kept=kept).findings == []
    assert heads_in("\n".join(map(line_of, kept))) == heads_in(to_json({"heads": kept}).decode()) == kept


def test_a_ledger_that_was_moved_is_as_clean_and_the_heads_that_were_kept_are_met_again(
    ledger: str, tmp_path: Path
) -> None:
    old = f"sqlite:///{tmp_path}/central.db"
    ledger_with_a_story(old)
    kept = audit(old).heads
    move(old, ledger)
    tell(ledger, *story(4))
    report = audit(ledger, kept=kept)
    assert (report.findings, report.facts > sum(head.facts for head in kept)) == ([], True)
