"""What the programs end with beside 0; docs/commands.md says them to users."""

WRONG_USE = 2
FAILED = 3
CHANGED = 4  # of `rerun`
INTERRUPTED = 130  # as a shell says it: 128 and the signal's number
