"""Which part of a list is asked for, and the page that answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from starlette.responses import Response

from evcharging.adapters.store.history import LOOK_AT, Search
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.web import LARGEST_PAGE, Id, json_response
from evcharging.common.lines import LINE_PATTERN, checked_line
from evcharging.common.moments import from_microseconds, to_microseconds
from evcharging.domain.record import Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")

LONGEST_TEXT = 64
PLACE = r"^-?[0-9]{1,18}[.][0-9]{1,18}$"

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many, at most")]
After = Annotated[Id | None, Query(description="Go on here: the `next` of the page before")]
AfterMoment = Annotated[
    str | None,
    Query(pattern=PLACE, json_schema_extra={"pattern": PLACE}, description="Go on here: the `next` of the page before"),
]
Text = Annotated[
    str | None,
    Query(
        max_length=LONGEST_TEXT,
        json_schema_extra={"pattern": f"^$|{LINE_PATTERN}"},
        description="Only what has this in its ID or its texts",
    ),
    AfterValidator(lambda text: text and checked_line(text)),
]
TextLookedFor = Annotated[
    Text,
    Query(
        description="Only what has this in its ID or its texts. A page looks at 50,000 records at most: it may be"
        " short, or empty, and `next` goes on where the look ended",
    ),
]


def _no_count(said: object) -> object:
    """A moment as it was written, which is no count of seconds: nobody means 1970 by 7100."""
    if isinstance(said, str) and not said.strip().lstrip("+-").replace(".", "", 1).isdigit():
        return said
    raise ValueError("give ISO 8601 with a time zone")


QueryMoment = Annotated[AwareDatetime, BeforeValidator(_no_count)]

From = Annotated[QueryMoment | None, Query(alias="from", description="Only from this moment on, ISO 8601")]
To = Annotated[QueryMoment | None, Query(description="Only before this moment, ISO 8601")]
InTime = Annotated[Literal["newest", "oldest"], Query(description="Which come first")]


class TimePage:
    """A page of what happened, in the order of its moments."""

    def __init__(
        self,
        limit: Limit = 50,
        after: AfterMoment = None,
        q: TextLookedFor = None,
        since: From = None,
        to: To = None,
        sort: InTime = "newest",
    ) -> None:
        self._limit = limit
        self._search = Search(
            limit=limit + 1,
            text=q or "",
            since=since,
            until=to,
            oldest_first=sort == "oldest",
            beyond=None if after is None else place_of(after),
            look_at=LOOK_AT,
        )

    async def of(
        self,
        queries: Queries,
        kind: type[R],
        show: Callable[[R], object],
        *,
        has: Mapping[str, bool] | None = None,
        **where: str | Sequence[str] | None,
    ) -> Response:
        """The page, with the records that have these values, or one of several, and any value, or none, in the fields
        that `has` names."""
        asked = {name: value for name, value in where.items() if value is not None}
        chosen = {name: [value] if isinstance(value, str) else value for name, value in asked.items()}
        search = replace(self._search, where=chosen, has=has or {})
        found = await queries.history(lambda store: store.search(kind, search))
        shown, end = found.records[: self._limit], found.looked_to
        if len(found.records) > self._limit:
            number, record = shown[-1]
            end = getattr(record, kind.moment), number
        return page([show(record) for _, record in shown], None if end is None else name_of(*end))


def page(items: Sequence[object], more: str | None) -> Response:
    """A page as JSON: its items, and where the next one begins, if there is more."""
    return json_response({"items": items, "next": more})


def cut(found: Sequence[T], limit: int, key: Callable[[T], str], after: str | None, *, falling: bool) -> list[T]:
    """What comes after a place in a list that is at hand, in order of a key; one more than the page, if there is."""
    ordered = sorted(found, key=key, reverse=falling)
    if after is not None:
        ordered = [each for each in ordered if (key(each) < after if falling else key(each) > after)]
    return ordered[: limit + 1]


def name_of(moment: datetime, number: int) -> str:
    return f"{to_microseconds(moment)}.{number}"


def place_of(text: str) -> tuple[datetime, int]:
    moment, number = map(int, text.split("."))
    return from_microseconds(moment), number
