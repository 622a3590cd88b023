"""Pixels to PNG bytes, for files that the program writes."""

import cv2

from alldetect_gui.imaging.steps import RgbImage


def png_bytes(image: RgbImage) -> bytes:
    """`image` (uint8 RGB) as a PNG file; decoding it gives the same pixels."""
    encoded, data = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    if not encoded:
        raise ValueError("OpenCV could not encode the image")
    return data.tobytes()
