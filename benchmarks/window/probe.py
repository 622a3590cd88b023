"""A probe in the event loop: how long the window answers nothing.

A timer asks to be called every few milliseconds; the time between two calls is a gap, in which the loop was busy, was
kept from running by the interpreter's lock, or got no processor. The processor time that the thread itself used in a
gap, and where the system tells it (Linux) the time that it stood in line for a processor, tell these apart: on a
shared machine the last is not the program's.
"""

import contextlib
import time
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PySide6.QtCore import QObject, Qt, QTimer

EVERY_MS = 2
_SCHEDULER = Path("/proc/thread-self/schedstat")  # nanoseconds on a processor, in line for one, and turns


@dataclass(frozen=True)
class Stalls:
    """What a probe saw. Milliseconds; `own` is processor time of the window's thread in the gap where it is largest.

    `served` is the worst gap without the time in which the thread stood in line for a processor: work and lock.
    """

    seconds: float
    gaps: int
    p999: float  # of the gaps
    felt: float  # what 999 of 1,000 key strokes at random moments would wait at most
    worst: float
    served_p999: float
    served: float
    own: float

    @classmethod
    def of(cls, gaps: "array[float]", own: "array[float]", in_line: "array[float]") -> "Stalls":
        """From gaps, processor times and times in line in seconds."""
        ordered = sorted(gaps)
        served = sorted(max(gap - waited, 0.0) for gap, waited in zip(gaps, in_line, strict=True))
        last = min(len(ordered) - 1, int(0.999 * len(ordered)))
        return cls(
            seconds=round(sum(gaps), 3),
            gaps=len(gaps),
            p999=_ms(ordered[last]),
            felt=_ms(felt(ordered)),
            worst=_ms(ordered[-1]),
            served_p999=_ms(served[last]),
            served=_ms(served[-1]),
            own=_ms(max(own)),
        )


def felt(ordered: list[float], share: float = 0.001) -> float:
    """The wait that only `share` of all moments exceed, if each waits for the end of its gap; `ordered` ascends.

    Counting gaps hides stalls, because a long one is one gap among many short ones; a moment falls into it by its
    length. Moments that wait longer than w: the sum of (gap - w) over the longer gaps.
    """
    allowed = share * sum(ordered)
    longer = 0.0
    for number, gap in enumerate(reversed(ordered), 1):
        longer += gap
        wait = (longer - allowed) / number
        following = ordered[-number - 1] if number < len(ordered) else 0.0
        if wait >= following:
            return max(wait, 0.0)
    return 0.0


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


class LoopProbe(QObject):
    """Begins with `begin`; `take` gives what was seen since then."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._gaps, self._own, self._in_line = array("d"), array("d"), array("d")
        self._last = self._used = self._stood = 0.0
        self._scheduler: BinaryIO | None = None
        self._timer = QTimer(self, interval=EVERY_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def begin(self) -> None:
        """Forget what was seen before and look from now on."""
        self._gaps, self._own, self._in_line = array("d"), array("d"), array("d")
        with contextlib.suppress(OSError):
            self._scheduler = _SCHEDULER.open("rb", buffering=0)
        self._last, self._used, self._stood = time.perf_counter(), time.thread_time(), self._waited()
        self._timer.start()

    def take(self) -> Stalls:
        """End and sum up; the gap in work counts, too."""
        self._tick()
        self._timer.stop()
        if self._scheduler is not None:
            self._scheduler.close()
            self._scheduler = None
        return Stalls.of(self._gaps, self._own, self._in_line)

    def _tick(self) -> None:
        now, used, stood = time.perf_counter(), time.thread_time(), self._waited()
        self._gaps.append(now - self._last)
        self._own.append(used - self._used)
        self._in_line.append(stood - self._stood)
        self._last, self._used, self._stood = now, used, stood

    def _waited(self) -> float:
        """Seconds that the thread stood in line for a processor so far; 0 where the system does not tell."""
        if self._scheduler is None:
            return 0.0
        self._scheduler.seek(0)
        return int(self._scheduler.read(64).split()[1]) / 1e9
