"""A driver in plain Kafka: asks for one charge at a point, and prints each step until it has ended.

Usage: python examples/kafka_driver.py CP-001 [localhost:9092]
"""

import json
import sys
from datetime import UTC, datetime
from uuid import uuid4

from confluent_kafka import Consumer, Producer

ENDS = ("COMPLETED", "FAILED", "DENIED")


def main(cp_id: str, bootstrap: str = "localhost:9092") -> None:
    """Ask, and follow."""
    request_id, driver_id = f"req-{uuid4().hex}", "driver-example"
    updates = Consumer({"bootstrap.servers": bootstrap, "group.id": request_id, "auto.offset.reset": "earliest"})
    updates.subscribe(["driver.updates"])
    request = {
        "request_id": request_id,
        "driver_id": driver_id,
        "cp_id": cp_id,
        "ts": datetime.now(UTC).isoformat(),
    }
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce("driver.requests", json.dumps(request).encode())
    producer.flush()
    status = None
    while status not in ENDS:
        record = updates.poll(1)
        text = None if record is None or record.error() else record.value()
        if text is None:
            continue
        update = json.loads(text)
        if update.get("request_id") == request_id:
            status = update["status"]
            print(status, f"{update['kwh']:.4f} kWh", f"{update['euros']:.4f} EUR", update["reason"] or "")
    updates.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
