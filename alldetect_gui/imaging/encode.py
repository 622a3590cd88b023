"""Pixels to the bytes of a file: PNG for what the program writes, the other formats for its self-test."""

import cv2

from alldetect_gui.imaging.steps import RgbImage


def png_bytes(image: RgbImage) -> bytes:
    """`image` (uint8 RGB) as a PNG file; decoding it gives the same pixels."""
    return file_bytes(image, ".png")


def file_bytes(image: RgbImage, ending: str) -> bytes:
    """`image` (uint8 RGB) as a file of the format with this ending (".bmp", ".png", ".jpg", ".tif")."""
    encoded, data = cv2.imencode(ending, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    if not encoded:
        raise ValueError("OpenCV could not encode the image")
    return data.tobytes()
