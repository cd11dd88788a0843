#!/usr/bin/env bash
# Checks what is in deploy/ with the tools that will read it. A tool that is not here is named, and so is how to get it.
set -euo pipefail
cd "$(dirname "$0")/../deploy"

missing=0
need() { # need TOOL HOW
  command -v "$1" >/dev/null && return
  echo "$1: not found; $2" >&2
  missing=1
  return 1
}

if need promtool 'apt-get install prometheus, or go install github.com/prometheus/prometheus/cmd/promtool@latest'; then
  promtool check config prometheus/prometheus.yml
  (cd prometheus && promtool test rules alerts.test.yml)
fi

exit "$missing"
