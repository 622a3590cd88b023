"""Preprocessing recipes: frozen values whose parameters travel with every result made from them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import ClassVar

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.imaging import steps
from alldetect_gui.imaging.steps import RgbImage


@dataclass(frozen=True, slots=True)
class Limits:
    """What a recipe parameter may be; `odd` for kernel sizes."""

    low: float
    high: float
    whole: bool = False
    odd: bool = False

    def allow(self, value: float) -> bool:
        """True when `value` may be used (NaN and infinities may not)."""
        return (
            self.low <= value <= self.high
            and (not self.whole or value == int(value))
            and (not self.odd or int(value) % 2 == 1)
        )

    def __str__(self) -> str:
        kind = "an odd whole number" if self.odd else "a whole number" if self.whole else "a number"
        return f"{kind} from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Recipe:
    """The original image; base of the other recipes. Equal recipes give equal pixels."""

    name: ClassVar[str] = "original"
    title: ClassVar[str] = "Original"
    limits: ClassVar[Mapping[str, Limits]] = {}

    def apply(self, image: RgbImage) -> RgbImage:
        """The rendering of `image` (uint8 RGB, any size); the input is never changed."""
        return image.copy()

    @property
    def parameters(self) -> dict[str, float]:
        """Parameter names and values, in the order in which they are shown."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def with_parameters(self, values: Mapping[str, float]) -> "Recipe":
        """The same recipe with some parameters changed.

        Raises WrongUse, naming what is possible, for an unknown parameter or a value out of its limits.
        """
        known = self.parameters
        changed: dict[str, float] = {}
        for key, value in values.items():
            if key not in known:
                possible = ", ".join(known) or "none"
                raise WrongUse(f"recipe “{self.name}” has no parameter “{key}” (it has: {possible})")
            if not self.limits[key].allow(value):
                raise WrongUse(f"{key} = {value:g} is not possible: it is {self.limits[key]}")
            changed[key] = int(value) if self.limits[key].whole else float(value)
        return replace(self, **changed)


_CLAHE_LIMITS = {"clip_limit": Limits(0.5, 40), "tile_grid": Limits(1, 32, whole=True)}


@dataclass(frozen=True)
class Gaussian(Recipe):
    """Mild blur, experiment 1 of the thesis."""

    name: ClassVar[str] = "gaussian"
    title: ClassVar[str] = "Gaussian"
    limits: ClassVar[Mapping[str, Limits]] = {
        "kernel_size": Limits(1, 31, whole=True, odd=True),
        "sigma": Limits(0, 20),
    }
    kernel_size: int = 5
    sigma: float = 0.0

    def apply(self, image: RgbImage) -> RgbImage:
        return steps.gaussian_blur(image, self.kernel_size, self.sigma)


@dataclass(frozen=True)
class Clahe(Recipe):
    """Local contrast on L of Lab, experiment 2 of the thesis (which names no clip limit and no tile grid)."""

    name: ClassVar[str] = "clahe"
    title: ClassVar[str] = "CLAHE"
    limits: ClassVar[Mapping[str, Limits]] = _CLAHE_LIMITS
    clip_limit: float = 2.0
    tile_grid: int = 8

    def apply(self, image: RgbImage) -> RgbImage:
        return steps.clahe(image, self.clip_limit, self.tile_grid)


@dataclass(frozen=True)
class Grayscale(Recipe):
    """One channel, repeated three times."""

    name: ClassVar[str] = "grayscale"
    title: ClassVar[str] = "Grayscale"

    def apply(self, image: RgbImage) -> RgbImage:
        return steps.grayscale(image)


@dataclass(frozen=True)
class ClaheGrayscale(Recipe):
    """CLAHE, then grayscale: experiment 3 of the thesis."""

    name: ClassVar[str] = "clahe-grayscale"
    title: ClassVar[str] = "CLAHE + grayscale"
    limits: ClassVar[Mapping[str, Limits]] = _CLAHE_LIMITS
    clip_limit: float = 2.0
    tile_grid: int = 8

    def apply(self, image: RgbImage) -> RgbImage:
        return steps.grayscale(steps.clahe(image, self.clip_limit, self.tile_grid))


RECIPES: tuple[Recipe, ...] = (Recipe(), Gaussian(), Clahe(), Grayscale(), ClaheGrayscale())
"""Every recipe with its defaults, in the order of the compare panel."""


def recipe_named(name: str, parameters: Mapping[str, float] | None = None) -> Recipe:
    """The recipe called `name`, with `parameters` in place of its defaults. Raises WrongUse."""
    for recipe in RECIPES:
        if recipe.name == name:
            return recipe.with_parameters(parameters or {})
    raise WrongUse(f"there is no recipe “{name}” (there are: {', '.join(r.name for r in RECIPES)})")
