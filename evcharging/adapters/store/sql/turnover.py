"""What bills come to in SQL, by what they have in common. Knows no connection's pool and no rule."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, case, cast, func, select, text
from sqlalchemy.dialects import postgresql

from evcharging.adapters.store.sql.tables import TABLES
from evcharging.common.moments import to_microseconds
from evcharging.domain.session import Bill
from evcharging.domain.totals import Step, Total, of_site
from evcharging.domain.turnover import Group, Groups, Shared, Turnover

SITES = """
WITH RECURSIVE site(subject) AS (
  SELECT min(subject) FROM totals WHERE step = :step AND subject > :first AND subject < :last
  UNION ALL
  SELECT (SELECT min(subject) FROM totals WHERE step = :step AND subject > site.subject AND subject < :last)
  FROM site WHERE subject IS NOT NULL)
SELECT site.subject, sum(sessions), sum(energy_mwh), sum(micro_euros)
FROM site CROSS JOIN totals
WHERE step = :step AND totals.subject = site.subject AND at >= :since AND at < :until
GROUP BY site.subject ORDER BY site.subject
"""
"""It looks each site up in the index, and in there the time that is asked for: of points there may be ten thousand."""

FIRST, LAST = of_site(""), of_site("")[:-1] + chr(ord("/") + 1)
"""Between these are the subjects that are sites."""


def group_bills(connection: Connection, by: Shared, since: datetime, until: datetime, limit: int) -> Groups:
    """Bills in groups; it walks along the index of moments."""
    rows = connection.execute(_grouped(by, since, until, limit, connection.dialect.name)).all()
    if not rows:
        return Groups(total=Turnover(), count=0, first=())
    groups = tuple(Group(value=row[0], turnover=_turnover(row[1:6])) for row in rows)
    return Groups(total=_turnover(rows[0][6:11]), count=rows[0][11], first=groups)


def add_up_sites(connection: Connection, step: Step, since: datetime, until: datetime) -> list[Total]:
    """What each site comes to, in all of a time."""
    given = {"step": step.value, "first": FIRST, "last": LAST}
    moments = {"since": to_microseconds(since), "until": to_microseconds(until)}
    return [
        Total(subject=subject, step=step, at=since, sessions=int(some), energy_mwh=int(energy), micro_euros=int(money))
        for subject, some, energy, money in connection.execute(text(SITES), {**given, **moments})
    ]


def _grouped(by: Shared, since: datetime, until: datetime, limit: int, dialect: str) -> Select[Any]:
    bills = TABLES[Bill].c
    # Not by the column itself: its index has all bills of all times.
    value = func.coalesce(bills[by.value], "").label("value")
    net, gross = (_of_price(name, dialect) for name in ("net", "gross"))
    sessions = func.sum(case((bills.reservation_id.is_(None), 1), else_=0))
    sums = [sessions, *(func.sum(each) for each in (bills.energy_mwh, bills.micro_euros, net, gross))]
    named = [each.label(f"sum_{number}") for number, each in enumerate(sums)]
    within = select(value, *named).where(bills.ended_at > since, bills.ended_at <= until)
    groups = within.group_by(value).subquery()
    columns = [groups.c[each.name] for each in named]
    wanted = select(groups.c.value, *columns, *(func.sum(each).over() for each in columns), func.count().over())
    return wanted.order_by(groups.c.sum_2.desc(), groups.c.value).limit(limit)


def _of_price(name: str, dialect: str) -> ColumnElement[Any]:
    """A whole number in the JSON that a price is; none where there is no price by lines."""
    price = TABLES[Bill].c.price
    if dialect == "sqlite":
        return func.json_extract(price, f"$.{name}")
    return cast(func.json_extract_path_text(cast(price, postgresql.JSON), name), BigInteger)


def _turnover(sums: Any) -> Turnover:
    sessions, energy, money, net, priced = (int(each or 0) for each in sums)
    return Turnover(
        sessions=sessions, energy_mwh=energy, micro_euros=money, net_micro_euros=net, priced_micro_euros=priced
    )
