"""Names over HTTP: which Host header a page of another site could not have made up."""

import pytest

from evcharging.common.config import (
    BadSettings,
    CentralSettings,
    known_names,
    read,
)
from evcharging.common.hosts import is_for_this_machine, is_known, names_of

NAMES = frozenset({"ev-central", "charge.example"})

KNOWN = (
    "localhost",
    "LocalHost:8000",
    "127.0.0.1",
    "127.0.0.1:1",
    "192.168.7.9:65535",
    "0.0.0.0:8000",
    "[::1]",
    "[::1]:8000",
    "[fe80::7]:18000",
    "[::ffff:127.0.0.1]:80",
    "ev-central",
    "EV-Central:8000",
    "charge.example:443",
    "localhost:",
)
UNKNOWN = (
    "",
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8000@localhost",
    "user@localhost",
    "localhost:8000.evil.example",
    "localhost.",
    "xlocalhost",
    "www.charge.example",
    "ev-central.evil.example",
    "ev_central",
    "::1",
    "[::1",
    "[evil.example]",
    "[127.0.0.1]",
    "[::1]x",
    "[fe80::1%25eth0]",
    "1.2.3",
    "2130706433",
    "0x7f.1",
    "256.1.1.1",
    "localhost:65536",
    "localhost:80a",
    "localhost:-1",
    "localhost:8000:9",
    "localhost, localhost",
    "localhost /",
    "local\thost",
    "http://localhost",
    "löcalhost",
)


@pytest.mark.parametrize("host", KNOWN)
def test_an_address_localhost_and_a_given_name_are_known_whatever_the_port(host: str) -> None:
    assert is_known([host.encode()], NAMES)


@pytest.mark.parametrize("host", UNKNOWN)
def test_any_other_name_and_what_is_no_name_is_unknown(host: str) -> None:
    assert not is_known([host.encode()], NAMES)


def test_a_request_names_exactly_one_host() -> None:
    assert not is_known([], NAMES)
    assert not is_known([b"localhost", b"localhost"], NAMES)


def test_names_are_read_without_regard_to_case_and_spaces() -> None:
    assert names_of(" EV-Central , charge.example,, ") == NAMES
    assert names_of("") == frozenset()


@pytest.mark.parametrize("name", ["ev-central:8000", "http://ev-central", "*.example", "a b", "-a", "a..b", "x" * 254])
def test_a_setting_that_is_no_host_name_is_one_sentence(name: str) -> None:
    with pytest.raises(BadSettings, match=r"^--http-names \(CENTRAL_HTTP_NAMES\) is .*: .* is no host name: "):
        read(CentralSettings, {"http_names": f"localhost,{name}"})


def test_the_name_on_which_central_listens_is_one_of_its_names() -> None:
    settings = read(CentralSettings, {"http_host": "My-Host", "http_names": "ev-central"})
    assert known_names(settings) == {"my-host", "ev-central"}


def test_loopback_addresses_are_for_this_machine() -> None:
    assert [host for host in ("127.0.0.1", "127.0.0.2", "::1", "localhost") if not is_for_this_machine(host)] == []
    assert [host for host in ("0.0.0.0", "::", "192.168.1.7", "ev-central") if is_for_this_machine(host)] == []
