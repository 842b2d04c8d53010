"""Apache Kafka on this machine without Docker: fetched with Maven, run with Java. Needs only Python's own library, and
knows nothing of what is sent through it."""

import os
from pathlib import Path

VERSION = os.environ.get("KAFKA_VERSION", "") or "4.1.1"
"""Of Apache Kafka: the one that is asked for, or else the newest that all is tested with."""

HOME = Path(__file__).parents[2] / ".kafka"
"""Where the checkout keeps the jars of Kafka."""

FOLDER = Path(os.environ.get("KAFKA_FOLDER", "") or HOME).resolve()
"""Where the data and the log are of the broker that `make kafka` starts."""


class CannotRun(Exception):
    """Kafka cannot be fetched or started; the text says why and what to do."""
