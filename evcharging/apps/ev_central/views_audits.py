"""Audits of the ledger as they are shown; `views.py` says more of such structures."""

from typing import Annotated

from evcharging.apps.ev_central.views import Count, Euros, Kwh, Moment, View
from evcharging.common.utils import shown

Sentence = Annotated[str, shown("S-1 was billed more than once, as its facts say: see which bill its driver was sent")]


class AuditedView(View, frozen=True, kw_only=True):
    """The result of an audit: how much it read, the number of differences, and a sentence for each of the first ones.
    `remarks` are no differences, and worth knowing."""

    facts: Count
    sessions: Count
    bills: Count
    kwh: Kwh
    euros: Euros
    differences: Count
    findings: list[Sentence]
    remarks: list[Sentence]


class PastAuditView(View, frozen=True, kw_only=True):
    """An audit that has ended; `problem` says why there was none."""

    began_at: Moment
    ended_at: Moment
    seen: AuditedView | None
    problem: Annotated[str, shown("Cannot read the database")] | None


class LedgerAuditsView(View, frozen=True, kw_only=True):
    """The audit that goes on, and how much of the ledger it has read, from 0 to 1, as far as that is known; and the
    last one since Central began."""

    running_since: Moment | None
    progress: Annotated[float, shown(0.25)] | None
    last: PastAuditView | None


AUDITS: tuple[type[View], ...] = (LedgerAuditsView,)
"""All of them."""
