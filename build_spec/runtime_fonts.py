"""Run by the frozen program before anything else: the system's fonts, and ours for a system that has none."""

import os
import sys

if sys.platform.startswith("linux"):
    os.environ.setdefault("FONTCONFIG_FILE", os.path.join(sys._MEIPASS, "fonts.conf"))  # noqa: PTH118
