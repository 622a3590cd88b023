"""The one statement of intended use, shown by the window, the commands and every export."""

INTENDED_USE = (
    "Research use only. Not a medical device and not for diagnosis. "
    "The classes are suggestions by a model; a trained person must review every image."
)
