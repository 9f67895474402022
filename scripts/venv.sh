#!/usr/bin/env bash
# Makes .venv with the packages that the judges need, pinned in tests/parity/requirements.txt. Prints the path of its Python on the last
# line. EXPLORARIUM_PYTHON sets another base Python. Does nothing if .venv already holds exactly these packages.
set -eu
cd "$(dirname "$0")/.."

list=tests/parity/requirements.txt
python=${EXPLORARIUM_PYTHON:-python3}
help="the judges need Python 3.11 or newer with venv and pip, and these packages from PyPI: $(tr '\n' ' ' <"$list")"

fail() {
    echo "venv.sh: $1" >&2
    echo "venv.sh: $help" >&2
    echo "venv.sh: on Debian: apt-get install python3 python3-venv; then: python3 -m venv .venv && .venv/bin/pip install -r $list" >&2
    exit 1
}

if ! cmp -s "$list" .venv/installed.txt; then
    command -v "$python" >/dev/null || fail "there is no $python"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "$("$python" --version) is too old"
    rm -rf .venv
    "$python" -m venv .venv || fail "cannot make a virtual environment (is python3-venv installed?)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$list" >&2 || fail "pip could not install the packages (no network?)"
    cp "$list" .venv/installed.txt
fi
.venv/bin/python -c 'import crafter, minigrid' 2>/dev/null || fail "the packages in .venv cannot be imported; remove .venv and try again"
echo "$PWD/.venv/bin/python"
