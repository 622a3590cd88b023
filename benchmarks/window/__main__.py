"""`python -m benchmarks.window`: how long the window answers nothing, how fast it lists, sorts and filters.

Each scene runs in a process of its own; with `--against CHECKOUT` also with the program of another checkout, the two
in turn, so that both had the same machine. Results go to benchmarks/results/window.json.
"""

import argparse
import platform
import sys
from pathlib import Path

from benchmarks.window import report
from benchmarks.window.outside import HERE, play
from benchmarks.window.scenes import SCENES


def main() -> int:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.window", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"some of {', '.join(SCENES)}; all when left out")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="measure the program there as well")
    parser.add_argument("--rounds", type=int, default=1, help="how often each scene is played")
    parser.add_argument("--folder", type=Path, default=HERE / "work" / "window", help="for the images; kept")
    parser.add_argument("--out", type=Path, default=HERE / "benchmarks" / "results" / "window.json")
    options = parser.parse_args()
    unknown = [name for name in options.scenes if name not in SCENES]
    if unknown:
        parser.error(f"there is no scene {', '.join(unknown)}")
    checkouts = {"this": HERE} | ({"other": options.against.resolve()} if options.against else {})
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    taken: dict[str, dict[str, list[report.Played]]] = {}
    for name in options.scenes or SCENES:
        for _ in range(options.rounds):
            for who, root in checkouts.items():
                print(f"{name} ({who})", file=sys.stderr, flush=True)
                played = play(name, options.folder, root)
                taken.setdefault(name, {}).setdefault(who, []).append(played)
                report.write(options.out, report.summary(taken, machine))
    print(report.table(report.summary(taken, machine)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
