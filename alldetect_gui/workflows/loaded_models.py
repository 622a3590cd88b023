"""The models that are in memory: each is loaded once, whoever asks, and used by one thread at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.inference.classifier import Classifier


class LoadedModels:
    """The models of one installation. A runtime serves one caller at a time: others wait until it is given back."""

    def __init__(self, models: Path | None = None) -> None:
        self.models = models
        self._loaded: dict[str, Classifier] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._book = threading.Lock()

    @contextmanager
    def borrow(self, name: str) -> Iterator[Classifier]:
        """The model called `name`, loaded when first asked for. Raises WrongUse and ModelDamaged.

        Hold it for one image at most: nobody else can use it meanwhile.
        """
        with self._book:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._loaded:
                self._loaded[name] = load_classifier(name, models=self.models)
            yield self._loaded[name]
