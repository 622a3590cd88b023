"""The frozen `alldetect`."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a child process of ours starts this program again
    from alldetect_gui.__main__ import main

    raise SystemExit(main())
