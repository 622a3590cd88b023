"""A probe in the event loop: how long the window answers nothing.

A timer asks to be called every few milliseconds; the time between two calls is a gap, in which the loop was busy, was
kept from running by the interpreter's lock, or got no processor. The processor time that the thread itself used in a
gap tells the first from the others, which on a shared machine are not the program's.
"""

import time
from array import array
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer

EVERY_MS = 2


@dataclass(frozen=True)
class Stalls:
    """What a probe saw. Milliseconds; `own` is processor time of the window's thread in the gap where it is largest."""

    seconds: float
    gaps: int
    p999: float  # of the gaps
    felt: float  # what 999 of 1,000 key strokes at random moments would wait at most
    worst: float
    own: float

    @classmethod
    def of(cls, gaps: "array[float]", own: "array[float]") -> "Stalls":
        """From gaps and processor times in seconds."""
        ordered = sorted(gaps)
        last = min(len(ordered) - 1, int(0.999 * len(ordered)))
        return cls(
            seconds=round(sum(gaps), 3),
            gaps=len(gaps),
            p999=_ms(ordered[last]),
            felt=_ms(felt(ordered)),
            worst=_ms(ordered[-1]),
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
        self._gaps, self._own = array("d"), array("d")
        self._last = self._used = 0.0
        self._timer = QTimer(self, interval=EVERY_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def begin(self) -> None:
        """Forget what was seen before and look from now on."""
        self._gaps, self._own = array("d"), array("d")
        self._last, self._used = time.perf_counter(), time.thread_time()
        self._timer.start()

    def take(self) -> Stalls:
        """End and sum up; the gap in work counts, too."""
        self._tick()
        self._timer.stop()
        return Stalls.of(self._gaps, self._own)

    def _tick(self) -> None:
        now, used = time.perf_counter(), time.thread_time()
        self._gaps.append(now - self._last)
        self._own.append(used - self._used)
        self._last, self._used = now, used
