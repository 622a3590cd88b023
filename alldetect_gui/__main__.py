"""Choose the window, a command or the training pipeline; each is imported only when it is asked for."""

import contextlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from alldetect_gui import __version__
from alldetect_gui.core.exit_codes import FAILED, INTERRUPTED, WRONG_USE

if TYPE_CHECKING:
    from alldetect_gui.core.words import Words

READER = "--reader"
"""For the program itself alone; no user types it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The program `alldetect`; returns its exit code: 0 done, 2 wrong use, 3 the run failed, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _all_three_streams()
    try:
        return _run(words)
    except KeyboardInterrupt:
        pass
    except ImportError as error:  # what a compiled module makes of an interruption while it is loaded
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
    print("alldetect: interrupted; no file was written", file=sys.stderr)  # noqa: T201
    return INTERRUPTED


def _run(words: Sequence[str]) -> int:
    _one_thread_for_products(words)
    if words == ["--version"]:
        print(f"alldetect {__version__}")  # noqa: T201  # answered before anything heavy is imported
        return 0
    if words == [READER]:
        return main_reader()
    if words[:1] == ["gui"]:
        return main_gui(words[1:])
    if words[:1] in (["train"], ["experiment"]) and not _can_train():
        print("alldetect: this bundle does not train; the full one does, and so does a checkout", file=sys.stderr)  # noqa: T201
        return WRONG_USE
    if words[:1] == ["train"]:
        from alldetect_gui.training.command import main as train

        return train(words[1:])
    if words[:1] == ["experiment"]:
        from alldetect_gui.training.experiments import main as experiment

        return experiment(words[1:])
    from alldetect_gui.cli.main import main as command

    return command(words, _make_pdf)


def _all_three_streams() -> None:
    """Whoever started the program may have closed its input or outputs; Windows gives a window none.

    The next file that is opened would take such a place, and what a library prints would be written into it.
    """
    with contextlib.suppress(OSError):
        while (lowest := os.open(os.devnull, os.O_RDWR)) < 3:
            os.set_inheritable(lowest, True)
        os.close(lowest)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - as long as we run


def _one_thread_for_products(words: Sequence[str]) -> None:
    """Before numpy is imported: its library's threads wait by spinning, and took half of a batch from the network.

    A head's products are small, and on one thread their last digit is the same on every machine. Training has large
    ones and keeps all threads; what the user has set stays.
    """
    if words[:1] not in (["train"], ["experiment"]):
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _make_pdf(html: str, manifest: bytes, words: "Words") -> bytes:
    """The PDF of a report, by the window's libraries, which no other command loads. Raises RunFailed without them."""
    try:
        from alldetect_gui.gui.pdf import pdf_bytes
    except ImportError as error:
        from alldetect_gui.core.errors import RunFailed

        raise RunFailed(f"a PDF needs the window's libraries, which do not load here ({error})") from error
    return pdf_bytes(html, manifest, words)


def _can_train() -> bool:
    """False in the small bundle. Asked by the training package itself, without importing it."""
    return importlib.util.find_spec("alldetect_gui.training") is not None


def main_gui(arguments: Sequence[str] | None = None) -> int:
    """The program `alldetect-gui [FOLDER]`; 3 where the system lacks what a window needs."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == [READER]:
        return main_reader()
    _all_three_streams()
    _one_thread_for_products(words)
    from alldetect_gui.gui import system_libraries

    if sentence := system_libraries.complaint(os.environ):
        system_libraries.tell(sentence, os.environ)
        return FAILED
    from alldetect_gui.gui.app import main as window

    return window(words)


def main_reader() -> int:
    """The process that decodes images for the others (imaging/reader.py); a frozen program starts itself for it."""
    from alldetect_gui.imaging.reader_process import main as serve

    return serve()


if __name__ == "__main__":
    raise SystemExit(main())
