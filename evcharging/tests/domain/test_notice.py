"""Notices: each has a code, a sentence of its own and what the sentence is made of."""

from string import Formatter

import pytest

from evcharging.common.utils import from_json
from evcharging.domain.notice import SENTENCES, Notice, NoticeCode, noticed, shown_again
from evcharging.tests.stages.scenario import CP, T0

MADE_OF = {"cp_id", "session_id", "detail"}


@pytest.mark.parametrize("code", NoticeCode)
def test_a_notice_reads_as_one_sentence_and_says_all_that_it_is_made_of(code: NoticeCode) -> None:
    notice = noticed(code, "notice-1", T0, CP, "S-1", "smoke")
    _, sentence = SENTENCES[code]
    fields = {field for _, field, _, _ in Formatter().parse(sentence) if field}
    assert fields <= MADE_OF
    assert (CP in notice.text, "S-1" in notice.text, "smoke" in notice.text) == (
        "cp_id" in fields,
        "session_id" in fields,
        "detail" in fields,
    )
    assert notice.code == code


def test_a_kept_notice_is_shown_again_as_it_was() -> None:
    notice = noticed(NoticeCode.BILL_HELD, "N-1", T0, CP, "S-1", "smoke")
    shown = shown_again(notice)
    assert shown.text == "CP-001: S-1 is suspect: smoke; its bill is held"
    names = "notice_id", "ts", "level", "text", "cp_id", "code", "session_id", "detail"
    assert [getattr(shown, name) for name in names] == [getattr(notice, name) for name in names]


def test_a_notice_from_before_codes_were_kept_is_read_and_shown() -> None:
    kept = b'{"notice_id":"N-1","ts":"2026-11-01T00:00:00Z","level":"warning","text":"CP-001 disconnected"}'
    shown = shown_again(from_json(Notice, kept))
    assert (shown.text, shown.code, shown.session_id, shown.detail) == ("CP-001 disconnected", None, None, None)
