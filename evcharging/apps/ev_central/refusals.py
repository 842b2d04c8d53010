"""Why Central does not tell or do what it is asked: a sentence for people, and a `code` for programs."""


class UnknownResource(Exception):
    """There is no such thing; `code` says in one word what went wrong, as with the others."""

    code = "unknown_resource"


class UnknownPoint(UnknownResource):
    """No such charging point."""

    code = "unknown_point"


class UnknownSite(UnknownResource):
    """No such site."""

    code = "unknown_site"


class UnknownSession(UnknownResource):
    """No such session."""

    code = "unknown_session"


class Forbidden(Exception):
    """Who asks may not do that; the text says what is missing."""

    code = "forbidden"


class ForeignPage(Forbidden):
    """Nobody knows whether one of Central's own pages asks."""

    code = "foreign_page"


class TooManyAttempts(Exception):
    """Somebody has tried too often, or too many do at once; `wait_s` is after how many seconds they may again."""

    code = "too_many_attempts"

    def __init__(self, text: str, wait_s: int) -> None:
        super().__init__(text)
        self.wait_s = wait_s


class OrderRefused(Exception):
    """Central refuses, for the reason in the text."""

    code = "refused"


class NotDecided(Exception):
    """Central could not decide in time; nothing is half done, the request may be made again."""

    code = "not_decided"
