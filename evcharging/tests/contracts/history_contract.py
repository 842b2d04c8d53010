"""The store's contract about searches, pages, sums and what was measured, in sentences; part of `store_contract`."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from evcharging.adapters.store import Commit, Store
from evcharging.adapters.store.history import Found, GroupTotal, Search
from evcharging.common.messages_tariff import Price
from evcharging.common.utils import changed
from evcharging.domain.books import Books, bill_entry, capture_entry, refund_entry
from evcharging.domain.charging_point import Point
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.notice import Notice
from evcharging.domain.session import Bill, Session
from evcharging.domain.totals import BILLED, EVERYTHING, Step, Total, added_up, begin_of, of_point, of_site, totals_of
from evcharging.domain.turnover import Shared, grouped
from evcharging.tests.stages.store_world import BARE, NOW, WHOLE, put, session


def some_notices(chance: Random) -> list[Notice]:
    """Notices of one hour, many of the same minute, not in the order of their moments."""
    return [
        Notice(
            notice_id=f"N-{number}",
            ts=NOW + timedelta(minutes=chance.randrange(60)),
            level=chance.choice(("info", "warning", "error")),
            text=f"{chance.choice(('Stopped', 'started', '50%_done', 'É'))} {number}",
            cp_id=chance.choice((None, "CP-1", "CP-2")),
        )
        for number in range(100)
    ]


def some_bills(chance: Random) -> list[Bill]:
    """Bills of supplies of minutes or days."""
    bills = []
    for number in range(60):
        began = NOW + timedelta(minutes=chance.randrange(3 * 24 * 60), microseconds=chance.randrange(10**6))
        energy = chance.randrange(10**9)
        bill = Bill(
            session_id=f"S-{number}",
            driver_id="driver-1",
            cp_id=chance.choice(("CP-1", "CP-2")),
            started_at=began,
            ended_at=began + timedelta(seconds=chance.choice((0, 1, 600, 7200, 200_000))),
            energy_mwh=energy,
            micro_euros_per_kwh=300_000,
            micro_euros=energy // 3,
            ended_by="supply complete",
            site_id=chance.choice((None, "SITE-1", "SITE-2")),
        )
        bills.append(bill)
    return bills


def meter_value(session_id: str, quarter: int) -> MeterValue:
    at = NOW + timedelta(minutes=15 * quarter)
    return MeterValue(session_id=session_id, at=at, register_mwh=1_000 * quarter, power_w=22_000)


BILL = changed(
    some_bills(Random(2))[0],
    started_at=NOW,
    ended_at=NOW,
    energy_mwh=1_000_000,
    micro_euros_per_kwh=303_333,
    micro_euros=303_333,
)
ENTRIES = (
    bill_entry(BILL),
    capture_entry("S-0", 303_333, 30, NOW),
    refund_entry("S-0", None, 30, (0, 30), NOW + timedelta(days=1)),
)
FIRST_DAY, LAST_DAY = NOW - timedelta(days=10), NOW + timedelta(days=10)
NOTICES = some_notices(Random(1))
HALF = NOW + timedelta(minutes=30)
SEARCHES: list[dict[str, Any]] = [
    {},
    {"oldest_first": True},
    {"since": HALF},
    {"until": HALF, "oldest_first": True},
    {"since": NOW + timedelta(minutes=10), "until": HALF, "text": "STOP"},
    {"text": "%_d"},
    {"text": "É"},
    {"text": "cp-2", "where": {"level": ["info", "error"]}},
    {"where": {"cp_id": ["CP-1"]}, "since": HALF, "oldest_first": True},
    {"has": {"cp_id": True}},
    {"has": {"cp_id": False}, "text": "stop"},
]


def is_wanted(notice: Notice, asked: dict[str, Any]) -> bool:
    text = asked.get("text", "").lower()
    return (
        asked.get("since", notice.ts) <= notice.ts
        and ("until" not in asked or notice.ts < asked["until"])
        and (text in notice.text.lower() or text in (notice.cp_id or "").lower())
        and all(getattr(notice, name) in values for name, values in asked.get("where", {}).items())
        and all((getattr(notice, name) is not None) is has for name, has in asked.get("has", {}).items())
    )


class HistoryContract:
    """What every store tells to those who read."""

    @pytest.mark.parametrize("asked", SEARCHES, ids=str)
    def test_a_search_gives_what_is_wanted_page_by_page_in_order_of_its_moment(
        self, store: Store, asked: dict[str, Any]
    ) -> None:
        put(store, *NOTICES)
        numbers = {notice.notice_id: number for number, notice in store.page(Notice, limit=1000)}
        found: list[Notice] = []
        beyond = None
        while page := store.search(Notice, Search(limit=7, beyond=beyond, **asked)).records:
            found += [notice for _, notice in page]
            assert [number for number, _ in page] == [numbers[notice.notice_id] for _, notice in page]
            beyond = (found[-1].ts, numbers[found[-1].notice_id])
        ordered = sorted(NOTICES, key=lambda notice: (notice.ts, numbers[notice.notice_id]))
        newest_first = ordered if asked.get("oldest_first") else ordered[::-1]
        assert found == [notice for notice in newest_first if is_wanted(notice, asked)]
        assert found

    @pytest.mark.parametrize("oldest_first", [False, True])
    def test_a_search_for_a_text_looks_at_so_many_and_says_where_it_ended(
        self, store: Store, oldest_first: bool
    ) -> None:
        put(store, *NOTICES)
        search = Search(limit=200, text="stop", oldest_first=oldest_first, look_at=30)
        found: list[Notice] = []
        looks = 0
        while True:
            page = store.search(Notice, search)
            found += [notice for _, notice in page.records]
            looks += 1
            if page.looked_to is None:
                break
            search = replace(search, beyond=page.looked_to)
        assert looks == 4
        whole = store.search(Notice, Search(limit=200, text="stop", oldest_first=oldest_first))
        assert found == [notice for _, notice in whole.records] != []
        nowhere = Search(limit=5, text="stop", where={"cp_id": ["CP-404"]}, look_at=1)
        assert store.search(Notice, nowhere) == Found([])

    def test_a_search_that_has_found_enough_does_not_say_where_its_look_ended(self, store: Store) -> None:
        put(store, *NOTICES)
        enough = store.search(Notice, Search(limit=3, text="stop", look_at=30))
        assert (len(enough.records), enough.looked_to) == (3, None)
        unbound = store.search(Notice, Search(limit=50, look_at=30))
        assert (len(unbound.records), unbound.looked_to) == (50, None)

    def test_the_last_notice_of_each_point_until_a_moment_is_found_and_the_first_one_later(self, store: Store) -> None:
        points = [Point(cp_id=cp_id) for cp_id in ("CP-2", "CP-1", "CP-quiet")]
        put(store, *points, *NOTICES)
        numbers = {notice.notice_id: number for number, notice in store.page(Notice, limit=1000)}
        ordered = sorted(NOTICES, key=lambda notice: (notice.ts, numbers[notice.notice_id]))
        for asked in ({}, {"level": ["info", "error"]}):
            for moment in (FIRST_DAY, NOW, HALF, HALF + timedelta(seconds=1), LAST_DAY):
                wanted = [each for each in ordered if is_wanted(each, {"where": asked})]
                for found, later in ((wanted[::-1], False), (wanted, True)):
                    nearest = [
                        next((each for each in found if each.cp_id == cp_id and (each.ts > moment) is later), None)
                        for cp_id in ("CP-2", "CP-1")
                    ]
                    told = store.nearest(Notice, moment, asked, later=later)
                    assert told == [each for each in nearest if each is not None]
        assert store.nearest(Session, LAST_DAY) == []

    def test_the_nearest_session_of_a_point_is_as_it_stands_now(self, store: Store) -> None:
        put(store, Point(cp_id="CP-1"), session("S-1"), changed(session("S-2"), requested_at=HALF))
        put(store, session("S-1", stop=9))
        assert store.nearest(Session, NOW) == [session("S-1", stop=9)]
        assert [each.session_id for each in store.nearest(Session, NOW, later=True)] == ["S-2"]

    def test_bills_add_up_by_point_by_site_and_in_all_each_hour_and_each_day(self, store: Store) -> None:
        bills = some_bills(Random(2))
        for start in range(0, len(bills), 13):
            put(store, *bills[start : start + 13])
        for step in BILLED:
            for subject in (of_point("CP-1"), of_site("SITE-1"), EVERYTHING, of_site("SITE-9")):
                totals = [each for bill in bills for each in totals_of(bill)]
                wanted = [each for each in totals if (each.subject, each.step) == (subject, step)]
                assert store.series(subject, step, FIRST_DAY, LAST_DAY) == added_up(wanted)
                half = [each for each in added_up(wanted) if each.at < HALF]
                assert store.series(subject, step, FIRST_DAY, HALF) == half
        everything = store.series(EVERYTHING, Step.DAY, FIRST_DAY, LAST_DAY)
        assert sum(each.energy_mwh for each in everything) == sum(bill.energy_mwh for bill in bills)
        assert sum(each.micro_euros for each in everything) == sum(bill.micro_euros for bill in bills)
        assert sum(each.sessions for each in everything) == len(bills)

    def test_each_site_has_one_total_of_a_time(self, store: Store) -> None:
        bills = some_bills(Random(2))
        put(store, *bills, changed(bills[0], session_id="S-a", site_id="SITE-1/a"))
        for step, until in ((Step.HOUR, LAST_DAY), (Step.DAY, LAST_DAY), (Step.HOUR, HALF)):
            wanted = [
                changed(part, subject=of_site(site), at=FIRST_DAY)
                for site in ("SITE-1", "SITE-1/a", "SITE-2")
                for part in store.series(of_site(site), step, FIRST_DAY, until)
            ]
            assert store.sites(step, FIRST_DAY, until) == added_up(wanted)
        assert [each.subject for each in store.sites(Step.DAY, FIRST_DAY, LAST_DAY)][1:] == [
            of_site("SITE-1/a"),
            of_site("SITE-2"),
        ]
        assert store.sites(Step.DAY, LAST_DAY, LAST_DAY) == []

    @pytest.mark.parametrize("by", Shared)
    def test_bills_of_a_time_come_in_groups(self, store: Store, by: Shared) -> None:
        price = Price(lines=(), net=100, vat_permille=210, vat=21, gross=121)
        bills = some_bills(Random(3))
        priced = [changed(bill, tariff=f"day@{n % 3}", price=price) for n, bill in enumerate(bills[:30])]
        edge = changed(bills[0], session_id="S-edge", ended_at=HALF)
        put(store, *priced, *bills[30:], edge)
        every = [*priced, *bills[30:], edge]
        for since, until in ((FIRST_DAY, LAST_DAY), (FIRST_DAY, HALF), (HALF, LAST_DAY), (LAST_DAY, LAST_DAY)):
            within = [bill for bill in every if since < bill.ended_at <= until]
            assert store.turnover(by, since, until, 2) == grouped(within, by, 2)
        assert len(store.turnover(by, FIRST_DAY, HALF, 9).first) > 0

    def test_what_was_measured_is_kept_by_its_moment_and_adds_up(self, store: Store) -> None:
        minutes = [
            Total(subject=subject, step=Step.MINUTE, at=NOW + timedelta(minutes=number), energy_mwh=10 + number)
            for number in range(4)
            for subject in (EVERYTHING, of_site("SITE-1"))
        ]
        values = [meter_value(name, quarter) for name in ("S-2", "S-1") for quarter in (1, 0, 2)]
        put(store, *minutes, *values)
        put(store, *minutes[:2], values[0])
        series = store.series(EVERYTHING, Step.MINUTE, NOW, NOW + timedelta(minutes=3))
        assert [each.energy_mwh for each in series] == [20, 11, 12]
        assert store.series(of_point("CP-1"), Step.MINUTE, FIRST_DAY, LAST_DAY) == []
        ordered = sorted(values, key=lambda value: (value.session_id, value.at))
        assert store.meter_values(["S-1", "S-9", "S-2"]) == ordered
        assert store.meter_values(["S-1"]) == ordered[:3]

    def test_what_was_measured_long_ago_is_removed_a_little_at_a_time_and_facts_stay(self, store: Store) -> None:
        bills = some_bills(Random(2))
        minutes = [Total(subject=EVERYTHING, step=Step.MINUTE, at=NOW + timedelta(minutes=n)) for n in range(5)]
        put(store, *bills, *minutes, *(meter_value("S-1", quarter) for quarter in range(5)))
        before = store.facts(Bill), store.series(EVERYTHING, Step.HOUR, FIRST_DAY, LAST_DAY)
        removed = [
            store.remove_measured(
                values_before=NOW + timedelta(minutes=45), minutes_before=NOW + timedelta(minutes=2), limit=2
            )
            for _ in range(3)
        ]
        assert removed == [4, 1, 0]
        assert [value.at for value in store.meter_values(["S-1"])] == [
            NOW + timedelta(minutes=45),
            NOW + timedelta(minutes=60),
        ]
        left = store.series(EVERYTHING, Step.MINUTE, FIRST_DAY, LAST_DAY)
        assert [each.at for each in left] == [minute.at for minute in minutes[2:]]
        assert (store.facts(Bill), store.series(EVERYTHING, Step.HOUR, FIRST_DAY, LAST_DAY)) == before

    def test_a_commit_that_is_given_again_adds_nothing(self, store: Store) -> None:
        epochs = store.claim(["0"])
        commit = Commit(epochs=epochs, records=[("0", some_bills(Random(2))[0])], serial=1)
        store.commit(commit)
        once = store.series(EVERYTHING, Step.DAY, FIRST_DAY, LAST_DAY)
        store.commit(commit)
        assert store.series(EVERYTHING, Step.DAY, FIRST_DAY, LAST_DAY) == once != []

    def test_pages_go_from_the_youngest_key_to_the_oldest(self, store: Store) -> None:
        put(store, *(session(f"S-{n}") for n in range(5)))
        put(store, session("S-0", stop=9))
        pages, before = [], None
        for _ in range(4):
            page = store.page(Session, limit=2, before=before)
            pages.append([(record.key, record.register_stop_mwh) for _, record in page])
            before = page[-1][0] if page else before
        assert pages == [[("S-4", 0), ("S-3", 0)], [("S-2", 0), ("S-1", 0)], [("S-0", 9)], []]

    def test_a_page_is_not_disturbed_by_what_comes_meanwhile(self, store: Store) -> None:
        put(store, *(session(f"S-{n}") for n in range(4)))
        before = store.page(Session, limit=2)[-1][0]
        put(store, Point(cp_id="CP-1"), session("S-new"), session("S-1", stop=5))
        page = store.page(Session, limit=2, before=before)
        assert [(record.key, record.register_stop_mwh) for _, record in page] == [("S-1", 5), ("S-0", 0)]

    def test_a_page_holds_only_what_fits(self, store: Store) -> None:
        put(store, *(session(f"S-{n}", driver_id=f"driver-{n % 2}") for n in range(6)))
        page = store.page(Session, limit=2, where={"driver_id": ["driver-1"]})
        assert [record.key for _, record in page] == ["S-5", "S-3"]

    def test_a_tally_counts_and_sums_in_order_of_the_value(self, store: Store) -> None:
        put(store, session("A", driver_id="bob", stop=1), session("B", driver_id="Zoe", stop=10**18))
        put(
            store, session("C", driver_id="bob", stop=5), session("D", driver_id="émile"), session("A", driver_id="bob")
        )
        tallies = store.tally(Session, "driver_id", sums=["register_stop_mwh", "micro_euros_per_kwh"])
        assert tallies == [
            GroupTotal("Zoe", 1, (10**18, 300_000)),
            GroupTotal("bob", 2, (5, 600_000)),
            GroupTotal("émile", 1, (0, 300_000)),
        ]
        assert all(type(total) is int for tally in tallies for total in tally.sums)

    def test_a_tally_leaves_out_records_without_a_value(self, store: Store) -> None:
        put(store, *WHOLE, *BARE)
        assert store.tally(Notice, "cp_id") == [GroupTotal("c", 1, ())]

    def test_a_tally_of_one_value_is_of_that_alone(self, store: Store) -> None:
        put(store, session("A", cp_id="CP-1"), session("B", cp_id="CP-2"), session("C", cp_id="CP-2"))
        assert store.tally(Session, "cp_id", only="CP-2") == [GroupTotal("CP-2", 2, ())]
        assert store.tally(Session, "cp_id", only="CP-3") == []

    def test_a_tally_goes_on_after_a_value(self, store: Store) -> None:
        put(store, *(session(f"S-{n}", driver_id=f"driver-{n}") for n in range(5)))
        first = store.tally(Session, "driver_id", limit=3)
        rest = store.tally(Session, "driver_id", after=first[-1].value, limit=3)
        assert [tally.value for tally in first + rest] == [f"driver-{n}" for n in range(5)]

    def test_balances_are_what_entries_of_those_days_have_posted(self, store: Store) -> None:
        put(store, *ENTRIES)
        put(store, ENTRIES[0])  # which is there already, and counts once
        assert store.balances(FIRST_DAY, LAST_DAY) == list(Books(ENTRIES).trial_balance())
        first = begin_of(Step.DAY, NOW)
        assert store.balances(first, first + timedelta(days=1)) == list(Books(ENTRIES[:2]).trial_balance())
        assert store.balances(LAST_DAY, LAST_DAY) == []
