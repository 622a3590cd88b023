"""The reference engine: the artefact's own weights, computed by TensorFlow in float32."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ModelDamaged, WrongUse
from alldetect_gui.inference.engine import BLOCKS, FeatureMap

_LAYER = re.compile(r"block(\d)_conv(\d)")
_CONVOLUTIONS = {1: 2, 2: 2, 3: 3, 4: 3, 5: 3}  # VGG16, Simonyan & Zisserman 2015, configuration D


class TensorFlowEngine:
    """VGG16 rebuilt by our code from the weights of the base file; nothing of the file's graph is run."""

    def __init__(self, base: bytes) -> None:
        try:
            import tensorflow
        except ImportError as error:
            raise WrongUse("the engine “tensorflow” needs TensorFlow, which is not installed") from error
        self._tf: Any = tensorflow
        kernels, biases = _weights(base)
        try:
            self._layers = {
                block: [(tensorflow.constant(kernels[block, n]), tensorflow.constant(biases[block, n]))
                        for n in range(1, count + 1)]
                for block, count in _CONVOLUTIONS.items()
            }  # fmt: skip
        except KeyError as error:
            raise ModelDamaged(f"the base file has no weights for VGG16's layer {error}") from error

    def feature_maps(self, model_input: NDArray[np.float32]) -> dict[int, FeatureMap]:
        """See Engine."""
        tf = self._tf
        x = tf.constant(model_input[np.newaxis])
        maps: dict[int, FeatureMap] = {}
        for block, layers in self._layers.items():
            for kernel, bias in layers:
                x = tf.nn.relu(tf.nn.conv2d(x, kernel, strides=1, padding="SAME") + bias)
            x = tf.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID")
            if block in BLOCKS:
                maps[block] = x.numpy()[0]
        return maps


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
