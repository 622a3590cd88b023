"""Fine-tune VGG16's block 4 on cells (Keras), starting from ImageNet weights and a fitted linear head.

The head comes first and the block moves with it (linear probing, then fine-tuning: Kumar et al. 2022 find that this
keeps more of what holds on unseen data). bfloat16 is used where the processor computes with it; a GPU is used where
TensorFlow sees one. The result is a LiteRT file for inference.engine.LiteRtBranch and a linear head on its features.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import RunFailed, WrongUse
from alldetect_gui.training.fit import TrainingSet, standardisation
from alldetect_gui.training.honest.block3_maps import Maps

_LAYERS = ("block4_conv1", "block4_conv2", "block4_conv3")
_SMALLEST = 5_800_000
"""Bytes: 5.9 million int8 weights. A conversion that loses them still writes a valid, small file."""


@dataclass(frozen=True)
class TuneOptions:
    """Everything that a fine-tuning depends on; recorded in the manifest."""

    epochs: int = 4  # each over another changed copy of every image, the last over the images as they are
    rate: float = 1e-4  # Adam's learning rate, falling to 0 along a cosine
    decay: float = 1e-2  # AdamW's weight decay
    dropout: float = 0.3
    batch: int = 32
    copies: int = 3
    per_subject: int = 130  # images of a subject at most
    area_balance: float = 0.5  # see splits.area_balanced_weights
    seed: int = 0


@dataclass(frozen=True)
class Tuned:
    """A fine-tuned block and the linear head that was trained with it."""

    branch: bytes  # LiteRT file
    mean: NDArray[np.float32]  # (1024,): standardisation of the pooled features
    scale: NDArray[np.float32]
    weights: NDArray[np.float32]  # (1024,)
    bias: float

    def save(self, file: Path) -> None:
        """Keep it whole or not at all."""
        partial = file.with_suffix(".partial.npz")
        np.savez(partial, branch=np.frombuffer(self.branch, np.uint8), mean=self.mean, scale=self.scale,
                 weights=self.weights, bias=self.bias)  # fmt: skip
        partial.replace(file)

    @classmethod
    def load(cls, file: Path) -> "Tuned":
        """What `save` kept."""
        with np.load(file, allow_pickle=False) as stored:
            return cls(stored["branch"].tobytes(), stored["mean"], stored["scale"], stored["weights"],
                       float(stored["bias"]))  # fmt: skip


def fine_tune(
    copies: list[Maps], frozen: TrainingSet, weights: NDArray[np.float64], vgg16: Path | None, options: TuneOptions
) -> Tuned:
    """Train on `copies`, one Maps an epoch in turn (n images each, the last as they are), and export.

    `frozen` holds block 4's pooled features with ImageNet weights (n, 1024) of the same images, `weights` (n,) how
    much an image counts, `vgg16` a Keras file of the ImageNet weights (None: Keras downloads them).
    """
    import tensorflow as tf

    precision = "mixed_bfloat16" if _has_bfloat16() or tf.config.list_physical_devices("GPU") else "float32"
    tf.keras.mixed_precision.set_global_policy(precision)
    try:
        tf.keras.utils.set_random_seed(options.seed)
        mean, scale = standardisation(frozen)
        model = _model(tf, copies[0].maps.shape[1], mean, scale, options.dropout)
        _set_imagenet_weights(tf, model, vgg16)
        _set_linear_head(model, frozen, mean, scale, weights)
        _train(tf, model, copies, frozen.is_all, weights, options)
        return _export(model, mean, scale)
    finally:
        tf.keras.mixed_precision.set_global_policy("float32")


def _has_bfloat16() -> bool:
    """TensorFlow's bfloat16 aborts the process on processors without AVX-512: ask before it is used."""
    try:
        return "avx512_bf16" in Path("/proc/cpuinfo").read_text(encoding="ascii")
    except OSError:
        return False


def _block4(tf: Any, x: Any) -> Any:
    for name in _LAYERS:
        x = tf.keras.layers.Conv2D(512, 3, padding="same", activation="relu", name=name)(x)
    return tf.keras.layers.MaxPooling2D(name="block4_pool")(x)


