"""The door to a runtime: VGG16's convolution base from a verified artefact, on LiteRT or on TensorFlow.

Both give the outputs of the pooling layers of blocks 2 to 5, and of some convolutions between them. The base file is
a LiteRT flatbuffer with int8 weights; LiteRT also rounds activations (dynamic-range quantisation), TensorFlow computes
the same weights in float32 and is the reference against which LiteRT is checked.
"""

import importlib.util
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ModelDamaged, WrongUse
from alldetect_gui.core.machine import usable_cores
from alldetect_gui.inference.background import cut_for
from alldetect_gui.inference.shortened import CONV2_1, CONV3_2, CONV4_1, shortened

FeatureMap = NDArray[np.float32]
BLOCKS = (2, 3, 4, 5)
TUNED = 6
"""The number under which a branch's map goes: block 4 a second time, fine-tuned on cells, fed by block 3."""
CHANNELS = {2: 128, 3: 256, 4: 512, 5: 512, TUNED: 512, CONV4_1: 512, CONV2_1: 128, CONV3_2: 256}
ENGINES = ("litert", "tensorflow")
Found = TypeVar("Found")
Reader = Callable[[Mapping[int, FeatureMap]], Found]


class Engine(Protocol):
    """Runs the base on one image. Several threads may call at once."""

    def feature_maps(self, model_input: NDArray[np.float32]) -> dict[int, FeatureMap]:
        """Block number -> its map (height, width, channels) for an input (size, size, 3) from to_model_input."""
        ...

    def read(self, model_input: NDArray[np.float32], reader: Reader[Found]) -> Found:
        """What `reader` makes of the same maps, which it may write over but not keep: they can be the runtime's memory.

        Copying them takes longer than most of what is done with them.
        """
        return reader(self.feature_maps(model_input))


def open_engine(
    name: str,
    base: bytes,
    threads: int | None = None,
    branch: bytes | None = None,
    needed: Collection[int] = BLOCKS,
) -> Engine:
    """The engine called `name` on the bytes of a base file and, where there is one, of a branch.

    `needed` are the maps that will be read; LiteRT gives these and computes nothing behind them. With a branch they
    have one more, TUNED. `threads` for each image, on LiteRT; else as many as there are cores.
    Raises WrongUse for a name that is not in ENGINES.
    """
    if name == "litert":
        cores = threads or usable_cores()
        trunk = LiteRtEngine(base, cores, needed)
        return trunk if branch is None else BranchedEngine(trunk, LiteRtBranch(branch, cores))
    if name == "tensorflow":
        from alldetect_gui.inference.tensorflow_engine import TensorFlowBranch, TensorFlowEngine

        reference = TensorFlowEngine(base)
        return reference if branch is None else BranchedEngine(reference, TensorFlowBranch(branch))
    raise WrongUse(f"there is no engine “{name}” (there are: {', '.join(ENGINES)})")


def is_installed(name: str) -> bool:
    """Whether the engine's package is there; a bundle does without TensorFlow. Nothing is imported."""
    return importlib.util.find_spec({"litert": "ai_edge_litert"}.get(name, name)) is not None


class Branch(Protocol):
    """A tuned block that reads block 3."""

    def tuned_map(self, block3: FeatureMap) -> FeatureMap:
        """Pooled map (height, width, 512) from block 3's (2 height, 2 width, 256)."""
        ...


@dataclass(frozen=True)
class BranchedEngine(Engine):
    """The base's maps, and the tuned block's beside them: blocks 1 to 3 are computed once for both."""

    trunk: Engine
    branch: Branch

    def feature_maps(self, model_input: NDArray[np.float32]) -> dict[int, FeatureMap]:
        """See Engine."""
        return self.read(model_input, _owned)

    def read(self, model_input: NDArray[np.float32], reader: Reader[Found]) -> Found:
        """See Engine."""
        return self.trunk.read(model_input, lambda maps: reader({**maps, TUNED: self.branch.tuned_map(maps[3])}))


def _owned(maps: Mapping[int, FeatureMap]) -> dict[int, FeatureMap]:
    return {block: found.copy() for block, found in maps.items()}


