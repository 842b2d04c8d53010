"""The states of a charging point and the one table that says how they change. Knows no message, clock or device."""

from enum import StrEnum


class CPState(StrEnum):
    """What a charging point is, as the engine lives it and as Central shows it."""

    DISCONNECTED = "DISCONNECTED"
    ACTIVATED = "ACTIVATED"
    SUPPLYING = "SUPPLYING"
    STOPPED = "STOPPED"
    FAULT = "FAULT"


class CPEvent(StrEnum):
    """What may happen to a charging point."""

    CONNECT = "CONNECT"
    DISCONNECT = "DISCONNECT"
    START_SUPPLY = "START_SUPPLY"
    END_SUPPLY = "END_SUPPLY"
    STOP = "STOP"
    RESUME = "RESUME"
    FAIL = "FAIL"
    RECOVER = "RECOVER"


class IllegalTransition(ValueError):
    """The event cannot happen in this state."""


S, E = CPState, CPEvent

TRANSITIONS: dict[tuple[CPState, CPEvent], CPState] = {
    (S.DISCONNECTED, E.CONNECT): S.ACTIVATED,
    (S.DISCONNECTED, E.FAIL): S.FAULT,
    (S.ACTIVATED, E.START_SUPPLY): S.SUPPLYING,
    (S.ACTIVATED, E.STOP): S.STOPPED,
    (S.ACTIVATED, E.FAIL): S.FAULT,
    (S.ACTIVATED, E.DISCONNECT): S.DISCONNECTED,
    (S.SUPPLYING, E.END_SUPPLY): S.ACTIVATED,
    (S.SUPPLYING, E.FAIL): S.FAULT,
    (S.SUPPLYING, E.DISCONNECT): S.DISCONNECTED,
    (S.STOPPED, E.RESUME): S.ACTIVATED,
    (S.STOPPED, E.FAIL): S.FAULT,
    (S.STOPPED, E.DISCONNECT): S.DISCONNECTED,
    (S.FAULT, E.RECOVER): S.ACTIVATED,
    (S.FAULT, E.DISCONNECT): S.DISCONNECTED,
}
"""Stopping a supplying point is two steps, END_SUPPLY then STOP, and so is leaving FAULT for a stopped point:
RECOVER then STOP. Only the state after the last step is ever said to others."""


def next_state(state: CPState, event: CPEvent) -> CPState:
    """The state after `event`; raises IllegalTransition, changing nothing, where the table has no entry."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(f"{event} cannot happen in state {state}") from None


def is_allowed(state: CPState, event: CPEvent) -> bool:
    """Whether the table has an entry."""
    return (state, event) in TRANSITIONS
