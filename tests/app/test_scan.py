"""A real QR code before a camera: the one of the console leads to its point."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser

from tests.app.own_network import OwnNetwork
from tests.app.phone import a_phone
from tests.browser.conftest import CHROMIUM, QUIET

WIDTH, HEIGHT, MODULE, FRAMES = 640, 480, 8, 10
LIGHT, DARK, NO_COLOUR = 235, 16, 128


def filmed(text: str, film: Path) -> None:
    """A film of a still QR code, in the form that Chromium takes for a camera."""
    rows = [list(row) for row in segno.make(text, micro=False).matrix_iter(border=4)]
    top, left = (HEIGHT - len(rows) * MODULE) // 2, (WIDTH - len(rows) * MODULE) // 2
    picture = bytearray([LIGHT]) * (WIDTH * HEIGHT)
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                for line in range(MODULE):
                    at = (top + y * MODULE + line) * WIDTH + left + x * MODULE
                    picture[at : at + MODULE] = bytearray([DARK]) * MODULE
    frame = b"FRAME\n" + picture + bytes([NO_COLOUR]) * (WIDTH * HEIGHT // 2)
    film.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * FRAMES)


@pytest.fixture
def watching(browser: Browser, tmp_path: Path) -> Iterator[Browser]:
    """A browser that may look, at the code of CP-002."""
    film = tmp_path / "code.y4m"
    filmed("http://192.168.1.20:8000/#/points/CP-002", film)
    looks = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    args = [*QUIET, *looks, f"--use-file-for-fake-video-capture={film}"]
    started = browser.browser_type.launch(executable_path=CHROMIUM, args=args)
    yield started
    started.close()


def test_the_code_of_a_point_leads_to_it(watching: Browser, network: OwnNetwork) -> None:
    with a_phone(watching, network.address) as phone:
        phone.register()
        phone.tap("Scan or type a code")
        phone.tap("Scan its QR code")
        phone.sees("CP-002")
        phone.reads("Start charging")
