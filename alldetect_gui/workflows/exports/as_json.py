"""The JSON export: manifest, summary, patients and rows, for other programs."""

import json

from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.workflows.exports.content import Content, patient_row


def json_bytes(content: Content) -> bytes:
    """UTF-8, names exactly as they are; a figure that is not defined is null."""
    whole = {
        "intended_use": INTENDED_USE,
        "manifest": content.manifest,
        "summary": content.summary_dict,
        "patients": [patient_row(patient) for patient in content.patients],
        "results": [content.row(result) for result in content.run.results],
    }
    return (json.dumps(whole, indent=2, allow_nan=False) + "\n").encode()
