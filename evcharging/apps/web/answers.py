"""What is said over HTTP where no route answers: problems in the form of RFC 9457, and the headers that every answer
carries. Knows no web framework."""

from http import HTTPStatus

from evcharging.adapters.listening import address
from evcharging.common.utils import to_json

PROBLEM_JSON = "application/problem+json"
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self' ws: wss:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
ONLY_BY_TLS = {"Strict-Transport-Security": "max-age=31536000"}
WRONG_HOST = (
    "This is not an address of this server: use its IP address or localhost,"
    " or give the name to CENTRAL_HTTP_NAMES of Central"
)


CODES = {
    400: "not_json",
    403: "foreign_page",
    413: "too_large",
    421: "unknown_host",
    422: "invalid",
    500: "mistake",
    503: "not_available",
}
"""What a problem is called where it has no name of its own; any other has the name of its status."""


def problem_json(status: int, detail: str, instance: str | None = None, code: str | None = None) -> bytes:
    """A problem in one sentence, and in one word for programs and translations (`code`); `instance` is the path that
    was asked for."""
    named = {} if instance is None else {"instance": instance}
    code = code or CODES.get(status) or HTTPStatus(status).name.lower()
    title = HTTPStatus(status).phrase
    return to_json({"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, **named})


def url_of(host: str, port: int, *, has_tls: bool) -> str:
    """Where people find what is served at a host and port."""
    return f"{'https' if has_tls else 'http'}://{address('localhost' if host == '127.0.0.1' else host, port)}"


def last_answer(status: int, detail: str) -> bytes:
    """A whole answer with a problem, after which the connection is closed."""
    body = problem_json(status, detail)
    headers = {
        "Content-Type": PROBLEM_JSON,
        "Content-Length": str(len(body)),
        "Connection": "close",
        **SECURITY_HEADERS,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{lines}\r\n".encode() + body
