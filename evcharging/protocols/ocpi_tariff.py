"""Tariffs of OCPI 2.2.1, read as tariffs of ours. Names such as `mod_tariffs_tariff_object` are sections of its module
Tariffs. Knows no rule of a tariff: who calls says what is wrong with one."""

import json
import re
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from typing import Any, Final

from evcharging.common.messages_tariff import DEAREST, WEEKDAYS, Element, Tariff
from evcharging.common.utils import counted

IGNORED: Final = frozenset(
    {
        "country_code",
        "party_id",
        "type",
        "tariff_alt_text",
        "tariff_alt_url",
        "start_date_time",
        "end_date_time",
        "energy_mix",
        "last_updated",
    }
)
"""What is said of a tariff beside its prices."""

_PRICES: Final = {
    "FLAT": "session_micro_euros",
    "ENERGY": "energy_micro_euros_per_kwh",
    "TIME": "charging_micro_euros_per_hour",
    "PARKING_TIME": "idle_micro_euros_per_hour",
}
_HOURS: Final = {"start_time": "local_from", "end_time": "local_to"}
_DATES: Final = {"start_date": "from_date", "end_date": "until_date"}
_AMOUNTS: Final = {
    "min_kwh": ("min_mwh", 6, 10**9),
    "max_kwh": ("max_mwh", 6, 10**9),
    "min_power": ("min_w", 3, 10**6),
    "max_power": ("max_w", 3, 10**6),
    "min_duration": ("min_s", 0, 10**9),
    "max_duration": ("max_s", 0, 10**9),
}
"""The field of an element, and how many decimals a number has at most, and how large it is."""

_REFUSED: Final = {
    "min_current": "current is not metered here: give min_power, in kW",
    "max_current": "current is not metered here: give max_power, in kW",
    "reservation": "prices of reservations are not read: take this element out, and set late_cancel_micro_euros and "
    "no_show_micro_euros",
}
_RESTRICTIONS: Final = {*_HOURS, *_DATES, *_AMOUNTS, *_REFUSED, "day_of_week"}

MOST_ELEMENTS, LONGEST_ID, LONGEST_SHOWN = 100, 36, 40
_ID: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadOcpiTariff(ValueError):
    """A tariff that cannot be taken over as it is written: what, where, and what to do."""


def from_ocpi(document: object, zone: str, why_not: Callable[[Tariff], str | None], version: int = 1) -> Tariff:
    """A Tariff object (mod_tariffs_tariff_object), as JSON gives it, in the time zone of its Location; `why_not` says
    why a tariff of ours cannot be used. Raises BadOcpiTariff.

    What is `IGNORED` changes no price of a session: to whom and from when on a tariff is offered is not said here.
    Any other key is refused, so that no price is changed in silence. What differs: a `step_size` of 1 rounds energy up
    to a Wh and time to a second, where here both are priced exactly; and FLAT is paid once, by the element that holds
    when the session begins."""
    whole = _Part(document, "", {*IGNORED, "id", "currency", "elements", "min_price", "max_price"})
    if whole.get("currency") != "EUR":
        raise whole.wrong("currency", "prices here are in euro, so give EUR")
    elements = whole.parts("elements", {"price_components", "restrictions"})
    components = [element.parts("price_components", {"type", "price", "vat", "step_size"}) for element in elements]
    vat = _vat(each for some in components for each in some)
    tariff = Tariff(
        version_id=_version_id(whole, version),
        zone=zone,
        elements=tuple(map(_element, elements, components)),
        least_micro_euros=_total(whole, "min_price", vat) or 0,
        most_micro_euros=_total(whole, "max_price", vat),
        vat_permille=vat,
    )
    if (fault := why_not(tariff)) is not None:
        raise BadOcpiTariff(fault)
    return tariff


