"""How fast a run goes on, and when it will be over."""

from alldetect_gui.core.events import Progress


class Pace:
    """Images that are likely to be kept from before cost next to nothing, others an inference: each have their rate."""

    def __init__(self, total: int, kept: int, now: float) -> None:
        """`kept` of `total` images are thought to need no inference; `now` in seconds of a monotonic clock."""
        self._total = total
        self._left = {True: kept, False: total - kept}
        self._counted, self._spent = {True: 0, False: 0}, {True: 0.0, False: 0.0}
        self._began = self._last = now
        self._rate = 0.0

    def told(self, done: int, *, kept: bool, now: float) -> Progress:
        """The image that makes it `done` has its outcome, and took what has passed since the one before.

        `kept`: it was thought to need no inference.
        """
        self._left[kept] = max(0, self._left[kept] - 1)
        self._counted[kept] += 1
        self._spent[kept] += now - self._last
        self._last = now
        remaining, elapsed = self._remaining(), now - self._began
        if remaining:
            self._rate = (self._total - done) / remaining
        elif elapsed > 0 and (remaining is None or not self._rate):
            self._rate = done / elapsed
        return Progress(done, self._total, elapsed, self._rate, remaining)

    def _remaining(self) -> float | None:
        """Seconds; None while one that needs an inference is still to come and none has been made."""
        seconds = 0.0
        for kept, left in self._left.items():
            if left and self._counted[kept]:
                seconds += left * self._spent[kept] / self._counted[kept]
            elif left and not kept:
                return None
        return seconds
