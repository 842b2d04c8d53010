"""The simulator: a day in seconds, the same from the same seed, and its sums add up."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from evcharging.apps.shell.cli import main
from evcharging.common.utils import changed, to_json
from evcharging.domain.price import price_of_energy
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.runtime.virtual import VirtualTime
from evcharging.simulation.run import START, Scenario, build, simulate

SMALL = Scenario(
    points=3,
    drivers=8,
    hours=1,
    seed=7,
    interval=timedelta(seconds=10),
    pause=timedelta(minutes=20),
    faults_per_day=48,
)


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert to_json(simulate(SMALL)) == to_json(simulate(SMALL))


def test_another_seed_gives_another_run() -> None:
    other = changed(SMALL, seed=8)
    assert to_json(simulate(SMALL)) != to_json(simulate(other))


def test_the_report_adds_up_to_the_ledger() -> None:
    report = simulate(SMALL)
    assert report.requests == report.accepted + report.denied
    assert report.denied == sum(report.denials.values())
    assert report.accepted == report.completed + report.failed + report.open
    assert 0 < report.utilisation < 1
    assert report.failed > 0, "no fault ever struck a supply: the scenario is too tame"


def test_at_a_site_nobody_is_denied_who_finds_a_point_taken() -> None:
    day = Scenario(points=10, drivers=30, hours=24, seed=1)
    named, at_site = simulate(day), simulate(changed(day, sites=1))
    assert named.denied > 0.2 * named.requests
    assert at_site.denied <= 0.01 * at_site.requests


def test_a_site_that_is_full_all_day_serves_whoever_waits() -> None:
    report = simulate(Scenario(points=3, drivers=20, hours=24, seed=1, sites=1))
    assert report.waited > report.accepted / 3
    assert report.denied == 0
    assert 0 < report.mean_wait_s < 24 * 3600
    assert report.requests == report.accepted + report.denied


def test_every_session_that_ended_has_one_bill_for_the_energy_between_its_readings() -> None:
    time = VirtualTime(START)
    network = build(SMALL, time)
    time.run_until(START + timedelta(hours=SMALL.hours))
    bills = {bill.session_id: bill for bill in network.ledger.select(Bill)}
    ended = [s for s in network.ledger.select(Session) if not s.is_open and s.started_at is not None]
    assert {session.session_id for session in ended} == set(bills)
    for session in ended:
        bill = bills[session.session_id]
        assert bill.energy_mwh == session.register_stop_mwh - session.register_start_mwh
        assert bill.micro_euros == price_of_energy(bill.energy_mwh, session.micro_euros_per_kwh)


def test_no_point_ever_has_two_open_sessions() -> None:
    time = VirtualTime(START)
    network = build(SMALL, time)
    for minute in range(0, 60, 2):
        time.run_until(START + timedelta(minutes=minute))
        opened = [s.cp_id for s in network.ledger.select(Session) if s.is_open]
        assert len(opened) == len(set(opened))


def test_a_longer_interval_between_readings_changes_no_bill() -> None:
    def energies(interval: int) -> list[int]:
        time = VirtualTime(START)
        pause = timedelta(minutes=10)
        scenario = Scenario(points=2, drivers=2, hours=1, seed=1, interval=timedelta(seconds=interval), pause=pause)
        network = build(scenario, time)
        time.run_until(START + timedelta(hours=1))
        done = [s for s in network.ledger.select(Session) if s.status is SessionStatus.COMPLETED]
        return [session.energy_mwh for session in done]

    assert energies(1) == energies(60) != []


@pytest.mark.parametrize("arguments", [["--json"], []])
def test_the_command_prints_the_same_result_twice(arguments: list[str]) -> None:
    command = ["simulate", "--points", "2", "--drivers", "3", "--hours", "1", "--pause-hours", "0.5"]
    command += ["--telemetry-interval", "10", *arguments]
    runner = CliRunner()
    first, second = (runner.invoke(main, command, catch_exceptions=False) for _ in range(2))
    assert first.exit_code == 0
    assert first.stdout == second.stdout != ""


def test_progress_goes_from_nothing_to_all() -> None:
    shares: list[float] = []
    simulate(Scenario(points=1, drivers=1, hours=1, seed=1), shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_site_with_a_limit_never_draws_more_and_uses_most_of_it() -> None:
    """The limit is 22.08 kW, and six points would give 132 kW."""
    limited = simulate(Scenario(points=6, drivers=30, hours=24, seed=1, sites=1, site_limit_ma=32_000, vehicles=True))
    assert limited.power is not None
    assert 0.9 * 22_080 < limited.power.peak_w <= 22_080
    flowed_mwh = limited.energy_mwh + limited.open_energy_mwh
    assert 0.85 * 22.08 * 24 < flowed_mwh / 1_000_000 <= 22.08 * 24
    assert limited.power.unmet_mwh > 0
    assert limited.power.current_waits > 0
