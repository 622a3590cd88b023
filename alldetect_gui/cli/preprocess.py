"""alldetect preprocess: one image as a recipe renders it, by the functions that window and training use."""

import argparse
import os

from alldetect_gui.core.errors import ImageRefused, RunFailed, WrongUse
from alldetect_gui.core.whole_file import write_whole
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.recipe import recipe_named


def preprocess(options: argparse.Namespace) -> int:
    """Decode, render, write a PNG."""
    recipe = recipe_named(options.recipe, dict(_parameter(word) for word in options.parameters))
    if not os.path.lexists(options.image):
        raise WrongUse(f"there is no image {options.image}")
    if options.out.suffix.lower() != ".png":
        raise WrongUse(f"the output is a PNG file; {options.out.name} does not end in .png")
    try:
        data = png_bytes(recipe.apply(read_image(options.image).pixels))
    except ImageRefused as refusal:
        raise RunFailed(f"{options.image}: {refusal.reason}") from refusal
    try:
        if options.out.exists() and options.out.samefile(options.image):
            raise WrongUse(f"{options.out} is the image itself, which is never changed; choose another name")
        write_whole(options.out, data)
    except OSError as error:
        raise RunFailed(f"{options.out} cannot be written: {error.strerror or error}") from error
    settings = ", ".join(f"{name} {value:g}" for name, value in recipe.parameters.items())
    print(f"{options.out}: {recipe.title}{f' ({settings})' if settings else ''}")
    return 0


def _parameter(word: str) -> tuple[str, float]:
    name, separator, value = word.partition("=")
    try:
        if not separator:
            raise ValueError
        return name.strip(), float(value)
    except ValueError as error:
        raise WrongUse(f"“{word}” is not PARAMETER=NUMBER, like clip_limit=3") from error