def read_ocpi(text: bytes, zone: str, why_not: Callable[[Tariff], str | None]) -> Tariff:
    """A Tariff object as JSON text, which it is known to be; raises BadOcpiTariff."""
    try:
        return from_ocpi(json.loads(text, parse_float=Decimal), zone, why_not)
    except (ArithmeticError, ValueError) as error:
        if isinstance(error, BadOcpiTariff):
            raise
        raise BadOcpiTariff("it has a number that is too long to be read") from None


class _Part:
    """An object within a document, and where that is. Null is like nothing (mod_tariffs_cpo_get_response_data)."""

    def __init__(self, said: object, where: str, known: Collection[str]) -> None:
        if not isinstance(said, dict):
            raise BadOcpiTariff(f"{where or 'the tariff'} is {_shown(said)}: give an object")
        self._where = where
        self._said: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        for name in self._said:
            if name not in known:
                raise BadOcpiTariff(f"{self.at(_shown(name)[1:-1])} is nothing that OCPI 2.2.1 has there: take it out")

    def at(self, name: str) -> str:
        """Where a field is."""
        return f"{self._where}.{name}" if self._where else name

    def get(self, name: str) -> Any:
        """What a field says, or None."""
        return self._said.get(name)

    def wrong(self, name: str, advice: str) -> BadOcpiTariff:
        """What is to be raised for a field."""
        said = f"is {_shown(self._said[name])}" if name in self._said else "is missing"
        return BadOcpiTariff(f"{self.at(name)} {said}: {advice}")

    def number(self, name: str, decimals: int, most: int) -> int | None:
        """A number from 0 to a greatest one, exactly, in units of so many decimals; None where there is none."""
        if (said := self.get(name)) is None:
            return None
        is_number = isinstance(said, int | float | Decimal) and not isinstance(said, bool)
        number = Decimal(str(said)) if is_number else Decimal("nan")
        if not number.is_finite() or not 0 <= number <= most:
            raise self.wrong(name, f"give a number from 0 to {most}")
        unit = Decimal(1).scaleb(-decimals)
        units = int(number // unit)
        if units * unit != number:
            raise self.wrong(
                name, f"give at most {counted(decimals, 'decimal')}" if decimals else "give a whole number"
            )
        return units

    def needed(self, name: str, decimals: int, most: int) -> int:
        """A number that there must be."""
        if (units := self.number(name, decimals, most)) is None:
            raise self.wrong(name, f"give a number from 0 to {most}")
        return units

    def text(self, name: str, pattern: re.Pattern[str], advice: str) -> str | None:
        """A text of a pattern, or None."""
        said = self.get(name)
        if said is not None and not (isinstance(said, str) and pattern.fullmatch(said)):
            raise self.wrong(name, advice)
        return said

    def items(self, name: str, most: int) -> list[Any]:
        """A list of one or more."""
        said = self.get(name)
        if not isinstance(said, list) or not 1 <= len(said) <= most:
            raise self.wrong(name, f"give a list of 1 to {most}")
        return said

    def parts(self, name: str, known: Collection[str]) -> list["_Part"]:
        """The objects of a list."""
        items = self.items(name, MOST_ELEMENTS)
        return [_Part(item, f"{self.at(name)}[{number}]", known) for number, item in enumerate(items)]


def _shown(said: object) -> str:
    if isinstance(said, dict | list):
        return f"{'an object' if isinstance(said, dict) else 'a list'} of {len(said)}"
    text = json.dumps(said) if isinstance(said, str | int | float) or said is None else str(said)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 2]}…{text[-1]}"


def _version_id(whole: _Part, version: int) -> str:
    allowed = f"give 1 to {LONGEST_ID} of A-Z a-z 0-9 . _ : -, the first and last a letter or digit"
    name = whole.text("id", _ID, allowed)
    if name is None or len(name) > LONGEST_ID:
        raise whole.wrong("id", allowed)
    if not 0 <= version < 10**9:
        raise BadOcpiTariff(f"the version is {version}: give a whole number from 0 to {10**9 - 1}")
    return f"{name}@{version}"


