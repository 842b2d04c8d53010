"""What settings may be: the checks and kinds of their values. Knows no setting."""

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from evcharging.common.amperes import limit_of
from evcharging.common.hosts import names_of, networks_of
from evcharging.common.lines import checked_line
from evcharging.common.messages import ID_PATTERN
from evcharging.common.meter_places import meter_places

Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


SIMULATED = "simulated"
"""The provider of payments in the process."""


def checked_payments(text: str) -> str:
    """`simulated`, or the address of a provider; raises ValueError in one sentence."""
    if text != SIMULATED and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", text):
        raise ValueError("payments are simulated, or the address of a provider, such as http://localhost:8010")
    return text.rstrip("/")


def checked_method(text: str) -> str:
    """What stands for a card; raises ValueError in one sentence."""
    if not re.fullmatch(r"pm_[A-Za-z0-9_]{1,60}", text):
        raise ValueError("a payment method is what its provider calls a card, such as pm_card_visa")
    return text


def checked_id(text: str) -> str:
    """An ID as messages may carry it; raises ValueError in one sentence."""
    if len(text) > 64 or not re.match(ID_PATTERN, text):
        raise ValueError("an ID is 1 to 64 of the characters A-Z a-z 0-9 . _ @ : -")
    return text


def checked_prefix(text: str) -> str:
    """What an ID may begin with, before a number of five digits; raises ValueError in one sentence."""
    if len(text) > 59 or not re.match(ID_PATTERN, f"{text}1"):
        raise ValueError("a prefix is at most 59 of the characters A-Z a-z 0-9 . _ @ : -, the first a letter or digit")
    return text


class Address(NamedTuple):
    """Where a program listens."""

    host: str
    port: int


def addresses(text: str, port: int) -> list[Address]:
    """`host`, `host:port`, `::1` or `[::1]:port`, several with commas between; `port` is for those that name none.
    Raises ValueError in one sentence."""
    return [_address(each.strip(), port) for each in text.split(",")]


def _address(text: str, port: int) -> Address:
    found = re.fullmatch(r"\[([^\[\]]+)\](?::(\d{1,5}))?|([^:\[\]]+)(?::(\d{1,5}))?|([^\[\]]*:[^\[\]]*:[^\[\]]*)", text)
    if not found or not found.group().isprintable():
        raise ValueError("an address is host, host:port or [IPv6]:port; several have commas between them")
    bracketed, its_port, named, other_port, bare = found.groups()
    given = int(its_port or other_port or port)
    if given > 65535:
        raise ValueError(f"{given} is no port: they end at 65535")
    return Address(bracketed or named or bare, given)


def checked_hosts(text: str) -> str:
    """One address or several, as `addresses` reads them; raises ValueError in one sentence."""
    addresses(text, 0)
    return text


def checked_names(text: str) -> str:
    """Host names, as `names_of` reads them; raises ValueError in one sentence."""
    names_of(text)
    return text


def checked_networks(text: str) -> str:
    """IP addresses, as `networks_of` reads them; raises ValueError in one sentence."""
    networks_of(text)
    return text


def checked_root_path(text: str) -> str:
    """A path without a slash at its end, or nothing; raises ValueError in one sentence."""
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", text):
        raise ValueError("a path is such as /charging, of letters, digits and . _ ~ -, with no slash at its end")
    return text


def checked_price(euros_per_kwh: float) -> float:
    """A price that is nothing or something in whole micro-euro as well; raises ValueError in one sentence."""
    if euros_per_kwh != 0 and round(euros_per_kwh * 1_000_000) == 0:
        raise ValueError("a price is 0, or large enough not to be rounded to 0: from 0.000001 €/kWh")
    return euros_per_kwh


def checked_passage(text: str) -> str:
    """A crash point's name, and which time that it is come to; raises ValueError in one sentence."""
    if not re.fullmatch(r"[A-Z]+(:[1-9][0-9]{0,8})?", text):
        raise ValueError("a crash point is a name such as COMMIT, or COMMIT:3 for the third time")
    return text


def checked_limit(text: str) -> str:
    """A limit as `limit_of` reads it; raises ValueError in one sentence."""
    limit_of(text)
    return text


def checked_meters(text: str) -> str:
    """Meters as `meter_places` reads them; raises ValueError in one sentence."""
    meter_places(text)
    return text


Name = Annotated[str, AfterValidator(checked_id)]
Hosts = Annotated[str, AfterValidator(checked_hosts)]
HostNames = Annotated[str, AfterValidator(checked_names)]
Networks = Annotated[str, AfterValidator(checked_networks)]
RootPath = Annotated[str, AfterValidator(checked_root_path)]
Line = Annotated[str, Field(max_length=120), AfterValidator(checked_line)]
Prefix = Annotated[str, AfterValidator(checked_prefix)]
Price = Annotated[float, Field(ge=0, le=1000), AfterValidator(checked_price)]
Passage = Annotated[str, AfterValidator(checked_passage)]
Meters = Annotated[str, AfterValidator(checked_meters)]
Payments = Annotated[str, AfterValidator(checked_payments)]
Method = Annotated[str, AfterValidator(checked_method)]
SiteLimit = Annotated[str, AfterValidator(checked_limit)]
StrategyName = Annotated[str, Field(pattern="^(equal|fcfs|edf|llf|priority)$")]
LogLevel = Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")]
LogFormat = Annotated[str, Field(pattern="^(text|json)$")]
AuthChoice = Annotated[str, Field(pattern="^(auto|on|off)$")]
KafkaSecurity = Annotated[str, Field(pattern="^(plain|sasl_ssl)$")]
