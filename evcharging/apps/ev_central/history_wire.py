"""What Central and its history process say to each other, as bytes."""

from datetime import datetime
from struct import Struct

from evcharging.apps.ev_central.queries import PageAnswer, PageQuestion
from evcharging.common.utils import Frozen, json_decoder, to_json

LENGTH = Struct("!I")


class _Asked(Frozen):
    path: str
    query: str
    accept_encoding: str
    now: datetime
    root_path: str = ""


class _Answered(Frozen):
    status: int
    headers: tuple[tuple[str, str], ...]
    mistake: str | None = None


_asked, _answered = json_decoder(_Asked), json_decoder(_Answered)


class MistakeElsewhere(Exception):
    """The process failed on a question by a mistake in this program."""


def pack_question(question: PageQuestion) -> bytes:
    """A question as bytes."""
    query = question.query.decode("latin-1")
    return to_json(
        _Asked(
            path=question.path,
            query=query,
            accept_encoding=question.accept_encoding,
            now=question.now,
            root_path=question.root_path,
        )
    )


def read_question(text: bytes) -> PageQuestion:
    """The question again."""
    asked: _Asked = _asked(text)
    return PageQuestion(asked.path, asked.query.encode("latin-1"), asked.accept_encoding, asked.now, asked.root_path)


def pack_answer(answer: PageAnswer) -> bytes:
    """An answer as bytes; its body stays as it is."""
    return _framed(_Answered(status=answer.status, headers=answer.headers), answer.body)


def pack_mistake(error: Exception) -> bytes:
    """That there is no answer, and why."""
    return _framed(_Answered(status=500, headers=(), mistake=repr(error)), b"")


def _framed(head: _Answered, body: bytes) -> bytes:
    text = to_json(head)
    return b"".join((LENGTH.pack(len(text)), text, body))


def read_answer(text: bytes) -> PageAnswer:
    """The answer again; raises MistakeElsewhere."""
    end = LENGTH.size + LENGTH.unpack_from(text)[0]
    head: _Answered = _answered(text[LENGTH.size : end])
    if head.mistake is not None:
        raise MistakeElsewhere(head.mistake)
    return PageAnswer(head.status, head.headers, text[end:])
