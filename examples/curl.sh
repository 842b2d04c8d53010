#!/usr/bin/env bash
# Looks at a network with curl alone: its health, some points, a stop and a resume, the newest tickets.
# Usage: examples/curl.sh [http://localhost:8000]
set -euo pipefail
central=${1:-http://localhost:8000}

ask() {
    curl --silent --show-error --fail-with-body "$@"
    echo
}

ask "$central/health"
ask "$central/cp?limit=5"
ask --request POST "$central/cp/CP-001/stop"
ask --request POST "$central/cp/CP-001/resume"
ask "$central/cp/free?limit=5"
ask "$central/tickets?limit=3"
