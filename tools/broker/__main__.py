"""`make kafka` and `make kafka-stop`: one broker for this checkout, in the background."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tools.broker import FOLDER, VERSION, CannotRun
from tools.broker.broker import STOP_WITHIN, Broker, wait_until

PORT, CONTROLLER_PORT = 9092, 9093
PID = FOLDER / "broker.pid"


def start() -> str:
    """Start the broker, unless it runs; what to tell about it. Raises CannotRun."""
    broker = Broker(FOLDER / VERSION, PORT, CONTROLLER_PORT, detached=True)
    if running := pid_of_running():
        if str(broker.properties) not in command_of(running):
            raise CannotRun(f"Another version of Kafka runs at {broker.bootstrap}: first `make kafka-stop`")
        return f"Kafka {VERSION} is already running at {broker.bootstrap}"
    broker.start()
    PID.write_text(str(broker.pid))
    return f"Kafka {VERSION} is running at {broker.bootstrap}; its log is {shown(broker.log)}; stop: make kafka-stop"


def stop() -> str:
    """Stop the broker, if it runs; what to tell about it. Raises CannotRun."""
    running = pid_of_running()
    if running is None:
        return "Kafka is not running"
    os.kill(running, signal.SIGTERM)
    if not wait_until(lambda: pid_of_running() is None, STOP_WITHIN):
        raise CannotRun(f"Kafka (process {running}) does not end; try `kill -9 {running}`")
    PID.unlink()
    return "Kafka has stopped"


def pid_of_running() -> int | None:
    """The process of the broker that `start` left behind."""
    pid = int(PID.read_text()) if PID.exists() else None
    return pid if pid is not None and f"kafka.Kafka {FOLDER}" in command_of(pid) else None


def command_of(pid: int) -> str:
    """How a process was started, or nothing if it is none."""
    return subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout


def shown(path: Path) -> Path:
    """A path as it is best told to somebody in this folder."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def main() -> None:
    """Do what is asked, say it in a sentence."""
    try:
        print({"start": start, "stop": stop}[sys.argv[1]]())
    except CannotRun as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted")


if __name__ == "__main__":
    main()
