"""Python's collector of cycles, kept from holding up the window.

Left to itself it begins in whichever thread makes an object, goes through all there are, and holds every thread until
it has: a third of a second for a folder of 100,000 images. It would also end Qt's objects on a worker's thread. Here
it works between two events of the window's thread, on what is new alone. What has lasted is set aside and no longer
gone through; it goes with its last reference like any other.
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 200
YOUNG = 700  # new objects from which on it is worth a look; Python's own number
FLOOD = 10_000  # so many at once are records and results, which hold no cycles
LASTED = 20_000  # objects that outlived a look, until all of them are gone through once more and set aside


class Collector(QObject):
    """At work from `start` to `stop`; before and after Python collects as it likes."""

    _has_run = False  # an earlier window may have left cycles

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lasted = 0
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Set aside what there is, and take over."""
        if Collector._has_run:
            gc.collect()
        Collector._has_run = True
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Give back to Python, with all that was set aside."""
        if self._timer.isActive():
            self._timer.stop()
            gc.unfreeze()
            gc.enable()

    def look(self) -> None:
        """Collect a little, if there is anything."""
        young = gc.get_count()[0]
        if young > FLOOD:
            gc.freeze()
            self._lasted = 0
        elif young > YOUNG:
            self._lasted += max(young - gc.collect(1), 0)
            if self._lasted > LASTED:
                gc.collect()
                gc.freeze()
                self._lasted = 0
