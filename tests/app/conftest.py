"""A real network with nobody but whom a test brings, and a phone."""

from collections.abc import Generator, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from app_build import BUILT
from tests.app.own_network import OwnNetwork, own_network
from tests.app.phone import Phone, a_phone
from tests.browser.conftest import browser

__all__ = ["browser"]


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    if not (BUILT / "index.html").exists():
        pytest.exit("The app was not built: `make app` builds it", 1)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnNetwork]:
    with own_network(tmp_path_factory.mktemp("network")) as network:
        yield network


@pytest.fixture
def phone(browser: Browser, network: OwnNetwork) -> Iterator[Phone]:
    """Of somebody who has no account yet."""
    with a_phone(browser, network.address) as phone:
        yield phone


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell with a failure what the app showed at that moment."""
    report = yield
    phone = getattr(item, "funcargs", {}).get("phone")
    if report.failed and isinstance(phone, Phone):
        with suppress(PlaywrightError):
            report.sections.append(("app", f"{phone.page.url}\n{phone.page.locator('body').inner_text()[:2000]}"))
    return report
