"""The frozen `alldetect-gui`."""

import multiprocessing
import os
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a child process of ours starts this program again
    for name in ("stdout", "stderr"):  # a program without a console has neither
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    from alldetect_gui.__main__ import main_gui

    raise SystemExit(main_gui())