def _model(tf: Any, side: int, mean: NDArray[Any], scale: NDArray[Any], dropout: float) -> Any:
    """Maps and cover in, logit out; pooling and standardisation as inference does them."""
    keras, ops = tf.keras, tf.keras.ops
    maps, cover = keras.Input((side, side, 256)), keras.Input((side // 2, side // 2, 1))
    found = keras.layers.Activation("linear", dtype="float32")(_block4(tf, maps))
    share = cover / (ops.sum(cover, axis=(1, 2), keepdims=True) + 1e-6)
    average = ops.sum(share * found, axis=(1, 2), keepdims=True)
    deviation = ops.sqrt(ops.sum(share * ops.square(found - average), axis=(1, 2)) + 1e-6)
    features = ops.log1p(ops.concatenate([average[:, 0, 0], deviation], axis=1))
    standard = (features - mean.astype(np.float32)) / scale.astype(np.float32)
    kept = keras.layers.Dropout(dropout, dtype="float32")(standard)
    return keras.Model([maps, cover], keras.layers.Dense(1, dtype="float32", name="head")(kept))


def _set_imagenet_weights(tf: Any, model: Any, vgg16: Path | None) -> None:
    try:
        whole = tf.keras.applications.VGG16(weights=str(vgg16) if vgg16 else "imagenet", include_top=False)
    except (OSError, ValueError) as error:
        raise WrongUse(f"the VGG16 weights cannot be used: {error}") from error
    for name in _LAYERS:
        model.get_layer(name).set_weights(whole.get_layer(name).get_weights())


def _set_linear_head(
    model: Any, frozen: TrainingSet, mean: NDArray[Any], scale: NDArray[Any], weights: NDArray[np.float64]
) -> None:
    from sklearn.linear_model import LogisticRegression

    start = LogisticRegression(C=1e-3, max_iter=300)
    start.fit((frozen.features - mean) / scale, frozen.is_all, sample_weight=weights)
    model.get_layer("head").set_weights([start.coef_.T.astype(np.float32), start.intercept_.astype(np.float32)])


def _train(
    tf: Any, model: Any, copies: list[Maps], is_all: NDArray[np.bool_], weights: NDArray[np.float64],
    options: TuneOptions,
) -> None:  # fmt: skip
    steps = options.epochs * max(1, is_all.size // options.batch)
    rate = tf.keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=options.rate, warmup_steps=min(20, steps // 4)
    )
    optimizer = tf.keras.optimizers.AdamW(rate, weight_decay=options.decay, global_clipnorm=1.0)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(maps: Any, cover: Any, truth: Any, weight: Any) -> Any:
        with tf.GradientTape() as tape:
            logit = model([maps, cover], training=True)[:, 0]
            loss = tf.reduce_mean(weight * tf.nn.sigmoid_cross_entropy_with_logits(truth, logit))
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables, strict=True))
        return loss

    began, draw = time.monotonic(), np.random.default_rng(options.seed)
    for epoch in range(options.epochs):
        maps = copies[epoch % len(copies)]
        losses = [
            float(step(maps.maps[rows].astype(np.float32), maps.cover[rows][..., np.newaxis],
                       is_all[rows].astype(np.float32), weights[rows].astype(np.float32)))
            for rows in _batches(is_all.size, options.batch, draw)
        ]  # fmt: skip
        print(f"  epoch {epoch + 1} of {options.epochs}: loss {np.mean(losses):.3f} "
              f"after {time.monotonic() - began:.0f} s", flush=True)  # fmt: skip


def _batches(count: int, size: int, draw: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Whole batches in a new order; what is left over waits for the next epoch."""
    order = draw.permutation(count)
    for start in range(0, max(count - size, 0) + 1, size):
        yield np.sort(order[start : start + size])


def _export(model: Any, mean: NDArray[Any], scale: NDArray[Any]) -> Tuned:
    data = block4_file({name: model.get_layer(name).get_weights() for name in _LAYERS})
    kernel, bias = model.get_layer("head").get_weights()
    return Tuned(data, mean.astype(np.float32), scale.astype(np.float32), kernel[:, 0], float(bias[0]))


def block4_file(weights: Mapping[str, list[NDArray[Any]]] | None = None) -> bytes:
    """Block 4 alone as a LiteRT file, with int8 weights through a saved model: as the base is exported.

    `weights` (kernel, bias) by layer name; without them the block is a random one.
    """
    import tensorflow as tf

    tf.keras.mixed_precision.set_global_policy("float32")
    maps = tf.keras.Input((None, None, 256))
    branch = tf.keras.Model(maps, _block4(tf, maps))
    for name, values in (weights or {}).items():
        branch.get_layer(name).set_weights(values)
    with tempfile.TemporaryDirectory() as folder:
        branch.export(os.fspath(folder), verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        data = bytes(converter.convert())
    if len(data) < _SMALLEST:
        raise RunFailed(f"the converted branch has only {len(data)} bytes: its weights are lost")
    return data
