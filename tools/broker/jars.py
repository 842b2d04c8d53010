"""Fetches the jars of a version of Apache Kafka, once; later starts need no network. Knows nothing of running them."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.broker import HOME, CannotRun

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>evcharging</groupId>
  <artifactId>broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    {}
  </dependencies>
</project>
"""
DEPENDENCY = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"
COPY = ["dependency:copy-dependencies", "-DincludeScope=runtime"]


def fetched(version: str) -> Path:
    """The folder with a version's jars; what is not here yet is fetched. Raises CannotRun."""
    if not re.fullmatch(r"[34]\.\d+\.\d+", version):
        raise CannotRun(f"KAFKA_VERSION is {version!r}: a version of Apache Kafka is meant, such as 4.1.1 or 3.7.0")
    folder = HOME / "lib" / version
    with _alone():
        if not folder.exists():
            if shutil.which("mvn") is None:
                raise CannotRun("Maven is needed to fetch Kafka (Debian: apt-get install maven default-jre-headless)")
            with TemporaryDirectory(dir=folder.parent) as scratch:
                _fetch(version, Path(scratch))
                (Path(scratch) / "jars").rename(folder)
    return folder


def fetched_tools(version: str) -> list[Path]:
    """The folders with the jars of a version's command-line tools, for tests. Raises CannotRun."""
    folders = [fetched(version)]
    if not version.startswith("3."):
        tools = HOME / "lib" / f"{version}-tools"
        with _alone():
            if not tools.exists():
                _fetch_tools(version, tools)
        folders.append(tools)
    return folders


def _fetch_tools(version: str, folder: Path) -> None:
    with TemporaryDirectory(dir=folder.parent) as scratch:
        artifact = f"-Dartifact=org.apache.kafka:kafka-tools:{version}"
        command = ["mvn", "-B", "-q", "dependency:copy", artifact, f"-DoutputDirectory={scratch}/jars"]
        fetching = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
        if fetching.returncode:
            raise CannotRun(f"Maven cannot fetch the tools of Kafka {version}: {fetching.stdout[-500:]}")
        (Path(scratch) / "jars").rename(folder)


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else fetches anything for this checkout until the block is left: tests begin at the same time."""
    (HOME / "lib").mkdir(parents=True, exist_ok=True)
    with (HOME / "lib" / ".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def _fetch(version: str, scratch: Path) -> None:
    (scratch / "pom.xml").write_text(POM.format("\n    ".join(DEPENDENCY.format(*part) for part in _parts(version))))
    command = ["mvn", "-B", *COPY, f"-DoutputDirectory={scratch / 'jars'}"]
    print(f"Fetching Apache Kafka {version} with Maven, about 45 MB")
    with subprocess.Popen(command, cwd=scratch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as maven:
        errors = _follow(maven.stdout or [])
    if maven.returncode:
        reason = errors[0] if errors else f"it ended with {maven.returncode}"
        raise CannotRun(f"Maven cannot fetch Apache Kafka {version}: {reason}")


def _parts(version: str) -> list[tuple[str, str, str]]:
    """Kafka, and what it logs with."""
    kafka = ("org.apache.kafka", "kafka_2.13", version)
    if version.startswith("3."):
        return [kafka, ("org.slf4j", "slf4j-reload4j", "1.7.36")]
    log4j = "org.apache.logging.log4j"
    return [kafka, (log4j, "log4j-slf4j-impl", "2.25.2"), (log4j, "log4j-core", "2.25.2")]


def _follow(lines: Iterable[str]) -> list[str]:
    """Show how far Maven is; what it says went wrong."""
    errors, files = [], 0
    for line in lines:
        if line.startswith("[ERROR]"):
            errors.append(re.sub(r"^.*?(?=Could not)| -> \[Help \d+\]", "", line.removeprefix("[ERROR]").strip()))
        if found := re.search(r"(?:Downloaded from \S+ \S+/|Copying )([\w.-]+\.(?:jar|pom))\b", line):
            files += 1
            if sys.stdout.isatty():
                print(f"\r\033[K{files} files, {found[1]}", end="", flush=True)
            elif files % 25 == 0:
                print(f"{files} files", flush=True)
    if files and sys.stdout.isatty():
        print("\r\033[K", end="")
    return errors
