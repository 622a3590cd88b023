"""alldetect experiment NAME …: the studies; each is imported only when it is asked for."""

import sys
from collections.abc import Callable, Mapping, Sequence

from alldetect_gui.core.errors import KnownError, WrongUse
from alldetect_gui.core.exit_codes import FAILED, INTERRUPTED, WRONG_USE


def _thesis(arguments: Sequence[str]) -> int:
    from alldetect_gui.training.thesis.command import run

    return run(arguments)


def _honest(arguments: Sequence[str]) -> int:
    from alldetect_gui.training.honest.command import run

    return run(arguments)


STUDIES: Mapping[str, Callable[[Sequence[str]], int]] = {"thesis": _thesis, "honest": _honest}
"""A study takes the words after its name and returns an exit code; it may raise KnownError and OSError."""


def main(arguments: Sequence[str]) -> int:
    """Run a study; exit codes as for the other commands."""
    words = list(arguments)
    if not words or words[0] not in STUDIES:
        print(f"alldetect experiment: name a study ({', '.join(STUDIES)})", file=sys.stderr)
        return WRONG_USE
    try:
        return STUDIES[words[0]](words[1:])
    except WrongUse as error:
        print(f"alldetect experiment {words[0]}: {error}", file=sys.stderr)
        return WRONG_USE
    except (KnownError, OSError) as error:
        print(f"alldetect experiment {words[0]}: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(f"\nalldetect experiment {words[0]}: interrupted; the features so far are kept", file=sys.stderr)
        return INTERRUPTED
