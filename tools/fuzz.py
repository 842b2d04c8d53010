"""`make fuzz`: tries bytes on what reads bytes, guided by the code that they reach (atheris). What it learns stays in
`.fuzz/`, so that the next search goes on from there; what breaks a target is left beside it."""

import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(".fuzz")
LONGEST = 4096
NAMES = ("frames", "talks", "messages", "envelopes")


def search(name: str, seconds: int) -> None:
    """Search one target in this process, which ends with it."""
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["evcharging"]):
        targets = import_module("evcharging.tests.laws.fuzz_targets")
    learnt = FOLDER / name
    learnt.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(targets.SEEDS[name]):
        (learnt / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-artifact_prefix={FOLDER}/{name}-"]
    atheris.Setup([name, str(learnt), *options, "-print_final_stats=1"], targets.TARGETS[name])
    atheris.Fuzz()


def told(name: str, seconds: int) -> bool:
    """Search one target in a process of its own and print what came of it; whether nothing was found."""
    print(f"Searching {name} for {seconds} s", flush=True)
    command = [sys.executable, "-m", "tools.fuzz", str(seconds), name]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds + 60, check=False)
    said = done.stdout.decode(errors="replace")
    if done.returncode == 0:
        tried = re.search(r"number_of_executed_units:\s*(\d+)", said)
        print(f"  nothing found in {int(tried[1]) if tried else 0:,} inputs")
        return True
    kept = re.search(r"written to (\S+)", said)
    print(said[-3000:])
    print(f"  {kept[1] if kept else 'Something'} breaks it: mend that, and add it to FOUND in test_fuzz_targets.py")
    return False


def main() -> int:
    """`python -m tools.fuzz SECONDS [NAME]`: with a name one target, without one all."""
    seconds, *names = sys.argv[1:]
    if names:
        search(names[0], int(seconds))
        return 0
    if find_spec("atheris") is None:
        print("Left out: the guided search, for there is no atheris for this machine (Linux on x86-64, Python to 3.13)")
        return 0
    outcomes = [told(name, int(seconds)) for name in NAMES]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
