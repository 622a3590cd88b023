"""The reference engine: the artefact's own weights, computed by TensorFlow in float32."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ModelDamaged, WrongUse
from alldetect_gui.inference.engine import BLOCKS, Engine, FeatureMap
from alldetect_gui.inference.shortened import INSIDE

_LAYER = re.compile(r"block(\d)_conv(\d)")
_CONVOLUTIONS = {1: 2, 2: 2, 3: 3, 4: 3, 5: 3}  # VGG16, Simonyan & Zisserman 2015, configuration D


class TensorFlowEngine(Engine):
    """VGG16 rebuilt by our code from the weights of the base file; nothing of the file's graph is run."""

    def __init__(self, base: bytes) -> None:
        self._tf = _tensorflow()
        self._layers = _layers(self._tf, base, _CONVOLUTIONS)

    def feature_maps(self, model_input: NDArray[np.float32]) -> dict[int, FeatureMap]:
        """See Engine."""
        x = self._tf.constant(model_input[np.newaxis])
        maps: dict[int, FeatureMap] = {}
        for block, layers in self._layers.items():
            for number, (of, convolution) in INSIDE.items():
                if of == block:
                    maps[number] = _convolved(self._tf, x, layers[:convolution]).numpy()[0]
            x = _block(self._tf, x, layers)
            if block in BLOCKS:
                maps[block] = x.numpy()[0]
        return maps


class TensorFlowBranch:
    """The tuned block 4 from the weights of a branch file, in the same way."""

    def __init__(self, branch: bytes) -> None:
        self._tf = _tensorflow()
        self._layers = _layers(self._tf, branch, {4: _CONVOLUTIONS[4]})[4]

    def tuned_map(self, block3: FeatureMap) -> FeatureMap:
        """See Branch."""
        return np.asarray(_block(self._tf, self._tf.constant(block3[np.newaxis]), self._layers).numpy()[0])


def _tensorflow() -> Any:
    try:
        import tensorflow
    except ImportError as error:
        raise WrongUse("the engine “tensorflow” needs TensorFlow, which is not installed") from error
    return tensorflow


def _layers(tf: Any, file: bytes, convolutions: Mapping[int, int]) -> dict[int, list[tuple[Any, Any]]]:
    kernels, biases = _weights(file)
    try:
        return {
            block: [(tf.constant(kernels[block, n]), tf.constant(biases[block, n])) for n in range(1, count + 1)]
            for block, count in convolutions.items()
        }
    except KeyError as error:
        raise ModelDamaged(f"the file has no weights for VGG16's layer {error}") from error


def _block(tf: Any, x: Any, layers: list[tuple[Any, Any]]) -> Any:
    return tf.nn.max_pool2d(_convolved(tf, x, layers), ksize=2, strides=2, padding="VALID")


def _convolved(tf: Any, x: Any, layers: list[tuple[Any, Any]]) -> Any:
    for kernel, bias in layers:
        x = tf.nn.relu(tf.nn.conv2d(x, kernel, strides=1, padding="SAME") + bias)
    return x


def _weights(base: bytes) -> tuple[dict[tuple[int, int], Any], dict[tuple[int, int], Any]]:
    """Kernels (height, width, in, out) and biases (out,), dequantised, by (block, convolution)."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_content=base, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    )
    kernels: dict[tuple[int, int], Any] = {}
    biases: dict[tuple[int, int], Any] = {}
    for tensor in interpreter.get_tensor_details():
        match = _LAYER.search(tensor["name"])
        rank = len(tensor["shape"])
        if match is None or tensor["shape"][0] == 1:
            continue
        key = (int(match[1]), int(match[2]))
        if rank == 1:
            biases[key] = interpreter.get_tensor(tensor["index"]).astype(np.float32)
        elif rank == 4:
            values = interpreter.get_tensor(tensor["index"]).astype(np.float32)
            scales = tensor["quantization_parameters"]["scales"]
            if scales.size:
                values *= scales.reshape(-1, 1, 1, 1)
            kernels[key] = np.ascontiguousarray(values.transpose(1, 2, 3, 0))
    return kernels, biases
