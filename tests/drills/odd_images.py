"""Drill: what a model says about images that are no cells, and about cells that were changed a little.

python -m tests.drills.odd_images --cells CNMC --fields BCCD --per-kind 40

`CNMC` holds segmented cells at any depth, `BCCD` smear fields with `annotations.csv` (image, class, xmin, ymin, xmax,
ymax); without them only what is drawn is tried. Nothing that is no cell may get a class. A cell that was turned, moved
or saved again should keep its suggestion; changes of stain, light, focus and scale show what the model leans on. The
bundled models have learned from the cells of C-NMC: such rows flatter them.
"""

import argparse
import csv
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.records import Prediction
from alldetect_gui.imaging.cell_region import find_cell
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.imaging.listing import list_images
from alldetect_gui.imaging.steps import RgbImage, foreground_mask
from alldetect_gui.inference.catalogue import load_classifier

SIDE = 450
Change = Callable[[RgbImage], RgbImage]
_WORDS = ("Patient 12", "scale 10 um", "not a cell", "Blast?", "ABC")
_CELL = np.array([69, 30, 80])  # about the mean colour of a cell of C-NMC 2019


def _levels(values: NDArray[np.floating]) -> RgbImage:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _text(seed: int, ground: int, ink: tuple[int, int, int]) -> RgbImage:
    draw, page = random.Random(seed), np.full((SIDE, SIDE, 3), ground, np.uint8)
    for _ in range(8):
        place, size = (draw.randint(0, 200), draw.randint(30, 430)), draw.uniform(0.6, 2.4)
        cv2.putText(page, draw.choice(_WORDS), place, draw.choice((0, 1, 2, 3)), size, ink, draw.randint(1, 5))
    return page


def _photograph(seed: int) -> RgbImage:
    """A drawn scene: a sky, discs and polygons, out of focus, with grain."""
    draw, height = np.random.default_rng(seed), np.linspace(0, 1, SIDE)[:, np.newaxis, np.newaxis]
    scene = _levels(
        (draw.uniform(80, 255, 3) * (1 - height) + draw.uniform(20, 200, 3) * height) * np.ones((SIDE, SIDE, 3))
    )
    for _ in range(12):
        colour = tuple(int(value) for value in draw.integers(0, 255, 3))
        centre = tuple(int(value) for value in draw.integers(0, SIDE, 2))
        cv2.circle(scene, centre, int(draw.integers(10, 90)), colour, -1)
        cv2.fillPoly(scene, [draw.integers(0, SIDE, (5, 2)).astype(np.int32)], colour[::-1])
    blurred = cv2.GaussianBlur(scene, (0, 0), draw.uniform(0.5, 3)).astype(np.float64)
    return _levels(blurred + draw.normal(0, 8, scene.shape))


