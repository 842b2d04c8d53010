"""The app behind a proxy that speaks TLS and shows Central below a path."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.app.own_network import own_network
from tests.app.phone import a_phone
from tests.browser.conftest import free_ports
from tests.programs.test_proxy import BEHIND, nginx, pytestmark

__all__ = ["pytestmark"]


def test_a_driver_charges_below_a_path_of_a_proxy(browser: Browser, tmp_path: Path) -> None:
    place, (port,) = tmp_path / "proxy", free_ports(1)
    place.mkdir()
    with (
        own_network(tmp_path, *BEHIND) as network,
        nginx(place, network.http_port, port) as url,
        a_phone(browser, url.rstrip("/"), ignore_https_errors=True) as phone,
    ):
        phone.register()
        phone.charge()
        phone.page.reload()
        phone.sees("Charging")
        phone.stop()
