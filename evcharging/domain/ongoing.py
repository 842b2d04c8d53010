"""An open session as the live view has it. Knows no point."""

from evcharging.common.messages_view import OngoingSession
from evcharging.domain.session import Session


def ongoing(session: Session) -> OngoingSession:
    """An open session as the panel shows it."""
    return OngoingSession(
        session_id=session.session_id,
        request_id=session.request_id,
        driver_id=session.driver_id,
        status=session.status.value,
        requested_at=session.requested_at,
        started_at=session.started_at,
        ended_at=session.ended_at,
    )
