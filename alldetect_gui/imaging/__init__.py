"""List, read, decode, encode and preprocess images: pure functions on uint8 RGB arrays (height, width, 3)."""

import os

# OpenCV reads these once, when it is first imported: a 1 kB file must not be able to claim gigabytes.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "50000000")
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_WIDTH", "20000")
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_HEIGHT", "20000")
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")  # a refusal is told in our words, once
