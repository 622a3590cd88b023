#!/bin/sh
# Runs its arguments with the first Python 3.11 to 3.13 that answers; PYTHON, when set, is the only candidate.

check='import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$name" -c "$check" >/dev/null 2>&1; then
        exec "$name" "$@"
    fi
done

if [ -n "${PYTHON:-}" ]; then
    echo "AllDetect needs Python 3.11, 3.12 or 3.13, and “$PYTHON” is none of these." >&2
else
    echo "AllDetect needs Python 3.11, 3.12 or 3.13, and none was found." >&2
    echo "On Debian 12 or later and Ubuntu 24.04 or later: sudo apt-get install -y python3" >&2
    echo "On Ubuntu 22.04: sudo apt-get install -y python3.11" >&2
fi
exit 1
