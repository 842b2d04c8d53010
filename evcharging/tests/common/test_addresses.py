"""Where Central may be, as people write it down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.setting_values import Address, addresses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("localhost", [("localhost", 8000)]),
        ("10.0.0.7", [("10.0.0.7", 8000)]),
        ("central-1:18000", [("central-1", 18000)]),
        ("a,b:18000 , c", [("a", 8000), ("b", 18000), ("c", 8000)]),
        ("[::1]", [("::1", 8000)]),
        ("[::1]:18000,[fe80::1%eth0]:1", [("::1", 18000), ("fe80::1%eth0", 1)]),
        ("::1", [("::1", 8000)]),
        ("::1,fe80::2", [("::1", 8000), ("fe80::2", 8000)]),
        ("no such host", [("no such host", 8000)]),
    ],
)
def test_an_address_is_a_host_and_a_port_or_the_usual_one(text: str, found: list[Address]) -> None:
    assert addresses(text, 8000) == found


@pytest.mark.parametrize(
    "text", ["", ",", "a,,b", ":8000", "a:", "a:b", "http://a", "[::1", "[::1]:", "[]:1", "a:123456", "a:70000", "a\nb"]
)
def test_what_is_no_address_is_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(an address is host, host:port or|70000 is no port)"):
        addresses(text, 8000)


@given(st.text())
def test_no_text_whatever_fails_otherwise(text: str) -> None:
    try:
        found = addresses(text, 8000)
    except ValueError:
        return
    assert all(address.host and 0 <= address.port <= 65_535 for address in found)
