"""Where the images of a folder stand in a blind read, and the one number by which each is called there."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from alldetect_gui.core.records import ImageRecord
from alldetect_gui.workflows.blind_read import blind_rank


class BlindOrder:
    """Of all listed images, whatever of them is shown or has its outcome: a cell keeps its number while a run goes on.

    What tells the order is worked out a few images at a time once the folder is listed: for 100,000 in one go it would
    be felt when the blind read begins, and beside the listing it makes that longer.
    """

    def __init__(self) -> None:
        self.places: dict[Path, int] = {}  # in the listing; hashing 100,000 paths again for each order would be felt
        self._records: list[ImageRecord] = []  # by place
        self._ranks: list[bytes] = []  # of the first of them
        self._order: list[int] | None = None  # places
        self._numbers: list[int] | None = None  # by place

    def clear(self) -> None:
        """Forget the folder."""
        self.places, self._records, self._ranks, self._order, self._numbers = {}, [], [], None, None

    def add(self, records: Sequence[ImageRecord]) -> None:
        """More images were listed."""
        first = len(self._records)
        self.places.update((record.path, first + number) for number, record in enumerate(records))
        self._records.extend(records)
        self._order = self._numbers = None

    def work_ahead(self, most: int) -> bool:
        """Work out what tells the order of so many more; whether some are left."""
        first = len(self._ranks)
        self._ranks.extend(map(blind_rank, self._records[first : first + most]))
        return len(self._ranks) < len(self._records)

    @property
    def order(self) -> list[int]:
        """The places of all images in the listing, in the order of the blind read."""
        if self._order is None:
            self.work_ahead(len(self._records))
            ranks = np.array(self._ranks, f"S{len(self._ranks[0]) if self._ranks else 1}")
            self._order = np.argsort(ranks, kind="stable").tolist()
        return self._order

    def number(self, record: ImageRecord) -> int | None:
        """The number of a cell, from 1; None when it is not of this folder."""
        place = self.places.get(record.path)
        return None if place is None else self._numbered()[place]

    def numbers(self, records: Sequence[ImageRecord]) -> list[int]:
        """By what to sort these; what is not of this folder comes last."""
        numbered = [*self._numbered(), len(self._records) + 1]
        return [numbered[self.places.get(record.path, -1)] for record in records]

    def _numbered(self) -> list[int]:
        if self._numbers is None:
            numbers = np.empty(len(self._records), int)
            numbers[self.order] = np.arange(1, len(self._records) + 1)
            self._numbers = numbers.tolist()
        return self._numbers
