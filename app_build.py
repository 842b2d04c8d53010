"""Builds the drivers' app into the package, where Central serves it at /app: `python app_build.py`.

Needs no Node on the machine: Node comes as a Python package. Does nothing where it was built from these very sources.
Knows nothing of what the app shows.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from hatch_build import npm

ROOT = Path(__file__).parent
MOBILE, SHARED = ROOT / "mobile", ROOT / "console" / "src"
BUILT = ROOT / "evcharging" / "apps" / "ev_central" / "app_static"
DIGEST, INSTALLED = ".sources.sha256", "node_modules/.lock.sha256"
SOURCES = ("*.json", "*.js", "*.ts", ".npmrc", "public/**/*", "src/**/*")
QUIET = {"EXPO_OFFLINE": "1", "EXPO_NO_TELEMETRY": "1", "CI": "1"}
"""Expo asks no other host, and nobody at the terminal."""


def build() -> str | None:
    """Build the app unless it is there; why that cannot be, in a sentence, or None."""
    os.environ.update(QUIET)
    digest = digest_of(source_files())
    if written_in(BUILT / DIGEST) == digest:
        return None
    why_not = install()
    if why_not is None and npm(["run", "build"], MOBILE):
        why_not = "The app could not be built: see above"
    if why_not is None:
        take(MOBILE / "dist")
        (BUILT / DIGEST).write_text(digest)
    return why_not


def install() -> str | None:
    """Install what the app is built from, if another lock file was installed before."""
    lock = digest_of([MOBILE / "package-lock.json"])
    if written_in(MOBILE / INSTALLED) == lock:
        return None
    if npm(["ci", "--no-audit", "--no-fund"], MOBILE):
        return "What the app is built from could not be installed: see above"
    (MOBILE / INSTALLED).write_text(lock)
    return None


def take(made: Path) -> None:
    """Put what was built into the package. Its page finds its files beside itself, so that it works below any path."""
    page = made / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace('src="/_expo/', 'src="./_expo/'), encoding="utf-8")
    shutil.rmtree(BUILT, ignore_errors=True)
    shutil.copytree(made, BUILT)


def source_files() -> Iterator[Path]:
    """All that the built app depends on, always in the same order."""
    for pattern in SOURCES:
        yield from sorted(path for path in MOBILE.glob(pattern) if path.is_file())
    yield from (SHARED / "pages/map/land.ts", SHARED / "pages/map/mercator.ts", SHARED / "texts/es/reasons.ts")


def digest_of(paths: Iterator[Path] | list[Path]) -> str:
    """The SHA-256, in hex, of the names and bytes of these files."""
    total = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        total.update(f"{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def written_in(path: Path) -> str | None:
    """What a file says; None where there is none."""
    return path.read_text() if path.exists() else None


if __name__ == "__main__":
    sys.exit(build())
