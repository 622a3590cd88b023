"""How many multiplications an image costs, counted from the model's own files for what it is really shown."""

from collections.abc import Sequence
from functools import cache
from math import prod

from ai_edge_litert.interpreter import Interpreter, OpResolverType

from alldetect_gui.inference.catalogue import find_artifact
from alldetect_gui.inference.engine import BLOCKS, of_base
from alldetect_gui.inference.shortened import shortened


def multiplications(model: str, sides: Sequence[Sequence[int]], images: int) -> float:
    """Multiply-adds of all convolutions for one of `images`, which the network saw as squares.

    `sides`: of each square, and of what of it blocks 1 and 2 computed.
    """
    artifact = find_artifact(model)
    base = artifact.verified_bytes(artifact.base)
    blocks = of_base(artifact.blocks)
    if blocks != BLOCKS:
        base = shortened(base, blocks)  # as it is run
    branch = artifact.verified_bytes(artifact.branch) if artifact.branch else None
    total = 0
    first = shortened(base, (2,))
    for side, computed in sides:
        total += _convolutions(base, side) - _convolutions(first, side) + _convolutions(first, computed)
        if branch is not None:
            total += _convolutions(branch, side // 8)  # it reads block 3, three halvings in
    return total / images


@cache
def _convolutions(network: bytes, side: int) -> int:
    """Output pixels times weights, over all convolutions of a file, for a square input of `side`."""
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_content=network, experimental_op_resolver_type=plain)
    given = interpreter.get_input_details()[0]
    interpreter.resize_tensor_input(given["index"], [1, side, side, int(given["shape"][3])])
    interpreter.allocate_tensors()
    shapes = {item["index"]: [int(size) for size in item["shape"]] for item in interpreter.get_tensor_details()}
    total = 0
    for operation in interpreter._get_ops_details():
        if operation["op_name"] == "CONV_2D":
            _, height, width, _ = shapes[operation["outputs"][0]]
            total += height * width * prod(shapes[operation["inputs"][1]])
    return total
