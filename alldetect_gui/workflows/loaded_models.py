"""The models that are in memory: each is loaded once, whoever asks, and used by one thread at a time."""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alldetect_gui.inference.catalogue import find_artifact, load_classifier, network_of
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.inference.engine import Engine


class LoadedModels:
    """The models of one installation. A runtime serves one caller at a time: others wait until it is given back.

    Models that share a network share its runtime.
    """

    def __init__(self, models: Path | None = None) -> None:
        self.models = models
        self._loaded: dict[str, Classifier] = {}
        self._engines: dict[Hashable, Engine] = {}
        self._networks: dict[str, Hashable] = {}
        self._locks: dict[Hashable, threading.Lock] = {}
        self._book = threading.Lock()

    @contextmanager
    def borrow(self, name: str) -> Iterator[Classifier]:
        """The model called `name`, loaded when first asked for. Raises WrongUse and ModelDamaged.

        Hold it for one image at most: nobody else can use it meanwhile.
        """
        with self._book:
            if name not in self._networks:
                self._networks[name] = network_of(find_artifact(name, self.models))
            lock = self._locks.setdefault(self._networks[name], threading.Lock())
        with lock:
            if name not in self._loaded:
                self._loaded[name] = load_classifier(name, models=self.models, engines=self._engines)
            yield self._loaded[name]
