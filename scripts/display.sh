#!/usr/bin/env bash
# Provides a display without a screen, and a program that presses keys on it, for the tests of `play`.
set -euo pipefail

found() { command -v Xvfb >/dev/null && command -v xdotool >/dev/null; }

found && exit 0
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)
if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    { "${as_root[@]}" apt-get update -q && "${as_root[@]}" apt-get install -qy --no-install-recommends xvfb xdotool; } || true
fi
found && exit 0
echo "scripts/display.sh: Xvfb or xdotool is missing, and could not be installed. Debian, Ubuntu: apt-get install xvfb xdotool" >&2
exit 1
