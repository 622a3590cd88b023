"""A map of evidence over an image: orange speaks for ALL, blue for HEM, grey says nothing."""

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.steps import RgbImage

FOR_ALL, FOR_HEM = (240, 130, 10), (40, 110, 210)


def evidence_overlay(image: RgbImage, evidence: NDArray[np.float64]) -> RgbImage:
    """`image` in grey, coloured by `evidence` (height, width): the strongest place has 85 % of its colour.

    One scale for both signs, so that the colours can be compared with each other.
    """
    gray = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(np.float32)
    strongest = float(np.abs(evidence).max())
    share = (evidence / strongest if strongest else evidence).astype(np.float32)[:, :, np.newaxis]
    colour = np.where(share > 0, np.array(FOR_ALL, np.float32), np.array(FOR_HEM, np.float32))
    weight = 0.85 * np.abs(share)
    return np.round(gray * (1 - weight) + colour * weight).astype(np.uint8)
