"""The door to a runtime: VGG16's convolution base from a verified artefact, on LiteRT or on TensorFlow.

Both give the outputs of the pooling layers of blocks 2 to 5. The base file is a LiteRT flatbuffer with int8
weights; LiteRT also rounds activations (dynamic-range quantisation), TensorFlow computes the same weights in
float32 and is the reference against which LiteRT is checked.
"""

import importlib.util
import os
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ModelDamaged, WrongUse

FeatureMap = NDArray[np.float32]
BLOCKS = (2, 3, 4, 5)
ENGINES = ("litert", "tensorflow")


class Engine(Protocol):
    """Runs the base on one image."""

    def feature_maps(self, model_input: NDArray[np.float32]) -> dict[int, FeatureMap]:
        """Block number -> pooled map (height, width, channels) for an input (size, size, 3) from to_model_input."""
        ...


def open_engine(name: str, base: bytes, threads: int | None = None) -> Engine:
    """The engine called `name` on the bytes of a base file. Raises WrongUse for a name that is not in ENGINES."""
    if name == "litert":
        return LiteRtEngine(base, threads or os.cpu_count() or 1)
    if name == "tensorflow":
        from alldetect_gui.inference.tensorflow_engine import TensorFlowEngine

        return TensorFlowEngine(base)
    raise WrongUse(f"there is no engine “{name}” (there are: {', '.join(ENGINES)})")


def is_installed(name: str) -> bool:
    """Whether the engine's package is there; a bundle does without TensorFlow. Nothing is imported."""
    return importlib.util.find_spec({"litert": "ai_edge_litert"}.get(name, name)) is not None


class LiteRtEngine:
    """TensorFlow's inference runtime: a tenth of TensorFlow's start-up and a twelfth of its size."""

    def __init__(self, base: bytes, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        try:
            self._interpreter: Any = Interpreter(model_content=base, num_threads=threads)
        except ValueError as error:
            raise ModelDamaged(f"the base is not a network that can be run ({error})") from error
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._size = 0
        outputs = self._interpreter.get_output_details()
        if len(outputs) != len(BLOCKS):
            raise ModelDamaged(f"the base gives {len(outputs)} feature maps instead of {len(BLOCKS)}")

    def feature_maps(self, model_input: NDArray[np.float32]) -> dict[int, FeatureMap]:
        """See Engine. The interpreter is re-planned only when the input size changes."""
        size = model_input.shape[0]
        if size != self._size:
            self._interpreter.resize_tensor_input(self._input, [1, size, size, 3], strict=True)
            self._interpreter.allocate_tensors()
            self._size = size
        self._interpreter.set_tensor(self._input, model_input[np.newaxis])
        self._interpreter.invoke()
        maps = [self._interpreter.get_tensor(item["index"])[0] for item in self._interpreter.get_output_details()]
        maps.sort(key=lambda item: -item.shape[0])  # each block halves the side, whatever order the file has
        return dict(zip(BLOCKS, maps, strict=True))
