"""alldetect preprocess: one image as a recipe renders it, by the functions that window and training use."""

import argparse
import os

from alldetect_gui.core.errors import ImageRefused, RunFailed, WrongUse
from alldetect_gui.core.whole_file import write_whole
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.reader import read_image
from alldetect_gui.imaging.recipe import recipe_named


def preprocess(options: argparse.Namespace) -> int:
    """Decode, render, write a PNG."""
    if options.sheet:
        return _sheet(options)
    if not options.recipe:
        raise WrongUse("say which recipe with --recipe NAME, or ask for all of them with --sheet")
    recipe = recipe_named(options.recipe, dict(_parameter(word) for word in options.parameters))
    _check(options)
    try:
        data = png_bytes(recipe.apply(read_image(options.image).pixels))
    except ImageRefused as refusal:
        raise RunFailed(f"{options.image}: {refusal.reason}") from refusal
    try:
        write_whole(options.out, data)
    except OSError as error:
        raise RunFailed(f"{options.out} cannot be written: {error.strerror or error}") from error
    settings = ", ".join(f"{name} {value:g}" for name, value in recipe.parameters.items())
    print(f"{options.out}: {recipe.title}{f' ({settings})' if settings else ''}")
    return 0


def _check(options: argparse.Namespace) -> None:
    """Raises WrongUse for an image that is not there or an output that would not do."""
    if not os.path.lexists(options.image):
        raise WrongUse(f"there is no image {options.image}")
    if options.out.suffix.lower() != ".png":
        raise WrongUse(f"the output is a PNG file; {options.out.name} does not end in .png")
    try:
        if options.out.exists() and options.out.samefile(options.image):
            raise WrongUse(f"{options.out} is the image itself, which is never changed; choose another name")
    except OSError as error:
        raise RunFailed(f"{options.out} cannot be written: {error.strerror or error}") from error


def _sheet(options: argparse.Namespace) -> int:
    """Every recipe side by side, each with the P(ALL) of the model made for it."""
    if options.recipe or options.parameters:
        raise WrongUse("--sheet shows every recipe with its defaults; it goes without --recipe and --set")
    _check(options)
    from alldetect_gui.workflows.compare_sheet import compare_image, judgement_lines, write_sheet

    comparison = compare_image(options.image)
    for event in write_sheet(options.out, comparison):
        print(f"{event.path}: {len(comparison.renderings)} renderings")
    for ready in comparison.renderings:
        print(f"  {ready.recipe}: {'; '.join(judgement_lines(comparison.judged[ready.recipe]))}")
    return 0


def _parameter(word: str) -> tuple[str, float]:
    name, separator, value = word.partition("=")
    try:
        if not separator:
            raise ValueError
        return name.strip(), float(value)
    except ValueError as error:
        raise WrongUse(f"“{word}” is not PARAMETER=NUMBER, like clip_limit=3") from error
