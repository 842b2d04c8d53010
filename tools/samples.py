"""The answers that QUICK_REFERENCE.md shows, asked again. `python -m tools.samples` runs the network that it names on
free ports, types its curl commands in their order, and writes what comes back into the page."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from evcharging.adapters.listening import listen

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "QUICK_REFERENCE.md"
NETWORK = re.compile(r"The outputs below are of `\.venv/bin/evcharging (run [^`]+)`")
COMMAND = re.compile(r"^\$ (curl .*localhost:8000.*)\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)
SOON = 30.0
NOTHING = ("\n", "[]\n")


def free_ports() -> list[int]:
    """Two ports that nobody has."""
    with ExitStack() as held:
        return [held.enter_context(listen("127.0.0.1", 0)).getsockname()[1] for _ in range(2)]


def until(ask: Callable[[], str], suits: Callable[[str], bool]) -> str:
    """The first answer that suits; raises TimeoutError."""
    late = time.monotonic() + SOON
    while not suits(answer := ask()):
        if time.monotonic() > late:
            raise TimeoutError(f"The network does not do what the page shows: {answer}")
        time.sleep(0.2)
    return answer


def answers(text: str, ports: list[int]) -> str:
    """The page with each answer as it is now."""
    http, tcp = map(str, ports)

    def typed(command: str) -> str:
        shell = command.replace("localhost:8000", f"localhost:{http}")
        done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False)
        return done.stdout.replace("\r", "").replace(f":{tcp},", ":9999,").rstrip("\n") + "\n"

    def replaced(found: re.Match[str]) -> str:
        answer = until(lambda: typed(found[1]), lambda text: text not in NOTHING)
        return f"$ {found[1]}\n{answer}" + ("\n" if found[2].endswith("\n\n") else "")

    readings = "curl -s http://localhost:8000/telemetry"
    until(lambda: typed(readings), lambda text: text.count("register_mwh") == 2)
    return COMMAND.sub(replaced, text)


def main() -> None:
    """Write the page anew."""
    text = PAGE.read_text(encoding="utf-8")
    found = NETWORK.search(text)
    if found is None:
        sys.exit(f"{PAGE.name} does not say of which network its outputs are")
    ports = free_ports()
    flags = [*found[1].split(), "--http-port", str(ports[0]), "--listen-port", str(ports[1])]
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "evcharging.apps.shell.cli", *flags]
        network = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
        try:
            PAGE.write_text(answers(text, ports), encoding="utf-8")
        finally:
            network.terminate()
            network.wait()


if __name__ == "__main__":
    main()
