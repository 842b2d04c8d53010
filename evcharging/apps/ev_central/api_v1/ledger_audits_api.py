"""The audit of the ledger under /api/v1: begun by a POST, and told of by a GET. Knows no rule: what is wrong is said by
the audit itself."""

from fastapi import APIRouter
from starlette.responses import Response

from evcharging.adapters.store.audit.report import AuditReport
from evcharging.apps.ev_central.answers import REFUSALS, answer, answers
from evcharging.apps.ev_central.ledger_audits import LedgerAudits, PastAudit
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import OrderRefused
from evcharging.apps.ev_central.views import utc_or_none
from evcharging.apps.ev_central.views_audits import AuditedView, LedgerAuditsView, PastAuditView
from evcharging.apps.ev_central.web import StrictRoute, TheQueries, json_response
from evcharging.common.utils import utc
from evcharging.domain.meter import to_kwh
from evcharging.domain.money import to_euros

NO_LEDGER = "This Central keeps no ledger that can be audited"

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)


@api.post(
    "/ledger-audits",
    status_code=202,
    responses={202: answer(LedgerAuditsView), **REFUSALS},
    summary="Begin an audit of the ledger",
)
async def begin_audit(queries: TheQueries) -> Response:
    """It checks every hash, table and bill against the facts, in a process of its own, and changes nothing. One at a
    time."""
    audits = _audits(queries)
    audits.start()
    return json_response(await _view(audits), 202)


@api.get("/ledger-audits", responses=answers(LedgerAuditsView, REFUSALS), summary="The audit of the ledger")
async def get_audits(queries: TheQueries) -> Response:
    """How far the one is that goes on, and what the last one found."""
    return json_response(await _view(_audits(queries)))


def _audits(queries: Queries) -> LedgerAudits:
    if queries.audits is None:
        raise OrderRefused(NO_LEDGER)
    return queries.audits


async def _view(audits: LedgerAudits) -> LedgerAuditsView:
    progress = await audits.progress()
    return LedgerAuditsView(
        running_since=utc_or_none(audits.running_since),
        progress=min(1.0, round(progress.done / progress.rows, 3)) if progress and progress.rows else None,
        last=_past(audits.last) if audits.last else None,
    )


def _past(audit: PastAudit) -> PastAuditView:
    return PastAuditView(
        began_at=utc(audit.began_at),
        ended_at=utc(audit.ended_at),
        seen=None if audit.report is None else _seen(audit.report),
        problem=audit.problem,
    )


def _seen(report: AuditReport) -> AuditedView:
    return AuditedView(
        facts=report.facts,
        sessions=report.sessions,
        bills=report.bills,
        kwh=to_kwh(report.energy_mwh),
        euros=to_euros(report.micro_euros),
        differences=report.differences,
        findings=report.findings,
        remarks=report.remarks,
    )
