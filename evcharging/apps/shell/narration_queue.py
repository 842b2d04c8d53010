"""What is said aloud of requests at a site: to their drivers, and by Central. Knows no log."""

from evcharging.common.messages_queue import QueueStatus, QueueUpdate
from evcharging.common.utils import iso
from evcharging.domain.queue import QueueEntry


def queued(update: QueueUpdate) -> str:
    """How a request stands, such as `⏳ SITE-1 | number 1 of 3 in the queue, expected at 2026-01-01T12:00:00Z`."""
    match update.status:
        case QueueStatus.QUEUED:
            expected = f", expected at {iso(update.expected_at)}" if update.expected_at is not None else ""
            return f"⏳ {update.site_id} | number {update.place} of {update.waiting} in the queue{expected}"
        case QueueStatus.OFFERED if update.until is not None:
            return f"📥 {update.site_id} | {update.cp_id} is kept until {iso(update.until)}"
        case _:
            return f"⛔ {update.site_id} | {update.status}{_why(update.reason)}"


def entry_text(entry: QueueEntry) -> str:
    """How a request stands, as Central says it."""
    at = f" at {entry.cp_id}" if entry.cp_id is not None else ""
    return f"{entry.status}{at}{_why(entry.reason)}"


def _why(reason: str | None) -> str:
    return f" | {reason}" if reason else ""
