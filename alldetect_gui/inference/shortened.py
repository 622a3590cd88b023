"""A part of a base file, from one pooling to another: the very same weights, less to compute and to hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from alldetect_gui.core.errors import ModelDamaged

CONV4_1, CONV2_1, CONV3_2 = 7, 8, 9
INSIDE: Mapping[int, tuple[int, int]] = {CONV2_1: (2, 1), CONV3_2: (3, 2), CONV4_1: (4, 1)}
"""Maps inside a block, before its pooling: the block's number, and the convolution's in it. They are finer than the
pooling's, and what lies behind the last one is not computed."""
_IDENTIFIER = b"TFL3"


def shortened(base: bytes, blocks: Sequence[int], begin: int = 0) -> bytes:
    """The LiteRT file `base` with these maps as its outputs, in this order, and nothing behind the last of them.

    `blocks`: 2 to 5 for a block's pooling, or one of INSIDE; in the order of computation.
    `begin`: the block whose map is the input instead of the image, all of `blocks` behind it; 0 for the image.
    Raises ModelDamaged for a file that is not a chain of convolutions and poolings.
    """
    from ai_edge_litert import schema_py_generated as schema

    try:
        model = schema.ModelT.InitFromPackedBuf(base, 0)
        ends = _poolings(schema, base, model.subgraphs[0].operators)
        wanted = [_end(ends, block) for block in blocks]
        return _packed(_cut(model, ends[begin - 1] if begin else 0, wanted), len(base))
    except Exception as error:  # the flatbuffer reader raises some six kinds for a file that is not one
        raise ModelDamaged(f"the base is not a network that can be run ({error!r})") from error


def _end(ends: list[int], number: int) -> int:
    """The operators up to and with a map's own."""
    if number in INSIDE:
        block, convolution = INSIDE[number]
        return ends[block - 2] + convolution
    return ends[number - 1]


def _poolings(schema: Any, base: bytes, operators: Any) -> list[int]:
    """The number of operators up to and with each pooling."""
    packed, kinds = schema.Model.GetRootAs(base, 0), []
    for operator in operators:
        code = packed.OperatorCodes(operator.opcodeIndex)
        kinds.append(max(int(code.BuiltinCode()), int(code.DeprecatedBuiltinCode())))
    pooling, convolution = schema.BuiltinOperator.MAX_POOL_2D, schema.BuiltinOperator.CONV_2D
    if {*kinds} != {pooling, convolution}:
        raise ValueError(f"operators {sorted({*kinds})}")
    return [number for number, kind in enumerate(kinds, 1) if kind == pooling]


def _cut(model: Any, begin: int, ends: list[int]) -> Any:
    """`model` with the operators from `begin` to the last of `ends`, and the tensors and buffers that they use."""
    graph = model.subgraphs[0]
    outputs = [graph.operators[end - 1].outputs[0] for end in ends]
    graph.inputs = [graph.operators[begin].inputs[0]]
    graph.operators = graph.operators[begin : ends[-1]]
    used = sorted({int(tensor) for item in graph.operators for tensor in (*item.inputs, *item.outputs)})
    place = {tensor: number for number, tensor in enumerate(used)}
    graph.tensors = [graph.tensors[tensor] for tensor in used]
    graph.outputs = [place[int(tensor)] for tensor in outputs]
    graph.inputs = [place[int(tensor)] for tensor in graph.inputs]
    for item in graph.operators:
        item.inputs = [place[int(tensor)] for tensor in item.inputs]
        item.outputs = [place[int(tensor)] for tensor in item.outputs]
    buffers = [model.buffers[0]]  # the empty one, for what is computed
    for tensor in graph.tensors:
        buffer = model.buffers[tensor.buffer]
        tensor.buffer = 0
        if buffer.data is not None and len(buffer.data):
            tensor.buffer = len(buffers)
            buffers.append(buffer)
    model.buffers, model.signatureDefs, model.metadata, model.metadataBuffer = buffers, [], [], []
    return model


def _packed(model: Any, size: int) -> bytes:
    import flatbuffers

    builder = flatbuffers.Builder(size)
    builder.Finish(model.Pack(builder), _IDENTIFIER)
    return bytes(builder.Output())
