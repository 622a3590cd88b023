"""VGG16's convolution base as a LiteRT file: the pooling outputs of blocks 2 to 5, weights in int8."""

from pathlib import Path
from typing import Any

from alldetect_gui.core.errors import RunFailed, WrongUse

_SMALLEST = 14_000_000
"""Bytes: 14.7 million int8 weights. A conversion that loses them still writes a valid file, of 24 kB."""


def export_base(weights: Path | None) -> bytes:
    """The base for any square input: float32 in (VGG16's own normalisation) and out, dynamic-range int8 inside.

    `weights` is a Keras file of the ImageNet weights without top; None lets Keras download them. Raises WrongUse
    for a file that does not hold them, RunFailed when the conversion loses the weights.
    """
    import tensorflow as tf

    try:
        base = tf.keras.applications.VGG16(
            weights=str(weights) if weights else "imagenet", include_top=False, input_shape=(None, None, 3)
        )
    except (OSError, ValueError) as error:
        raise WrongUse(f"the VGG16 weights cannot be used: {error}") from error
    maps = [base.get_layer(f"block{block}_pool").output for block in (2, 3, 4, 5)]
    return _convert(tf, tf.keras.Model(base.input, maps))


def _convert(tf: Any, model: Any) -> bytes:
    """Through a saved model: converting an unfrozen Keras 3 function loses the weights without a word."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        data = bytes(converter.convert())
    if len(data) < _SMALLEST:
        raise RunFailed(f"the converted base has only {len(data)} bytes: its weights are lost")
    return data