class _Interpreter:
    """LiteRT on a square input, re-planned only when the input's side changes."""

    def __init__(self, data: bytes, threads: int, what: str, outputs: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        try:
            self._interpreter: Any = Interpreter(model_content=data, num_threads=threads)
        except ValueError as error:
            raise ModelDamaged(f"the {what} is not a network that can be run ({error})") from error
        self._outputs = [self._interpreter.tensor(item["index"]) for item in self._interpreter.get_output_details()]
        if len(self._outputs) != outputs:
            raise ModelDamaged(f"the {what} gives {len(self._outputs)} feature maps instead of {outputs}")
        self._what = what
        self._input = self._interpreter.get_input_details()[0]["index"]
        self.side = 0

    def run(self, values: NDArray[np.float32], reader: Callable[[list[FeatureMap]], Found]) -> Found:
        """What `reader` makes of the outputs for (side, side, channels): each (height, width, channels), by size.

        They are LiteRT's own memory, which it writes to in the next run; it refuses to while one of them is in use.
        """
        if values.shape[0] != self.side:
            try:
                self._interpreter.resize_tensor_input(self._input, [1, *values.shape], strict=True)
                self._interpreter.allocate_tensors()
            except (RuntimeError, ValueError) as error:
                raise ModelDamaged(f"the {self._what} does not take the input that it is given ({error})") from error
            self.side = values.shape[0]
        self._interpreter.set_tensor(self._input, values[np.newaxis])
        self._interpreter.invoke()
        return reader(sorted((output()[0] for output in self._outputs), key=_place))


def _place(feature_map: FeatureMap) -> tuple[int, int]:
    """By which maps are in the order of computation, which is not the file's."""
    return -feature_map.shape[0], feature_map.shape[2]


class _Interpreters:
    """As many interpreters for each side as there are callers at once: to plan anew costs as much as a small image.

    The first is made, and the file checked, at once.
    """

    def __init__(self, data: bytes, threads: int, what: str, outputs: int) -> None:
        self._new = partial(_Interpreter, data, threads, what, outputs)
        self._fresh = [self._new()]
        self._idle: defaultdict[int, list[_Interpreter]] = defaultdict(list)

    def run(self, values: NDArray[np.float32], reader: Callable[[list[FeatureMap]], Found]) -> Found:
        """See _Interpreter; any thread may call."""
        idle = self._idle[values.shape[0]]
        interpreter = _last_of(idle) or _last_of(self._fresh) or self._new()
        found = interpreter.run(values, reader)
        idle.append(interpreter)  # not after an error: what goes up with it may still hold the maps
        return found


def _last_of(interpreters: list[_Interpreter]) -> _Interpreter | None:
    """One taken from the list; another thread may have taken the last."""
    try:
        return interpreters.pop()
    except IndexError:
        return None


_ORDER = (CONV2_1, 2, CONV3_2, 3, CONV4_1, 4, 5)


def of_base(needed: Collection[int]) -> tuple[int, ...]:
    """Those of `needed` that the base gives, in the order of computation, and block 3 where a tuned block reads it."""
    wanted = {*needed} | ({3} if TUNED in needed else set())
    return tuple(block for block in _ORDER if block in wanted)


class LiteRtEngine(Engine):
    """TensorFlow's inference runtime: a tenth of TensorFlow's start-up and a twelfth of its size."""

    def __init__(self, base: bytes, threads: int, needed: Collection[int] = BLOCKS) -> None:
        self._blocks = of_base(needed)
        data = base if self._blocks == BLOCKS else shortened(base, self._blocks)
        self._base = _Interpreters(data, threads, "base", len(self._blocks))
        self._in_parts = partial(_InParts, base, threads, tuple(block for block in self._blocks if block != 2))
        self._parts: _InParts | None = None

    def feature_maps(self, model_input: NDArray[np.float32]) -> dict[int, FeatureMap]:
        """See Engine."""
        return self.read(model_input, _owned)

    def read(self, model_input: NDArray[np.float32], reader: Reader[Found]) -> Found:
        """See Engine."""
        if model_input.shape[0] < _WORTH_CUTTING or self._blocks == (2,) or CONV2_1 in self._blocks:
            return self._base.run(model_input, lambda maps: reader(dict(zip(self._blocks, maps, strict=True))))
        if self._parts is None:  # two callers may make it at once: one is used later, both are right
            self._parts = self._in_parts()
        return self._parts.read(model_input, lambda maps: reader({block: maps[block] for block in self._blocks}))


_WORTH_CUTTING = 112
"""Pixels: the side from which a frame may have enough background. Cells are cut out of smaller ones."""


def computed_side(model_input: NDArray[np.float32]) -> int:
    """The least side that blocks 1 and 2 are computed on for this input (side, side, channels)."""
    if model_input.shape[0] >= _WORTH_CUTTING:
        model_input = cut_for(model_input).of(model_input)
    return int(model_input.shape[0])


class _InParts:
    """Blocks 1 and 2 without the background, and what is behind them on the whole map. `blocks` are those behind."""

    def __init__(self, base: bytes, threads: int, blocks: tuple[int, ...]) -> None:
        self._new = partial(_Interpreter, shortened(base, (2,)), threads, "base", 1)
        self._early: list[
            _Interpreter
        ] = []  # planned anew where another side is left: planned for each, they need 90 MB
        self._late = _Interpreters(shortened(base, blocks, begin=2), threads, "base", len(blocks))
        self._blocks = blocks

    def read(self, model_input: NDArray[np.float32], reader: Reader[Found]) -> Found:
        """See Engine; block 2 is always there."""
        early = _last_of(self._early) or self._new()
        cut = cut_for(model_input, early.side)
        second = early.run(cut.of(model_input), lambda maps: cut.undone(maps[0]))
        self._early.append(early)
        return self._late.run(second, lambda maps: reader({2: second, **dict(zip(self._blocks, maps, strict=True))}))


class LiteRtBranch:
    """A tuned block on the same runtime."""

    def __init__(self, data: bytes, threads: int) -> None:
        self._branch = _Interpreters(data, threads, "branch", 1)

    def tuned_map(self, block3: FeatureMap) -> FeatureMap:
        """See Branch."""
        return self._branch.run(block3, lambda maps: maps[0].copy())
