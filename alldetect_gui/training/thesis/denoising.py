"""The denoisers that the thesis discusses, measured: PSNR on cells with noise of known strength."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.decode import read_image
from alldetect_gui.imaging.steps import Mask, RgbImage, foreground_mask
from alldetect_gui.training.datasets import LabelledImage

KERNEL = 5
_Noise = Callable[[RgbImage, np.random.Generator], RgbImage]


def gaussian_noise(deviation: float) -> _Noise:
    """Independent normal noise of this deviation (in levels of 0 to 255) on every value."""

    def apply(image: RgbImage, generator: np.random.Generator) -> RgbImage:
        return _levels(image + generator.normal(0, deviation, image.shape))

    return apply


def salt_and_pepper(share: float) -> _Noise:
    """This share of the pixels set to black or white."""

    def apply(image: RgbImage, generator: np.random.Generator) -> RgbImage:
        draw = generator.random(image.shape[:2])
        noised = image.copy()
        noised[draw < share / 2] = 0
        noised[draw > 1 - share / 2] = 255
        return noised

    return apply


def gaussian(image: RgbImage) -> RgbImage:
    """The blur of the recipe "gaussian" at its defaults, but without its step that keeps black pixels black:
    pepper would stay."""
    return np.asarray(cv2.GaussianBlur(image, (KERNEL, KERNEL), 0), dtype=np.uint8)


def median(image: RgbImage) -> RgbImage:
    """Median of 5 x 5 pixels, each channel."""
    return np.asarray(cv2.medianBlur(image, KERNEL), dtype=np.uint8)


def wiener(image: RgbImage) -> RgbImage:
    """The adaptive Wiener filter on 5 x 5 pixels (Lim 1990, equations 9.44 to 9.46), each channel.

    The noise's variance is taken as the mean of the local variances inside the cell.
    """
    values = image.astype(np.float64)
    mean = cv2.blur(values, (KERNEL, KERNEL))
    variance = np.maximum(cv2.blur(values**2, (KERNEL, KERNEL)) - mean**2, 0)
    noise = variance[foreground_mask(image)].mean(axis=0)
    gain = np.maximum(variance - noise, 0) / np.maximum(np.maximum(variance, noise), 1e-9)
    return _levels(mean + gain * (values - mean))


NOISES: Mapping[str, _Noise] = {
    "Gaussian noise, deviation 10": gaussian_noise(10),
    "Gaussian noise, deviation 25": gaussian_noise(25),
    "salt and pepper, 5 % of pixels": salt_and_pepper(0.05),
}
DENOISERS: Mapping[str, Callable[[RgbImage], RgbImage]] = {
    "none": lambda image: image,
    "Gaussian 5 x 5": gaussian,
    "median 5 x 5": median,
    "Wiener 5 x 5": wiener,
}


def psnr(image: RgbImage, reference: RgbImage, where: Mask) -> float:
    """Peak signal-to-noise ratio in dB over the pixels `where`, peak 255; infinite for equal pixels.

    Black background would flatter every filter, so the cell alone counts.
    """
    error = np.mean(np.square(image[where].astype(np.float64) - reference[where].astype(np.float64)))
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


@dataclass(frozen=True)
class DenoiserTable:
    """Mean PSNR in dB of `cells` cells: noise -> denoiser -> (mean, deviation between cells)."""

    cells: int
    rows: Mapping[str, Mapping[str, tuple[float, float]]]


def compare_denoisers(images: tuple[LabelledImage, ...], most: int = 40) -> DenoiserTable:
    """PSNR of each denoiser on at most `most` noised cells; the noise of a cell is drawn from its place in the list."""
    found: dict[str, dict[str, list[float]]] = {noise: {name: [] for name in DENOISERS} for noise in NOISES}
    for number, image in enumerate(images[:most]):
        clean = read_image(image.path).pixels
        cell = foreground_mask(clean)
        for noise, add in NOISES.items():
            noised = np.where(cell[..., np.newaxis], add(clean, np.random.default_rng(number)), clean)
            for name, remove in DENOISERS.items():
                found[noise][name].append(psnr(remove(noised), clean, cell))
    return DenoiserTable(
        len(images[:most]),
        {
            noise: {name: (float(np.mean(values)), float(np.std(values))) for name, values in row.items()}
            for noise, row in found.items()
        },
    )


def _levels(values: NDArray[np.float64]) -> RgbImage:
    return np.asarray(np.clip(np.rint(values), 0, 255), dtype=np.uint8)
