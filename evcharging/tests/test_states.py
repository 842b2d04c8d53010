"""The table of states holds the specification's diagram edge by edge, and nothing outside the table can happen."""

from copy import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.states import TRANSITIONS, CPEvent, CPState, IllegalTransition, is_allowed, next_state
from evcharging.tests.stages.scenario import law

S, E = CPState, CPEvent

DIAGRAM = [
    (S.DISCONNECTED, E.CONNECT, S.ACTIVATED),
    (S.ACTIVATED, E.START_SUPPLY, S.SUPPLYING),
    (S.SUPPLYING, E.END_SUPPLY, S.ACTIVATED),
    (S.DISCONNECTED, E.FAIL, S.FAULT),
    (S.ACTIVATED, E.FAIL, S.FAULT),
    (S.SUPPLYING, E.FAIL, S.FAULT),
    (S.FAULT, E.RECOVER, S.ACTIVATED),
    (S.ACTIVATED, E.STOP, S.STOPPED),
    (S.STOPPED, E.RESUME, S.ACTIVATED),
]
"""What the specification draws."""

NOT_DRAWN = [
    (S.STOPPED, E.FAIL, S.FAULT),
    (S.ACTIVATED, E.DISCONNECT, S.DISCONNECTED),
    (S.SUPPLYING, E.DISCONNECT, S.DISCONNECTED),
    (S.STOPPED, E.DISCONNECT, S.DISCONNECTED),
    (S.FAULT, E.DISCONNECT, S.DISCONNECTED),
]
"""What a stopped point that breaks, and any point that is switched off, need beside it."""

EVERY_PAIR = [(state, event) for state in S for event in E]
ILLEGAL = [pair for pair in EVERY_PAIR if pair not in TRANSITIONS]


@pytest.mark.parametrize(("state", "event", "expected"), DIAGRAM)
def test_every_edge_of_the_specified_diagram_holds(state: CPState, event: CPEvent, expected: CPState) -> None:
    assert next_state(state, event) is expected


@pytest.mark.parametrize(("state", "event", "expected"), NOT_DRAWN)
def test_edges_that_the_diagram_leaves_out_hold_too(state: CPState, event: CPEvent, expected: CPState) -> None:
    assert next_state(state, event) is expected


def test_there_are_no_other_edges() -> None:
    assert {(state, event, after) for (state, event), after in TRANSITIONS.items()} == {*DIAGRAM, *NOT_DRAWN}


@pytest.mark.parametrize(("state", "event"), ILLEGAL)
def test_every_other_event_is_refused_in_one_sentence_and_changes_nothing(state: CPState, event: CPEvent) -> None:
    before = copy(TRANSITIONS)
    with pytest.raises(IllegalTransition, match=f"^{event} cannot happen in state {state}$"):
        next_state(state, event)
    assert before == TRANSITIONS


@pytest.mark.parametrize(("state", "event"), EVERY_PAIR)
def test_an_event_is_allowed_exactly_where_it_does_not_raise(state: CPState, event: CPEvent) -> None:
    assert is_allowed(state, event) is ((state, event) in TRANSITIONS)


def test_a_refusal_says_nothing_of_how_the_table_is_looked_up() -> None:
    with pytest.raises(IllegalTransition) as refusal:
        next_state(S.SUPPLYING, E.STOP)
    assert refusal.value.__suppress_context__


def test_five_states_are_named_as_the_specification_names_them() -> None:
    assert [state.value for state in S] == ["DISCONNECTED", "ACTIVATED", "SUPPLYING", "STOPPED", "FAULT"]


def test_every_state_can_be_reached_from_every_other() -> None:
    for origin in S:
        reached = {origin}
        while more := {after for (state, _), after in TRANSITIONS.items() if state in reached} - reached:
            reached |= more
        assert reached == set(S)


def test_energy_flows_only_after_a_start_in_a_healthy_free_point() -> None:
    ways_in = {(state, event) for (state, event), after in TRANSITIONS.items() if after is S.SUPPLYING}
    assert ways_in == {(S.ACTIVATED, E.START_SUPPLY)}


def test_stopping_a_supplying_point_takes_two_steps() -> None:
    assert next_state(next_state(S.SUPPLYING, E.END_SUPPLY), E.STOP) is S.STOPPED


def test_a_stopped_point_that_broke_and_recovered_is_stopped_again_in_two_steps() -> None:
    broken = next_state(S.STOPPED, E.FAIL)
    assert next_state(next_state(broken, E.RECOVER), E.STOP) is S.STOPPED


@law
@given(events=st.lists(st.sampled_from(CPEvent), max_size=50))
def test_whatever_happens_a_point_is_in_one_of_the_states_and_a_fault_never_ends_by_itself(
    events: list[CPEvent],
) -> None:
    state = S.DISCONNECTED
    for event in events:
        before = state
        if is_allowed(state, event):
            state = next_state(state, event)
        if before is S.FAULT and state is not S.FAULT:
            assert event in (E.RECOVER, E.DISCONNECT)
        assert state in S
