#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or installs Debian's.
set -euo pipefail
for name in "${CHROMIUM_PATH:-}" chromium chromium-browser google-chrome google-chrome-stable; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then
    echo "  $(command -v "$name")"
    exit 0
  fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo '  installing chromium with apt-get (a minute or two)'
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
  command -v chromium
  exit 0
fi
echo 'The browser tests need Chromium: install chromium or google-chrome, or set CHROMIUM_PATH.' >&2
exit 1
