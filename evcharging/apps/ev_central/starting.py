"""What answers at Central's HTTP port until Central itself does: that it lives, and what it waits for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from evcharging.apps.shell.serving import tls_of
from evcharging.apps.shell.status import Status
from evcharging.apps.web.answers import PROBLEM_JSON, problem_json
from evcharging.apps.web.status_server import Answer, StatusServer, pages
from evcharging.common.config import CentralSettings, known_names


@contextmanager
def starting(settings: CentralSettings, status: Status) -> Iterator[Callable[[], None]]:
    """Answers until it is called what this gives, or the block is left. Raises CannotListen or BadTls: a
    port that another program has is known at once, and not only when there is a Kafka."""

    def not_yet(_: str) -> Answer:
        detail = f"Central is starting: {status.obstacle() or 'one moment'}"
        return 503, PROBLEM_JSON, problem_json(503, detail)

    names, tls = known_names(settings), tls_of(settings)
    server = StatusServer(pages(status), settings.http_host, settings.http_port, not_yet, names, tls)
    try:
        yield server.close
    finally:
        server.close()
