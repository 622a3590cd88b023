"""What a file's own header states, and the limits that hold for every format before a decoder is asked."""

from dataclasses import dataclass
from typing import NoReturn

from alldetect_gui.core.errors import ImageRefused

MAX_SIDE = 20_000
MAX_PIXELS = 50_000_000
INCOMPLETE = "file is incomplete"


@dataclass(frozen=True, slots=True)
class Header:
    """Format and size as the file's own header states them; `ours` where OpenCV would draw the colours wrongly."""

    format: str  # BMP, PNG, JPEG or TIFF
    width: int
    height: int
    ours: bool = False

    def within_limits(self) -> "Header":
        """This header. Raises ImageRefused, before anything is unpacked, for an image without pixels or too many."""
        if self.width < 1 or self.height < 1:
            raise ImageRefused("the image has no pixels")
        if max(self.width, self.height) > MAX_SIDE or self.width * self.height > MAX_PIXELS:
            limit = f"limit {MAX_PIXELS // 1_000_000} megapixels"
            raise ImageRefused(f"too large ({self.width} x {self.height}; {limit})")
        return self


def incomplete() -> NoReturn:
    """Raises ImageRefused: the file ends before its image does."""
    raise ImageRefused(INCOMPLETE)
