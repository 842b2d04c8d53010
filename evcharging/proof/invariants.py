"""All that must hold, by what it is judged by: after every event, now and then, and once everything has settled."""

from collections.abc import Callable
from typing import Any

from evcharging.proof import (
    actions,
    alerts,
    deadlines,
    decisions,
    energy,
    idle,
    limits,
    payments,
    power,
    presence,
    queues,
    reservations,
    sharing,
    sites,
    tariffs,
    thieves,
    vehicles,
)
from evcharging.proof import at_rest as settled
from evcharging.proof.events import Event, Handled, Journalled, Lasted, Noted, Placed, Provided, Rested, Said
from evcharging.proof.world import World

Check = Callable[[World, Any], str | None]

ON: dict[type[Event], tuple[Check, ...]] = {
    Lasted: (
        energy.i1_a_bill_says_what_the_journal_says,
        energy.i2_a_session_has_one_bill_that_nothing_changes,
        deadlines.note_ends,
        decisions.i4_one_open_session_a_point,
        decisions.i5_one_session_a_request,
        decisions.i6_an_old_central_writes_nothing,
        decisions.i6_an_old_word_of_an_engine_counts_for_nothing,
        energy.i12_what_cannot_be_true_is_not_billed,
        energy.i12_what_can_be_true_is_not_held,
        energy.i12_what_two_engines_began_is_not_billed,
        energy.i1_what_central_had_seen_is_proposed,
        reservations.i30_no_two_overlap,
        reservations.i31_a_kept_point_serves_its_driver,
        reservations.i32_a_fee_is_due,
        reservations.i33_it_is_used_once_by_energy,
        reservations.i35_who_charges_before_ends_by_then,
        queues.i29_a_kept_point_serves_no_other,
        queues.i29_a_request_at_a_site_goes_its_way,
        queues.i29_an_ask_counts_once,
        queues.i29_a_point_is_for_one_who_waits,
        queues.i29_who_is_served_has_a_session,
        sites.i17_a_bill_is_told_to_the_site_of_its_point,
        tariffs.i18_the_lines_of_a_bill_are_what_flowed,
        tariffs.i19_a_session_has_the_tariff_in_force_when_it_was_authorised,
        tariffs.i19_versions_are_numbered_without_a_gap,
        limits.i20_only_a_limit_that_can_be_is_set,
        actions.i25_a_change_comes_with_its_action,
        actions.i25_an_action_is_of_an_order_of_its_actor,
        actions.i25_what_is_noted_as_done_is_done,
        alerts.i27_what_goes_on_has_one_alert,
        alerts.i27_a_held_bill_has_an_alert_in_its_commit,
        alerts.i27_a_change_of_an_alert_is_told_in_its_commit,
        alerts.i28_what_counts_as_delivered_was_heard,
        alerts.i28_nobody_hears_of_anything_under_two_ids,
        payments.i39_entries_add_up_and_each_bill_has_one,
        payments.i42_what_more_is_held_is_told,
        payments.i42_no_bill_is_above_its_hold,
        payments.i44_a_payment_never_goes_back,
        payments.i25_a_refund_comes_with_its_action,
    ),
    Placed: (decisions.i6_an_old_central_says_nothing_of_what_it_has_read,),
    Journalled: (
        energy.i1_a_journal_says_what_has_flowed,
        energy.i1_a_reading_says_what_has_flowed,
        energy.i3_no_energy_without_a_session,
        decisions.i5_one_supply_a_session,
        energy.i10_only_its_own_end_ends_a_supply,
        tariffs.i18_the_register_is_noted_where_the_price_changes,
        limits.i20_a_limit_lasts,
        payments.i42_no_energy_without_a_hold,
        power.written,
        deadlines.i21_a_supply_ends_by_its_time,
    ),
    Handled: (
        power.follow,
        decisions.i6_an_old_order_has_no_effect,
        decisions.i6_an_order_that_nobody_waits_for_begins_nothing,
        decisions.i7_one_kind_of_end,
        decisions.i7_one_request_after_another,
        presence.i9_nobody_says_to_have_heard_of_it_later_than_it_did,
        sharing.i36_no_circuit_carries_more_than_its_limit,
        limits.i20_an_engine_keeps_the_limit_that_it_acknowledged,
        idle.i22_idle_time_is_billed_until_the_vehicle_left,
        idle.i22_only_who_knows_ends_an_idle_session,
        reservations.note_who_can_serve,
        queues.i29_first_come_first_served,
        thieves.i23_no_word_counts_whose_sender_is_not_proven,
        thieves.i23_what_is_said_again_much_later_changes_nothing,
        thieves.i24_a_key_that_was_revoked_counts_nowhere,
    ),
    Said: (
        decisions.i4_who_is_accepted_has_a_session,
        decisions.i8_who_is_told_that_it_is_done_finds_it_done,
        limits.i8_a_limit_that_is_said_to_be_set_is_in_the_ledger,
        payments.i42_nothing_is_begun_without_a_hold,
        payments.i45_who_is_accepted_has_a_hold,
        reservations.i31_a_holder_is_not_turned_away,
        queues.i29_what_is_offered_is_kept,
        idle.i22_who_takes_over_knows_what_is_open,
        actions.i25_what_is_answered_is_noted,
        decisions.i15_a_link_speaks_for_one_point,
        decisions.i15_a_driver_hears_of_its_own_requests_alone,
    ),
    Noted: (decisions.i8_what_counts_as_sent_is_on_the_bus,),
    Provided: (payments.i41_it_is_captured_once_and_within_its_hold,),
    Rested: (energy.i3_no_energy_without_a_journal,),
}


CHARGING = (
    vehicles.i14_nobody_stays_plugged_in,
    limits.i14_no_point_is_limited,
    limits.i20_every_engine_keeps_the_limit_of_its_operator,
)


class Violation(AssertionError):
    """Something that must hold does not: the invariant's name, and the sentence."""

    def __init__(self, invariant: str, sentence: str) -> None:
        super().__init__(f"{invariant}: {sentence}")
        self.invariant = invariant
        self.sentence = sentence


def name_of(check: Callable[..., str | None]) -> str:
    """I1, I2 and so on."""
    return check.__name__.partition("_")[0].upper()


def judge(world: World, event: Event) -> None:
    """Judge what has just happened; raises Violation."""
    for check in ON[type(event)]:
        sentence = check(world, event)
        if sentence is not None:
            raise Violation(name_of(check), sentence)


def judge_by(world: World, *checks: Callable[[World], str | None]) -> None:
    """Judge how things stand; raises Violation."""
    for check in checks:
        sentence = check(world)
        if sentence is not None:
            raise Violation(name_of(check), sentence)


def judge_now(world: World) -> None:
    """Judge what is shown and awaited; raises Violation."""
    judge_by(world, *presence.CHECKS, sharing.i36_no_circuit_carries_too_much)
    judge_by(world, sharing.i37_a_vehicle_that_draws_too_much_is_stopped)
    judge_by(world, sharing.i37_a_circuit_is_over_its_limit_for_a_short_time)
    judge_by(world, idle.i22_idle_time_ends_when_contact_is_lost)


def judge_settled(world: World) -> None:
    """Judge how everything stands at last; raises Violation."""
    judge_by(world, *settled.CHECKS, *sites.CHECKS, *queues.CHECKS, *reservations.CHECKS, *alerts.CHECKS, *CHARGING)
    judge_by(world, *payments.CHECKS)