def _vat(components: Iterable[_Part]) -> int:
    """The rate of all prices, in thousandths (mod_tariffs_pricecomponent_class); a price of nothing need not have it
    (mod_tariffs_free_of_charge_tariff_example)."""
    first: tuple[_Part, int] | None = None
    for each in components:
        if each.get("vat") is None and not _price(each):
            continue
        rate = each.number("vat", 1, 100) or 0
        first = first or (each, rate)
        if rate != first[1]:
            where = first[0].at("vat")
            raise each.wrong("vat", f"a tariff has one rate for all prices, and {where} makes it {first[1] / 10:g} %")
    return first[1] if first else 0


def _price(component: _Part) -> int:
    return component.needed("price", 6, DEAREST // 10**6)


def _total(whole: _Part, name: str, vat: int) -> int | None:
    """A limit of the whole before VAT. OCPI has a second one after it (mod_tariffs_tariff_object), which must be the
    same limit."""
    if whole.get(name) is None:
        return None
    part = _Part(whole.get(name), name, {"excl_vat", "incl_vat"})
    before, after = part.needed("excl_vat", 6, 10**6), part.number("incl_vat", 6, 2 * 10**6)
    same = (before * (1000 + vat) + 500) // 1000
    if after not in (None, same):
        advice = (
            f"with VAT of {vat / 10:g} % {part.at('excl_vat')} is {same / 10**6:.10g}: give that, or leave this out"
        )
        raise part.wrong("incl_vat", advice)
    return before


def _element(element: _Part, components: list[_Part]) -> Element:
    """Its prices (mod_tariffs_tariffelement_class) and restrictions."""
    said = element.get("restrictions")
    restrictions = _Part({} if said is None else said, element.at("restrictions"), _RESTRICTIONS)
    fields = _bounds(restrictions)
    for each in components:
        name = _PRICES.get(kind) if isinstance(kind := each.get("type"), str) else None
        if name is None:
            raise each.wrong("type", f"give one of {', '.join(_PRICES)}")
        if name in fields:
            raise each.wrong("type", "the element has such a price already: take one of them out")
        fields[name] = _price(each)
        _check_component(each, restrictions)
    return Element(**fields)


def _check_component(component: _Part, restrictions: _Part) -> None:
    """Its step (mod_tariffs_tariffdimensiontype_enum: FLAT has none), and that a fee can ever be due."""
    if component.get("type") != "FLAT":
        if component.number("step_size", 0, 10**9) != 1:
            reason = "only steps of 1 are read, for the examples of the standard contradict one another in larger ones"
            raise component.wrong("step_size", f"{reason}: give 1")
        return
    for name in ("min_kwh", "min_duration"):
        if restrictions.get(name):
            reason = "FLAT is a price by how things stand when a session begins, and this is reached later"
            raise restrictions.wrong(name, f"{reason}: leave it out, or give FLAT in an element of its own")


def _bounds(part: _Part) -> dict[str, Any]:
    """The restrictions (mod_tariffs_tariffrestrictions_class) as fields of an element: from a `min` and a start on, and
    until before a `max` and an end. `end_time` 00:00 is the end of the day; 23:59 leaves its last minute out."""
    for name, reason in _REFUSED.items():
        if part.get(name) is not None:
            raise part.wrong(name, reason)
    fields = {field: part.text(name, _TIME, "give a time such as 13:30") for name, field in _HOURS.items()}
    if set(fields.values()) == {"00:00"}:
        fields = {}
    fields |= {field: part.text(name, _DATE, "give a date such as 2015-12-24") for name, field in _DATES.items()}
    amounts = {field: part.number(name, *most) for name, (field, *most) in _AMOUNTS.items()}
    return {**fields, **amounts, "weekdays": _weekdays(part)}


def _weekdays(part: _Part) -> tuple[Any, ...]:
    if part.get("day_of_week") in (None, []):
        return ()
    days = part.items("day_of_week", 7)
    if not all(isinstance(day, str) and day in WEEKDAYS for day in days):
        raise part.wrong("day_of_week", f"give some of {', '.join(WEEKDAYS)}")
    return tuple(days)
