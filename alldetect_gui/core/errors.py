"""Errors that are part of normal work. Their text is a sentence for people; anything else is a bug."""


class KnownError(Exception):
    """Something outside the program is not as needed. The message says what, in plain words."""


class WrongUse(KnownError):
    """The request itself cannot be met: no such folder, no such model, no image found, an unknown parameter."""


class ModelDamaged(KnownError):
    """A model artefact does not match its manifest; classification is blocked and nothing is substituted."""


class RunFailed(KnownError):
    """The run as a whole could not go on (not one image: that is a skip)."""


class RunPaused(RunFailed):
    """The run stopped before its end; what it has done is kept, and the same request goes on from there."""


class ImageRefused(KnownError):
    """One file cannot be used as an image. `reason` is shown to the user beside the file's name."""

    def __init__(self, reason: str, sha256: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.sha256 = sha256  # of the file's bytes, where they could be read
