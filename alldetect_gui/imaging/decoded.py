"""What reading an image gives."""

from dataclasses import dataclass

from alldetect_gui.imaging.steps import RgbImage


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """Pixels (uint8 RGB, shape (height, width, 3)) and the SHA-256 of the file they came from."""

    pixels: RgbImage
    sha256: str


@dataclass(frozen=True, slots=True)
class SameBytes:
    """The file has the very bytes that were expected, so they were hashed and not decoded once more."""

    sha256: str
