"""Images classified side by side. Beside gui/tasks.py the only module that starts threads, and its threads do no more.

LiteRT lets go of Python's lock while it computes, and gives every lane an interpreter of its own. Two images on one
thread each take less time than one after the other on two, because no thread waits for another within a layer; and
what Python does for one image (cutting out, pooling, the head, the workspace file) is done beside the network of the
next.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import cv2

from alldetect_gui.core.records import Prediction
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.inference.classifier import Classifier

MOST_LANES = 2
"""Each takes some 45 MB; more cores go into more threads a lane."""
_WAITING = 2  # images a lane: one in work, and one ready when that is done
_BYTES = 64_000_000  # of pixels on their way; an image of 50 megapixels goes alone


def split(cores: int) -> tuple[int, int]:
    """How many lanes for so many cores, and how many threads each."""
    lanes = max(1, min(cores, MOST_LANES))
    return lanes, max(1, cores // lanes)


class Lanes:
    """A few images at a time. Who begins an image asks first whether there is room, so nothing piles up."""

    def __init__(self, classifier: Classifier, count: int) -> None:
        self._classifier, self._most = classifier, _WAITING * count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="lane")
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="disk")
        self._under_way = self._bytes = 0
        self._threads_before = cv2.getNumThreads()

    def aside(self, work: Callable[[], None]) -> Future[None]:
        """Do `work` that waits for the disk beside the lanes, one after the other in the order in which it came."""
        return self._disk.submit(work)

    def has_room(self, image: RgbImage) -> bool:
        """Whether `image` may be begun; always when nothing is under way."""
        return not self._under_way or (self._under_way < self._most and self._bytes + image.nbytes <= _BYTES)

    def begin(self, image: RgbImage) -> Future[Prediction]:
        """Classify `image` (uint8 RGB) as soon as a lane is free. Give the answer's image back to `end`."""
        self._under_way += 1
        self._bytes += image.nbytes
        return self._pool.submit(self._classifier.classify, image)

    def end(self, image: RgbImage) -> None:
        """The answer for `image` was taken: there is room for another."""
        self._under_way -= 1
        self._bytes -= image.nbytes

    def __enter__(self) -> "Lanes":
        cv2.setNumThreads(1)  # OpenCV's own threads wait by spinning, on the cores that the lanes keep busy
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Images that have not begun are dropped; what has is waited for, which takes one image's time."""
        self._disk.shutdown(wait=True)
        self._pool.shutdown(wait=True, cancel_futures=True)
        cv2.setNumThreads(self._threads_before)
