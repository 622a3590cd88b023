"""Who and when, as the audit log writes it. The order of entries is their number: clocks go back, numbers do not."""

import getpass
from datetime import UTC, datetime


def utc_now() -> str:
    """2026-11-24T14:48:00.123456Z."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def account_name() -> str:
    """The name of the account that runs the program; “unknown” where the system does not tell."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