def _disc(radius: int, colour: NDArray[np.integer], grain: float) -> RgbImage:
    mask = cv2.circle(np.zeros((SIDE, SIDE), np.uint8), (SIDE // 2, SIDE // 2), radius, 1, -1)[..., np.newaxis]
    noise = np.random.default_rng(radius).normal(0, grain, (SIDE, SIDE, 3))
    return _levels(np.clip(colour + noise, 9, 255)) * mask


def drawn(count: int) -> dict[str, list[RgbImage]]:
    """Images that are no cells and need no file."""
    noise = [np.random.default_rng(seed) for seed in range(count)]
    flat = [np.full((SIDE, SIDE, 3), level, np.uint8) for level in (9, 30, 128, 255)]
    return {
        "black": [np.zeros((SIDE, SIDE, 3), np.uint8)],
        "flat": [*flat, np.broadcast_to(_CELL.astype(np.uint8), (SIDE, SIDE, 3)).copy()],
        "uniform noise": [draw.integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8) for draw in noise],
        "dark noise": [_levels(draw.normal(60, 30, (SIDE, SIDE, 3))) for draw in noise],
        "text on white": [_text(seed, 255, (0, 0, 0)) for seed in range(count)],
        "text on black": [_text(seed, 0, (255, 255, 255)) for seed in range(count)],
        "text in a cell's colour": [_text(seed, 0, (110, 45, 125)) for seed in range(count)],
        "drawn photograph": [_photograph(seed) for seed in range(count)],
        "disc of a cell's colour": [_disc(radius, _CELL, grain) for radius in (60, 85, 110) for grain in (0.0, 10.0)],
    }


def _on_black(crop: RgbImage, scale: float) -> RgbImage:
    """The ellipse inside a box, in the middle of a black frame."""
    crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)[:SIDE, :SIDE]
    height, width = crop.shape[:2]
    mask = cv2.ellipse(
        np.zeros((height, width), np.uint8), (width // 2, height // 2), (width // 2, height // 2), 0, 0, 360, 1, -1
    )
    frame, top, left = np.zeros((SIDE, SIDE, 3), np.uint8), (SIDE - height) // 2, (SIDE - width) // 2
    frame[top : top + height, left : left + width] = crop * mask[..., np.newaxis]
    return frame


def of_fields(folder: Path, count: int, seed: int = 0) -> dict[str, list[RgbImage]]:
    """Whole smear fields, and single cells cut from them, as they are and on black."""
    draw, table = random.Random(seed), folder / "annotations.csv"
    paths = sorted(list_images(folder))
    found = {"smear field": [read_image(path).pixels for path in draw.sample(paths, min(count, len(paths)))]}
    with table.open(newline="", encoding="utf-8") as file:
        boxes = list(csv.DictReader(file))
    by_name = {path.name: path for path in paths}
    for kind, scales in (("WBC", (1.0, 1.5)), ("RBC", (1.0, 2.0)), ("Platelets", (1.0, 5.0))):
        of_kind = [box for box in boxes if box["class"] == kind and box["image"] in by_name]
        crops = [
            crop for box in draw.sample(of_kind, min(count, len(of_kind))) if (crop := _crop(by_name, box)) is not None
        ]
        found[f"{kind}, box"] = crops
        found |= {f"{kind} on black, x {scale:g}": [_on_black(crop, scale) for crop in crops] for scale in scales}
    return found


def _crop(by_name: Mapping[str, Path], box: Mapping[str, str]) -> RgbImage | None:
    left, top, right, bottom = (max(0, int(box[name])) for name in ("xmin", "ymin", "xmax", "ymax"))
    crop = read_image(by_name[box["image"]]).pixels[top:bottom, left:right]
    return crop if min(crop.shape[:2]) >= 8 else None


def _inside(change: Callable[[NDArray[np.float64]], NDArray[np.floating]]) -> Change:
    """`change` of the values (n, 3) of the cell's pixels; the background stays."""

    def apply(image: RgbImage) -> RgbImage:
        result, cell = image.copy(), foreground_mask(image)
        result[cell] = _levels(change(image[cell].astype(np.float64)))
        return result

    return apply


def _turn(degrees: float) -> Change:
    def apply(image: RgbImage) -> RgbImage:
        height, width = image.shape[:2]
        turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
        return np.asarray(cv2.warpAffine(image, turn, (width, height)), np.uint8)

    return apply


def _scale(factor: float) -> Change:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return lambda image: cv2.resize(image, None, fx=factor, fy=factor, interpolation=how)


def _blur(sigma: float) -> Change:
    return lambda image: cv2.GaussianBlur(image, (0, 0), sigma)


def _jpeg(quality: int) -> Change:
    def apply(image: RgbImage) -> RgbImage:
        stored = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return np.ascontiguousarray(cv2.imdecode(stored, cv2.IMREAD_COLOR)[:, :, ::-1])  # noqa: TID251 - not a product file

    return apply


def _canvas(side: int) -> Change:
    def apply(image: RgbImage) -> RgbImage:
        region, frame = find_cell(image), np.zeros((side, side, 3), np.uint8)
        if region is None:
            return image
        cell = image[region.top : region.top + region.height, region.left : region.left + region.width][:side, :side]
        top, left = (side - cell.shape[0]) // 2, (side - cell.shape[1]) // 2
        frame[top : top + cell.shape[0], left : left + cell.shape[1]] = cell
        return frame

    return apply


_STAINS = np.array([[0.650, 0.704, 0.286], [0.072, 0.990, 0.105], [-0.209, -0.048, 0.593]])
"""Optical densities of hematoxylin and eosin (Ruifrok & Johnston 2001), and what is perpendicular to both."""


def _stain(first: float, second: float) -> Change:
    def change(values: NDArray[np.float64]) -> NDArray[np.float64]:
        amounts = -np.log((values + 1) / 256) @ np.linalg.inv(_STAINS)
        return np.asarray(256 * np.exp(-(amounts * (first, second, 1)) @ _STAINS) - 1)

    return _inside(change)


def _gain(*factors: float) -> Change:
    return _inside(lambda values: values * np.array(factors))


KEPT: Mapping[str, Change] = {
    "as it is": lambda image: image,
    "turned by 90": lambda image: np.ascontiguousarray(np.rot90(image)),
    "mirrored": lambda image: np.ascontiguousarray(image[:, ::-1]),
    "turned by 7": _turn(7), "turned by 133": _turn(133),
    "on 300 pixels": _canvas(300), "on 600 pixels": _canvas(600),
    "JPEG 90": _jpeg(90), "JPEG 75": _jpeg(75), "JPEG 50": _jpeg(50),
    "brightness 0.9": _gain(0.9, 0.9, 0.9), "brightness 1.1": _gain(1.1, 1.1, 1.1),
    "red 1.1": _gain(1.1, 1, 1), "green 1.1": _gain(1, 1.1, 1), "blue 0.9": _gain(1, 1, 0.9),
    "blue 1.1": _gain(1, 1, 1.1),
    "hematoxylin 0.8": _stain(0.8, 1), "hematoxylin 1.2": _stain(1.2, 1),
    "eosin 0.8": _stain(1, 0.8), "eosin 1.2": _stain(1, 1.2),
    "blur 1": _blur(1), "blur 1.5": _blur(1.5), "blur 2": _blur(2),
    "scale 0.7": _scale(0.7), "scale 0.85": _scale(0.85), "scale 1.15": _scale(1.15), "scale 1.4": _scale(1.4),
}  # fmt: skip
"""Changes after which a cell is still a cell."""

REFUSED: Mapping[str, Change] = {
    "inverted": lambda image: 255 - image,
    "inverted on black": _inside(lambda values: 255 - values),
    "red and blue exchanged": lambda image: np.ascontiguousarray(image[:, :, ::-1]),
    "gray": _inside(lambda values: np.repeat(values.mean(axis=1, keepdims=True), 3, axis=1)),
    "blur 8": _blur(8),
    "brightness 0.4": _gain(0.4, 0.4, 0.4), "brightness 2.5": _gain(2.5, 2.5, 2.5),
}  # fmt: skip
"""Changes after which a cell is none that the model knows."""


def said(prediction: Prediction) -> str:
    """One word: ALL, HEM, band, outside, or nothing (no cell, no finite value)."""
    if prediction.suggestion != "UNCERTAIN":
        return str(prediction.suggestion)
    return next((word for word in ("outside", "band") if word in prediction.reason), "nothing")


def row(name: str, answers: Sequence[str], before: Sequence[str] = ()) -> str:
    """A line of the table; with `before`, how many suggestions changed and how many became the opposite."""
    counts = Counter(answers)
    line = f"| {name} | {len(answers)} | " + " | ".join(str(counts[word]) for word in _COLUMNS)
    if before:
        pairs = list(zip(before, answers, strict=True))
        opposite = sum({one, other} == {"ALL", "HEM"} for one, other in pairs)
        line += f" | {sum(one != other for one, other in pairs)} | {opposite}"
    return line + " |"


_COLUMNS = ("ALL", "HEM", "band", "outside", "nothing")
_HEAD = "| What | Images | " + " | ".join(_COLUMNS)


def lines(model: str, cells: Sequence[RgbImage], strange: Mapping[str, Sequence[RgbImage]]) -> Iterator[str]:
    """Both tables, line by line."""
    classifier = load_classifier(model)

    def answers(images: Sequence[RgbImage]) -> list[str]:
        return [said(classifier.classify(image)) for image in images]

    yield from (f"## “{model}”: what is no cell that it knows", "", _HEAD + " |", "|---" * 7 + "|")
    for name, images in strange.items():
        yield row(name, answers(images))
    if cells:
        yield from (row(f"cell, {name}", answers([change(cell) for cell in cells])) for name, change in REFUSED.items())
        yield from ("", f"## “{model}”: cells, changed", "", _HEAD + " | changed | opposite |", "|---" * 9 + "|")
        before = answers(cells)
        for name, change in KEPT.items():
            yield row(name, answers([change(cell) for cell in cells]), before)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=Path, help="segmented cells on black, any depth")
    parser.add_argument("--fields", type=Path, help="smear fields, with annotations.csv")
    parser.add_argument("--models", nargs="+", default=["default"])
    parser.add_argument("--per-kind", type=int, default=40, help="images of each kind (default: %(default)s)")
    options = parser.parse_args()
    paths = sorted(list_images(options.cells)) if options.cells else []
    chosen = random.Random(0).sample(paths, min(options.per_kind, len(paths)))
    cells = [read_image(path).pixels for path in chosen]
    strange = drawn(options.per_kind) | (of_fields(options.fields, options.per_kind) if options.fields else {})
    for model in options.models:
        for line in lines(model, cells, strange):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
