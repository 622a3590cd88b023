#!/bin/sh
# Runs its arguments with the first Python 3.11 to 3.13 that answers; PYTHON, when set, is the only candidate.

check='import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
run_with() {
    if "$1" -c "$check" >/dev/null 2>&1; then
        exec "$@"
    fi
}

if [ -n "${PYTHON:-}" ]; then
    run_with "$PYTHON" "$@"
    echo "AllDetect needs Python 3.11, 3.12 or 3.13, and “$PYTHON” is none of these." >&2
    exit 1
fi

for name in python3 python3.13 python3.12 python3.11; do
    run_with "$name" "$@"
done
echo "AllDetect needs Python 3.11, 3.12 or 3.13, and none was found." >&2
echo "On Debian 12 or later and Ubuntu 24.04 or later: sudo apt-get install -y python3" >&2
echo "On Ubuntu 22.04: sudo apt-get install -y python3.11" >&2
exit 1
