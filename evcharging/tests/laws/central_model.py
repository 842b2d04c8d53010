"""What the specification says of Central, in few words, to hold the real one to. It shares no rule, no record and no
unit of time with the roles; moments are seconds since some beginning."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

START_WITHIN, PLUG_WITHIN, SILENT_AFTER, DAY = 5, 90, 10, 86_400
NO_READINGS, FORGOTTEN, TWINS, TOLERANCE = 8, 2, 2, Decimal("1.02")
GOOD_ENDS = {
    "supply complete",
    "unplugged",
    "its time was up",
    "what was held on the card was used up",
    "stopped by the driver",
}


@dataclass
class Place:
    """A charging point: what is kept of it, and from `at_rest` on what only lives as long as Central."""

    own_price: int | None = None
    engine_price: int = 0
    power_kw: float = 10_000
    stopped: bool = False
    engine: str = "DISCONNECTED"
    word: tuple[int, int] = (0, 0)
    at_rest: int = 0
    link: int | None = None
    well: bool = False
    heard: float = 0
    charge: "Charge | None" = None
    twins_until: float = 0


@dataclass
class Charge:
    """An accepted request; money in micro-euro, energy in mWh."""

    place: Place
    price: int
    asked_at: float
    gives_up_at: float | None
    status: str = "AUTHORISED"
    register: int | None = None
    bill: tuple[int, int] | None = None
    final: tuple[float, float, int, int] | None = None
    settled: tuple[int, str] | None = None
    began: float = 0
    read_at: float = 0
    is_mixed: bool = False
    forgotten_at: float | None = None


@dataclass
class Model:
    """The whole of Central: a crash costs it what it was told of links, and nothing else."""

    now: float = 0
    places: dict[str, Place] = field(default_factory=dict)
    asked: dict[str, tuple[str, str]] = field(default_factory=dict)
    charges: dict[str, Charge] = field(default_factory=dict)
    strangers: dict[str, tuple[tuple[int, int], str, int, int]] = field(default_factory=dict)

    def register(self, cp_id: str, price: int | None) -> None:
        place = self.places.setdefault(cp_id, Place())
        place.own_price = place.own_price if price is None else price
        if cp_id in self.strangers:
            self.engine_says(cp_id, *self.strangers.pop(cp_id))

    def engine_says(self, cp_id: str, word: tuple[int, int], state: str, price: int, register: int) -> None:
        place = self.places.get(cp_id)
        if place is None:
            self.strangers[cp_id] = word, state, price, register
            return
        if word > place.word:
            place.word, place.engine, place.engine_price, place.power_kw = word, state, price, 22
            if place.charge is None and state != "SUPPLYING":
                place.at_rest = register

    def monitor_says(self, cp_id: str, link: int, well: bool) -> None:
        place = self.places.get(cp_id)
        if place and (place.link is None or link >= place.link):
            place.link, place.well, place.heard = link, well, self.now

    def link_ends(self, cp_id: str, link: int) -> None:
        place = self.places.get(cp_id)
        if place and place.link == link:
            place.link = None

    def operator(self, cp_id: str, action: str) -> bool:
        """Whether it is done."""
        place = self.places.get(cp_id)
        if place is None or (action not in ("stop", "resume") and place.link is None):
            return False
        place.stopped = {"stop": True, "resume": False}.get(action, place.stopped)
        return True

    def ask(self, request_id: str, driver_id: str, cp_id: str) -> None:
        if request_id in self.asked:
            return
        self.asked[request_id] = (driver_id, cp_id)
        place = self.places.get(cp_id)
        if place and place.charge is None and self.shown(cp_id) == "ACTIVATED":
            price = place.engine_price if place.own_price is None else place.own_price
            charge = Charge(place, price, self.now, self.now + START_WITHIN)
            place.charge = self.charges[request_id] = charge

    def started(self, request_id: str, register: int) -> None:
        charge = self.charges[request_id]
        if charge.status == "AUTHORISED":
            charge.status, charge.register, charge.gives_up_at = "SUPPLYING", register, None
            charge.began = charge.read_at = self.now
        elif (
            charge.status == "SUPPLYING"
            and not charge.is_mixed
            and (register, self.now)
            != (
                charge.register,
                charge.began,
            )
        ):
            charge.is_mixed, charge.place.twins_until = True, self.now + TWINS

    def awaited(self, request_id: str) -> None:
        charge = self.charges[request_id]
        if charge.status == "AUTHORISED":
            charge.gives_up_at = self.now + PLUG_WITHIN

    def refused(self, request_id: str) -> None:
        charge = self.charges[request_id]
        if charge.status == "SUPPLYING":
            charge.forgotten_at = self.now + FORGOTTEN
        elif charge.place.charge is charge:
            self._close(charge, "FAILED")

    def ended(self, request_id: str, final: tuple[float, float, int, int], why: str) -> None:
        """`final` is when it started and ended, and both readings of the register."""
        charge = self.charges[request_id]
        if charge.final or charge.settled:
            return
        began, end, first, last = charge.final = final
        energy = last - first
        impossible = (
            (energy < 0 or end < began)
            or (charge.status == "SUPPLYING" and (first != charge.register or began != charge.began))
            or charge.is_mixed
            or (charge.place.charge is charge and first < charge.place.at_rest)
            or (began < charge.asked_at - DAY or end > self.now + DAY)
            or energy > Decimal(charge.place.power_kw * (end - began) / 3600 * 1_000_000) * TOLERANCE + 1
        )
        if impossible:
            self._close(charge, "SUSPECT")
            return
        self._bill(charge, energy)
        good = why in GOOD_ENDS and charge.status not in ("FAILED", "SUSPECT")
        self._close(charge, "COMPLETED" if good else "FAILED")

    def settle(self, request_id: str, energy: int | None, note: str) -> bool:
        """An operator says what a suspect charge is billed, or to trust its readings; whether that is so then."""
        charge = self.charges[request_id]
        if charge.final and energy is None:
            energy = charge.final[3] - charge.final[2]
        elif charge.status == "SUSPECT" and energy is None:
            energy = 0
        if charge.settled or charge.status != "SUSPECT" or energy is None or energy < 0:
            return charge.settled is not None and charge.settled == (energy, note)
        charge.status, charge.settled = "FAILED", (energy, note)
        self._bill(charge, energy)
        return True

    def _bill(self, charge: Charge, energy: int) -> None:
        cost = (Decimal(energy) * charge.price / 1_000_000).quantize(Decimal(1), ROUND_HALF_UP)
        charge.bill = energy, int(cost)

    def _close(self, charge: Charge, status: str) -> None:
        charge.status, charge.gives_up_at, charge.forgotten_at = status, None, None
        if charge.place.charge is charge:
            charge.place.charge = None

    def pass_time(self, until: float) -> None:
        self.now = until
        for charge in self.charges.values():
            if charge.gives_up_at is not None and charge.gives_up_at <= until:
                self._close(charge, "FAILED")
            if charge.forgotten_at is not None and charge.forgotten_at <= until:
                self._close(charge, "SUSPECT")
        for place in self.places.values():
            if until - place.heard >= SILENT_AFTER:
                place.link = None

    def crash(self) -> None:
        for place in self.places.values():
            place.link, place.well, place.at_rest, place.twins_until = None, False, 0, 0
            if place.charge:
                place.charge.read_at, place.charge.forgotten_at = self.now, None
            if place.charge and place.charge.status == "AUTHORISED":
                place.charge.gives_up_at = self.now + START_WITHIN

    def shown(self, cp_id: str) -> str:
        place = self.places[cp_id]
        if place.link is None:
            return "DISCONNECTED"
        if not place.well or place.engine in ("FAULT", "DISCONNECTED") or place.twins_until > self.now:
            return "FAULT"
        if place.charge and place.charge.status == "SUPPLYING":
            return "FAULT" if self.now - place.charge.read_at >= NO_READINGS else "SUPPLYING"
        return "STOPPED" if place.stopped else "ACTIVATED"
