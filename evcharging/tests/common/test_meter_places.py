"""Where the meters of buildings are read, as a setting says it."""

import pytest

from evcharging.common.meter_places import MeterPlace, meter_places


def test_each_meter_is_of_a_circuit_and_has_an_address() -> None:
    assert meter_places("SITE-1/main=http://10.0.0.7/meter, S:2/hall=https://meter.example:8443/a?b=c") == (
        MeterPlace("SITE-1", "main", "http://10.0.0.7/meter"),
        MeterPlace("S:2", "hall", "https://meter.example:8443/a?b=c"),
    )
    assert meter_places("") == ()


@pytest.mark.parametrize(
    "text",
    [
        "SITE-1=http://10.0.0.7",
        "SITE-1/main",
        "/main=http://10.0.0.7",
        "SITE 1/main=http://10.0.0.7",
        "SITE-1/main=ftp://10.0.0.7",
        "SITE-1/main=http://",
        "SITE-1/main=http://10.0.0.7:x",
        "SITE-1/main=http://[::1",
    ],
)
def test_what_is_none_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is no meter: write its circuit and its address, such as SITE-1/main=http"):
        meter_places(text)


def test_a_circuit_has_one_meter() -> None:
    with pytest.raises(ValueError, match="SITE-1/main has two meters: give one, of all that it feeds"):
        meter_places("SITE-1/main=http://a.example, SITE-1/main=http://b.example")
