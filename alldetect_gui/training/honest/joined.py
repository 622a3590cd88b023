"""Several kernel machines on one look, their margins averaged, each of a map of its own.

One machine over all maps hears the one with the most channels. The early ones are the better judges of cells of one
size, and machines that read different maps are wrong about different cells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.inference.engine import CHANNELS
from alldetect_gui.inference.joined_head import JoinedHead
from alldetect_gui.inference.kernel_head import KernelHead
from alldetect_gui.inference.shortened import CONV2_1, CONV3_2
from alldetect_gui.training.fit import TrainingSet
from alldetect_gui.training.honest.kernel_fit import KernelOptions, fit_kernel_head, image_weights
from alldetect_gui.training.honest.rungs import PLAIN, SAID, SMALL, Columns, Floats, Look, Rows, Rung

_STATISTICS = 2
_SQUARE = recipe_named("clahe", {"clip_limit": 2.0, "tile_grid": 4})
"""On a square of 224 pixels about the tiles that the window's recipe has on an image of 450, with the cell always in
the same place among them: how it lies in the image does not matter."""
_PLAIN = SMALL[PLAIN]
_EARLY = replace(_PLAIN, blocks=(CONV2_1, 2, CONV3_2))
_THROUGH = replace(_PLAIN, view=replace(_PLAIN.view, through=_SQUARE))
LOOK = replace(_EARLY, view=_THROUGH.view)
"""What the default model sees."""
READ: tuple[tuple[int, ...], ...] = tuple((block,) for block in LOOK.blocks)
"""The maps that each of its machines reads."""
JOINED: Mapping[str, Look] = {look.name: look for look in (_EARLY, _THROUGH, LOOK)}
"""What has to be read beside SMALL."""


def part_of(look: Look, blocks: Sequence[int]) -> slice:
    """Where the features of `blocks`, which follow each other, lie among those of a look."""
    starts = np.cumsum([0, *(_STATISTICS * CHANNELS[block] for block in look.blocks)])
    return slice(int(starts[look.blocks.index(blocks[0])]), int(starts[look.blocks.index(blocks[-1]) + 1]))


def fit_joined(
    data: TrainingSet, weights: Floats, options: KernelOptions, look: Look = LOOK,
    read: Sequence[Sequence[int]] = READ,
) -> JoinedHead:  # fmt: skip
    """The head for the features of `look`, not calibrated. `weights` (n,) say how much an image counts."""
    parts = tuple(part_of(look, blocks) for blocks in read)
    return JoinedHead(
        tuple(_machine(replace(data, features=data.features[:, part]), weights, options) for part in parts),
        parts,
        np.array([1, 0], np.float32),
    )


def _machine(data: TrainingSet, weights: Floats, options: KernelOptions) -> KernelHead:
    """With fewer components than features: whitened, the last of them would be nothing but noise."""
    most = int(_SHARE * data.features.shape[1])
    return fit_kernel_head(data, weights, replace(options, components=min(options.components, most)))


_SHARE = 0.8


@dataclass(frozen=True)
class _Fold:
    """See rungs.Fold."""

    look: Look
    read: tuple[tuple[int, ...], ...]

    def __call__(self, columns: Columns, inside: Rows, out: Rows, number: int) -> Floats:
        data, options = columns.small[self.look.name], KernelOptions()
        part = data.take(inside)
        weights = image_weights(part, columns.areas[inside], options)
        return fit_joined(part, weights, options, self.look, self.read).logits(data.features[out])


def _rung(look: Look, read: tuple[tuple[int, ...], ...], cost: float | None = None) -> Rung:
    words = [_words(look, blocks) for blocks in read]
    machines = f"a machine on {words[0]}" if len(words) == 1 else f"mean of machines on {'; '.join(words)}"
    balance = f"{KernelOptions().area_balance:.0%} balanced by area"
    return Rung(f"{look.name}, {machines}, {balance}", look.cost if cost is None else cost, _Fold(look, read))


def _words(look: Look, blocks: tuple[int, ...]) -> str:
    return "all" if blocks == look.blocks else " and ".join(SAID[block] for block in blocks)


def joined_machines() -> tuple[Rung, ...]:
    """On the plain look, on CLAHE's, on earlier maps without CLAHE and with it; the chosen ones last."""
    plain, through, early, chosen = to_choose_from()
    return (
        _rung(_PLAIN, ((2,),), replace(_PLAIN, blocks=(2,)).cost),
        plain,
        _rung(_THROUGH, (_THROUGH.blocks,)),
        through,
        early,
        *(_rung(LOOK, (alone,), replace(LOOK, blocks=alone).cost) for alone in READ),
        _rung(LOOK, (LOOK.blocks,)),
        chosen,
    )


def to_choose_from() -> tuple[Rung, ...]:
    """Those of joined_machines that a nested choice may take."""
    return (
        _rung(_PLAIN, tuple((block,) for block in _PLAIN.blocks)),
        _rung(_THROUGH, (_THROUGH.blocks, (2,))),
        _rung(_EARLY, READ),
        _rung(LOOK, READ),
    )
